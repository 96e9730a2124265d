package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.etcd.internal.Failure;
import dev.baton.etcd.internal.Transaction;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many elections whose lines have to be looked at, against a store in memory and in virtual time. */
class ListingTest {
    private static final int MANY = 1_000;
    private static final ElectionTiming TIMING =
            ElectionTiming.of(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofMillis(100);

    private final VirtualRuntime time = new VirtualRuntime();
    private final MemoryEtcd etcd = new MemoryEtcd(time, "http://a:2379");
    private final EtcdBackend backend = ForSimulation.backend(EtcdBackend.builder("http://a:2379"), time, etcd);
    private final List<Integer> asked = new ArrayList<>();

    private static boolean lists(Object request) {
        return request instanceof Transaction transaction && transaction.then().get(0) instanceof Transaction.All;
    }

    private static int lines(Object request) {
        return request instanceof Transaction transaction ? transaction.then().size() : 0;
    }

    private Stage.Heard observe(int election) {
        Stage.Heard heard = new Stage.Heard();
        backend.observe(ElectionName.parse("orders/number-" + election), TIMING, heard);
        return heard;
    }

    private List<Stage.Heard> observeMany() {
        return IntStream.range(0, MANY).mapToObj(this::observe).toList();
    }

    /** Carries out listings of at most so many lines. */
    private void take(int most) {
        etcd.refuse(request -> {
            if (!lists(request)) {
                return null;
            }
            asked.add(lines(request));
            return lines(request) <= most ? null : new Failure(Failure.Kind.REFUSED, "too many operations");
        });
    }

    @Test
    void manyLinesAreAskedForAtOnceWheneverTheWatchIsMadeAnew() {
        take(Integer.MAX_VALUE);
        List<Stage.Heard> all = observeMany();
        time.advance(SOON);

        assertThat(all).allMatch(heard -> heard.count("watching true") == 1);
        assertThat(asked).hasSizeBetween(MANY / 64, MANY / 50).allMatch(lines -> lines <= 64);

        asked.clear();
        etcd.compacted = etcd.revision;
        etcd.endWatches(new Failure(Failure.Kind.COMPACTED, "has been compacted"));
        time.advance(SOON);

        assertThat(all).allMatch(heard -> heard.count("watching true") == 2);
        assertThat(asked).hasSizeBetween(MANY / 64, MANY / 50);
    }

    @Test
    void serversThatTakeFewerOperationsAreAskedForFewerLines() {
        take(10);
        List<Stage.Heard> all = observeMany();
        time.advance(Duration.ofMinutes(1));

        assertThat(all).allMatch(heard -> heard.heard("watching true"));
        assertThat(asked.get(asked.size() - 1)).isLessThanOrEqualTo(10);
    }

    @Test
    void anAnswerOlderThanTheWatchIsNotTakenForTheLine() {
        observe(0);
        time.advance(SOON);
        etcd.slowAnswer(ListingTest::lists);
        Stage.Heard heard = observe(1);
        time.advance(Duration.ofMillis(17));
        etcd.mute = true;
        etcd.leases.put(7L, 15L);
        etcd.put("/baton/orders/number-1/7", "another", 7);
        etcd.mute = false;
        etcd.compacted = etcd.revision;

        etcd.endWatches(new Failure(Failure.Kind.COMPACTED, "has been compacted"));
        time.advance(SOON);

        assertThat(heard.all).contains("held another");
    }
}
