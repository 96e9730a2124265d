package dev.baton.etcd.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.Moment;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseValidityTest {
    private static final Duration TTL = Duration.ofSeconds(10);

    private final LeaseValidity validity = new LeaseValidity(at(0), TTL);

    private static Moment at(double seconds) {
        long nanos = (long) (seconds * 1e9);
        return new Moment(nanos, nanos);
    }

    private static Channel.KeptAlive kept(long ttl, long term) {
        return new Channel.KeptAlive(ttl, term);
    }

    private boolean pair(double sent, double answered, Channel.KeptAlive answer, long readTerm) {
        validity.kept(at(answered));
        return validity.confirmed(at(sent), answer, readTerm);
    }

    @Test
    void aGrantProvesItself() {
        assertThat(validity.proof()).isEqualTo(new LeaseValidity.Proof(at(0), TTL));
    }

    @Test
    void aPairProvesFromTheSendingOfTheKeepAlive() {
        assertThat(pair(2, 3, kept(12, 5), 5)).isTrue();

        assertThat(validity.proof()).isEqualTo(new LeaseValidity.Proof(at(2), Duration.ofSeconds(12)));
    }

    @Test
    void noTtlIsTooLongOrTooShortToBeCounted() {
        for (long seconds : new long[] {9_000_000_000L, Long.MAX_VALUE}) {
            LeaseValidity endless = new LeaseValidity(at(0), Duration.ofSeconds(seconds));
            endless.allowFor(0.01);
            assertThat(endless.hasRunOut(at(1_000_000_000))).as("%d s", seconds).isFalse();
        }
        for (long seconds : new long[] {0, -1, Long.MIN_VALUE}) {
            LeaseValidity none = new LeaseValidity(at(0), Duration.ofSeconds(seconds));
            assertThat(none.hasRunOut(at(0))).as("%d s", seconds).isTrue();
        }
    }

    @Test
    void twoTermsProveNothing() {
        assertThat(pair(2, 3, kept(10, 5), 6)).isFalse();

        assertThat(validity.proof().aliveAt()).isEqualTo(at(0));
    }

    @Test
    void anUnknownLeaseProvesNothing() {
        assertThat(pair(2, 3, kept(0, 5), 5)).isFalse();
    }

    @Test
    void aReadWithoutAKeepAliveProvesNothing() {
        assertThat(validity.confirmed(at(2), kept(10, 5), 5)).isFalse();
    }

    @Test
    void anAnswerThatCameWhenTheProofHadRunOutProvesNothing() {
        assertThat(pair(9, 10, kept(10, 5), 5)).isFalse();
    }

    @Test
    void theProofRunsOutEarlierTheMoreTheClocksMayDrift() {
        assertThat(validity.hasRunOut(at(9.9))).isFalse();

        validity.allowFor(0.01);
        assertThat(validity.hasRunOut(at(9.79))).isFalse();
        assertThat(validity.hasRunOut(at(9.81))).isTrue();

        validity.allowFor(0);
        assertThat(validity.hasRunOut(at(9.81))).isTrue();
    }

    @Test
    void theWallClockAloneLetsAProofRunOut() {
        assertThat(validity.hasRunOut(new Moment(0, at(10).wallNanos()))).isTrue();
    }

    @Test
    void anOlderPairTakesNothingBack() {
        pair(4, 5, kept(10, 5), 5);
        pair(2, 6, kept(10, 5), 5);

        assertThat(validity.proof().aliveAt()).isEqualTo(at(4));
    }
}
