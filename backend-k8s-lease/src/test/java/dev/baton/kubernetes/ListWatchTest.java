package dev.baton.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Moment;
import dev.baton.spi.Timekeeper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

/** How often a watch that cannot be had is asked for; every pause is noted, and none is waited for. */
class ListWatchTest {
    private static final int ATTEMPTS = 12;
    private static final Duration FOR_AN_ANSWER = Duration.ofSeconds(5);

    private final BackendRuntime runtime = BackendRuntime.start("list-watch", false);
    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final Timekeeper time = new Timekeeper() {
        @Override
        public Moment now() {
            return runtime.timekeeper().now();
        }

        @Override
        public void execute(Runnable task) {
            runtime.timekeeper().execute(task);
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            if (delay.equals(FOR_AN_ANSWER)) {
                // It comes, or its connection is refused.
                return () -> {};
            }
            pauses.add(delay);
            return runtime.timekeeper().schedule(Duration.ZERO, pauses.size() <= ATTEMPTS ? task : () -> {});
        }

        @Override
        public RandomGenerator random() {
            return runtime.timekeeper().random();
        }
    };

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void serverThatIsNotThereIsAskedAgainAboutOnceASecond() throws IOException {
        HttpServerStub gone = new HttpServerStub(path -> "");
        gone.close();
        assertThat(pausesOn(gone.url())).allMatch(pause -> pause.compareTo(Duration.ofMillis(1_500)) <= 0);
    }

    @Test
    void serverThatRefusesIsAskedLessAndLessOften() throws IOException {
        try (HttpServerStub busy = new HttpServerStub(path -> HttpServerStub.answer(500, "{}"))) {
            assertThat(pausesOn(busy.url())).anyMatch(pause -> pause.compareTo(FOR_AN_ANSWER) >= 0);
        }
    }

    @Test
    void serverThatForbidsIsAskedAgainSoonAndThenAboutOnceALeaseDuration() throws IOException {
        try (HttpServerStub strict = new HttpServerStub(path -> HttpServerStub.answer(403, "{}"))) {
            List<Duration> asked = pausesOn(strict.url());
            assertThat(asked.get(0)).isLessThan(Duration.ofSeconds(1));
            assertThat(asked)
                    .anyMatch(pause -> pause.compareTo(FOR_AN_ANSWER) >= 0)
                    .allMatch(pause -> pause.compareTo(Duration.ofSeconds(15)) <= 0);
        }
    }

    private List<Duration> pausesOn(String url) {
        ApiServer server = new ApiServer(
                new ConfigBuilder(Config.empty())
                        .withMasterUrl(url)
                        .withRequestRetryBackoffLimit(0)
                        .build(),
                time);
        ListWatch watch =
                new ListWatch(NOPLogger.NOP_LOGGER, server, time, "/apis/things", "labelSelector=some", new Deaf());
        time.execute(watch::open);
        await().atMost(Duration.ofMinutes(2)).until(() -> pauses.size() > ATTEMPTS);
        time.execute(watch::close);
        server.close();
        return pauses;
    }

    private static final class Deaf implements ListWatch.Listener {
        @Override
        public void listed(List<ObjectNode> objects, String version) {}

        @Override
        public void changed(ObjectNode object) {}

        @Override
        public void removed(ObjectNode object) {}

        @Override
        public void live(boolean live) {}

        @Override
        public void forbidden(Response response) {}
    }
}
