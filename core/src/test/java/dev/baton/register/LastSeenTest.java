package dev.baton.register;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.register.Register.Entry;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LastSeenTest {
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Moment BEGIN = new Moment(0, 0);
    private static final Moment LATER = BEGIN.plus(Duration.ofSeconds(60));

    private static Entry heldBy(String holder, long revision) {
        return new Entry(new LeaderRecord(holder, holder, LEASE, Instant.EPOCH, Instant.EPOCH, 0), revision, null);
    }

    /** A store that was restored gives a revision again, to another record. */
    @Test
    void recordThatStandsWhereOneHasVanishedIsWaitedFor() {
        LastSeen vanished = LastSeen.of(heldBy("a", 222), 222, BEGIN).then(null, 222, BEGIN);
        assertThat(vanished.wait(LATER)).isZero();
        LastSeen another = vanished.then(heldBy("b", 222), 222, LATER);
        assertThat(another.wait(LATER)).isEqualTo(LEASE);
    }

    @Test
    void recordThatStandsWhereAnotherStoodIsWaitedFor() {
        LastSeen another = LastSeen.of(heldBy("a", 222), 222, BEGIN).then(heldBy("b", 222), 222, LATER);
        assertThat(another.wait(LATER)).isEqualTo(LEASE);
    }

    @Test
    void sameSightAgainIsNoSignOfLife() {
        LastSeen again = LastSeen.of(heldBy("a", 222), 222, BEGIN).then(heldBy("a", 222), 222, LATER);
        assertThat(again.wait(LATER)).isZero();
    }
}
