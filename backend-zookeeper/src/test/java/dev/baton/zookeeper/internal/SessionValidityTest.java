package dev.baton.zookeeper.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionValidityTest {
    private static final Duration TICK = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private static final Duration SHORT = Duration.ofSeconds(4);

    private final SessionValidity validity = new SessionValidity(TICK, at(0));

    @Test
    void nothingIsCertainBeforeAWriteIsAcknowledged() {
        assertThat(validity.proof()).isNull();
        validity.connected(at(10), TIMEOUT);
        assertThat(validity.proof()).isNull();
        validity.sending(at(20));
        validity.answered(at(20), at(25));
        assertThat(validity.proof()).isNull();
    }

    @Test
    void theFirstWriteRestsOnTheConnectionAttempt() {
        validity.connected(at(10), TIMEOUT);
        write(50, 60);

        assertThat(proof()).isEqualTo(new SessionValidity.Proof(at(50), at(10), TIMEOUT));
    }

    @Test
    void withoutAKnownAttemptItRestsOnTheOpening() {
        validity.connected(null, TIMEOUT);
        write(50, 60);

        assertThat(proof().touchedAt()).isEqualTo(at(0));
    }

    @Test
    void countsFromWhenThePacketWasSentNotFromItsAnswer() {
        validity.connected(at(0), TIMEOUT);
        validity.answered(at(100), at(900));
        write(2900, 2950);

        assertThat(proof().touchedAt()).isEqualTo(at(100));
        assertThat(proof().aliveAt()).isEqualTo(at(2900));
    }

    @Test
    void aPacketAnsweredLessThanATickBeforeTheWriteProvesNothing() {
        validity.connected(at(0), TIMEOUT);
        validity.answered(at(100), at(901));
        write(2900, 2950);

        assertThat(proof().touchedAt()).isEqualTo(at(0));
    }

    @Test
    void theTickIsCountedToTheSendingOfTheWriteNotToItsAnswer() {
        validity.connected(at(0), TIMEOUT);
        validity.answered(at(100), at(200));
        write(1000, 9000);

        assertThat(proof().touchedAt()).isEqualTo(at(0));
    }

    @Test
    void anUnansweredWriteProvesNothing() {
        validity.connected(at(0), TIMEOUT);
        write(10, 20);
        validity.sending(at(5000));

        assertThat(proof().aliveAt()).isEqualTo(at(10));
    }

    @Test
    void readsRenewTheTouchButNeverTheProof() {
        validity.connected(at(0), TIMEOUT);
        write(10, 20);
        for (int now = 1000; now < 60_000; now += 1000) {
            validity.answered(at(now), at(now + 1));
        }

        assertThat(proof()).isEqualTo(new SessionValidity.Proof(at(10), at(0), TIMEOUT));
    }

    @Test
    void aSteadyHeartbeatLagsByATickAndOneBeat() {
        validity.connected(at(0), TIMEOUT);
        for (int now = 0; now <= 20_000; now += 2000) {
            write(now, now + 5);
        }

        // The beat of 18 000 was answered at 18 005, a little less than a tick before that of 20 000.
        assertThat(proof()).isEqualTo(new SessionValidity.Proof(at(20_000), at(16_000), TIMEOUT));
    }

    @Test
    void packetsOfTheLastConnectionDoNotCountForAWriteOnTheNext() {
        validity.connected(at(0), TIMEOUT);
        validity.answered(at(4000), at(4010));
        validity.disconnected();
        validity.connected(at(9000), TIMEOUT);
        write(9100, 9110);

        assertThat(proof().touchedAt()).isEqualTo(at(9000));
    }

    @Test
    void withoutAKnownAttemptAReconnectionRestsOnTheLastAnswerBeforeIt() {
        validity.connected(at(0), TIMEOUT);
        validity.answered(at(4000), at(4010));
        validity.answered(at(4011), at(4012));
        validity.disconnected();
        validity.connected(null, TIMEOUT);
        write(9100, 9110);

        assertThat(proof().touchedAt()).isEqualTo(at(4011));
    }

    @Test
    void aWriteSentBeforeTheConnectionThatAnsweredItProvesOnlyThatTheSessionLived() {
        validity.connected(at(0), TIMEOUT);
        write(10, 20);
        validity.answered(at(3000), at(3010));
        SessionValidity.Write astray = validity.sending(at(6000));
        validity.disconnected();
        validity.connected(at(7000), TIMEOUT);
        validity.acknowledged(astray, at(7500));

        assertThat(proof()).isEqualTo(new SessionValidity.Proof(at(6000), at(0), TIMEOUT));
    }

    @Test
    void whatWasProvedOutlivesTheConnection() {
        validity.connected(at(0), TIMEOUT);
        write(10, 20);
        SessionValidity.Proof before = proof();
        validity.disconnected();

        assertThat(proof()).isEqualTo(before);
        SessionValidity.Write never = validity.sending(at(5000));
        validity.acknowledged(never, at(5001));
        assertThat(proof()).isEqualTo(before);
    }

    @Test
    void nothingIsCertainOfAnEndedSession() {
        validity.connected(at(0), TIMEOUT);
        write(10, 20);
        validity.ended();

        assertThat(validity.proof()).isNull();
    }

    @Test
    void aShorterTimeoutGrantedAtAReconnectionAppliesAtOnce() {
        validity.connected(at(0), TIMEOUT);
        write(10, 20);
        validity.disconnected();
        validity.connected(at(500), Duration.ofSeconds(6));

        assertThat(proof().timeout()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void aLongerTimeoutAppliesOnlyToTouchesAfterIt() {
        validity.connected(at(0), TIMEOUT);
        write(10, 20);
        validity.disconnected();
        validity.connected(at(500), Duration.ofSeconds(30));
        assertThat(proof().timeout()).isEqualTo(TIMEOUT);
        write(600, 610);

        assertThat(proof()).isEqualTo(new SessionValidity.Proof(at(600), at(500), Duration.ofSeconds(30)));
    }

    @Test
    void theGuaranteeEndsTheScaledTimeoutAfterTheTouch() {
        ElectionTiming timing = ElectionTiming.DEFAULT.withClockDrift(0.05);
        SessionValidity.Proof proof = new SessionValidity.Proof(at(7000), at(3000), TIMEOUT);

        long end = at(7000).nanos() + timing.scaledNanos(proof.guaranteedFor(0.05));

        long expected = at(3000).nanos() + timing.scaledNanos(TIMEOUT);
        assertThat(end).isBetween(expected - 2, expected);
    }

    @Test
    void aTouchLongPastGuaranteesNothing() {
        assertThat(new SessionValidity.Proof(at(20_000), at(1000), TIMEOUT).guaranteedFor(0))
                .isZero();
    }

    @Test
    void aSleepThatOnlyTheWallClockCountedShortensTheGuarantee() {
        Moment touched = new Moment(0, 0);
        Moment alive = new Moment(4_000_000_000L, 14_000_000_000L);

        assertThat(new SessionValidity.Proof(alive, touched, TIMEOUT).guaranteedFor(0))
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aWallClockSetBackLengthensNothing() {
        Moment touched = new Moment(0, 0);
        Moment alive = new Moment(4_000_000_000L, -90_000_000_000L);

        assertThat(new SessionValidity.Proof(alive, touched, TIMEOUT).guaranteedFor(0))
                .isEqualTo(Duration.ofSeconds(11));
    }

    @Test
    void isRightWhereTheMonotonicClockWraps() {
        Moment base = new Moment(Long.MAX_VALUE - 1_000_000_000L, 0);
        SessionValidity wrapping = new SessionValidity(TICK, base);
        wrapping.connected(base, TIMEOUT);
        wrapping.answered(base.plusNanos(500_000_000), base.plusNanos(600_000_000));
        SessionValidity.Write write = wrapping.sending(base.plusNanos(2_700_000_000L));
        wrapping.acknowledged(write, base.plusNanos(2_800_000_000L));

        SessionValidity.Proof proof = Objects.requireNonNull(wrapping.proof());
        assertThat(proof.touchedAt()).isEqualTo(base.plusNanos(500_000_000));
        assertThat(proof.guaranteedFor(0)).isEqualTo(Duration.ofMillis(12_800));
    }

    /**
     * A world in small: a client, a server that reports touches in its replies to the leader's pings, and a leader that
     * expires. No guarantee may outlast the session.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noGuaranteeOutlastsTheSession(long seed) {
        assertThat(excesses(seed, Reckoning.PRODUCTION)).isEmpty();
    }

    @Test
    void theSmallWorldCatchesAValidityCountedFromTheAnswer() {
        assertThat(excesses(1, Reckoning.TOUCH_AT_ANSWER)).isNotEmpty();
    }

    @Test
    void theSmallWorldCatchesAValidityCountedFromTheWrite() {
        assertThat(excesses(1, Reckoning.WRITE_TOUCHES)).isNotEmpty();
    }

    @Test
    void theSmallWorldCatchesATickLeftOut() {
        assertThat(excesses(1, Reckoning.NO_TICK)).isNotEmpty();
    }

    /** The rule, and three ways of getting it wrong. */
    private enum Reckoning {
        PRODUCTION,
        TOUCH_AT_ANSWER,
        WRITE_TOUCHES,
        NO_TICK
    }

    private record Packet(long sent, long reaches, long answered, boolean write) {}

    /** Milliseconds by which a guarantee outlasted the session, for every run in which one did. */
    private static List<Long> excesses(long seed, Reckoning reckoning) {
        List<Long> excesses = new ArrayList<>();
        for (int run = 0; run < 300; run++) {
            long excess = excess(new Random(seed * 1000 + run), reckoning);
            if (excess > 0) {
                excesses.add(excess);
            }
        }
        return excesses;
    }

    private static long excess(Random random, Reckoning reckoning) {
        long halfTick = TICK.toMillis() / 2;
        long phase = random.nextInt((int) halfTick);
        long cut = 2000L + random.nextInt(9000);
        List<Packet> packets = packets(random, cut);
        long expires = expiry(packets, halfTick, phase, cut);
        SessionValidity.Proof proof = proof(packets, Math.min(cut, expires), reckoning);
        return proof == null
                ? 0
                : (proof.aliveAt().nanos() + proof.guaranteedFor(0).toNanos()) / 1_000_000 - expires;
    }

    /**
     * When the leader ends the session. It hears of touches each half tick until the server is cut off from it, and
     * counts from the touch and not, as ZooKeeper does, from when it hears: the harder case.
     */
    private static long expiry(List<Packet> packets, long halfTick, long phase, long cut) {
        long expires = SHORT.toMillis();
        for (long ping = phase; ping < Math.min(cut, expires); ping += halfTick) {
            for (Packet packet : packets) {
                if (packet.reaches < ping) {
                    expires = Math.max(expires, packet.reaches + SHORT.toMillis());
                }
            }
        }
        return expires;
    }

    /** Requests in order; the server answers reads by itself, also once it is cut off. */
    private static List<Packet> packets(Random random, long cut) {
        List<Packet> packets = new ArrayList<>();
        long free = 0;
        for (long sent = random.nextInt(700); sent < cut + 3000; sent += 100L + random.nextInt(2500)) {
            long reaches = Math.max(free, sent + 1 + random.nextInt(300));
            packets.add(new Packet(sent, reaches, reaches + 1 + random.nextInt(300), random.nextInt(3) > 0));
            free = reaches;
        }
        return packets;
    }

    private static SessionValidity.@Nullable Proof proof(List<Packet> packets, long end, Reckoning reckoning) {
        Duration tick = reckoning == Reckoning.NO_TICK ? Duration.ofNanos(16) : TICK;
        SessionValidity validity = new SessionValidity(tick, at(0));
        validity.connected(at(0), SHORT);
        List<Event> events = new ArrayList<>();
        for (Packet packet : packets) {
            SessionValidity.Write[] write = new SessionValidity.Write[1];
            long touch = reckoning == Reckoning.TOUCH_AT_ANSWER ? packet.answered : packet.sent;
            events.add(new Event(packet.sent, () -> write[0] = validity.sending(at(packet.sent))));
            events.add(new Event(packet.answered, () -> {
                validity.answered(at(touch), at(packet.answered));
                if (packet.write && packet.reaches < end) {
                    validity.acknowledged(write[0], at(packet.answered));
                }
            }));
        }
        events.sort(Comparator.comparingLong(Event::at));
        events.forEach(event -> event.what.run());
        SessionValidity.Proof proof = validity.proof();
        return proof == null || reckoning != Reckoning.WRITE_TOUCHES
                ? proof
                : new SessionValidity.Proof(proof.aliveAt(), proof.aliveAt(), proof.timeout());
    }

    private record Event(long at, Runnable what) {}

    private void write(long sent, long acknowledged) {
        SessionValidity.Write write = validity.sending(at(sent));
        validity.acknowledged(write, at(acknowledged));
    }

    private SessionValidity.Proof proof() {
        return Objects.requireNonNull(validity.proof());
    }

    private static Moment at(long millis) {
        return new Moment(millis * 1_000_000, millis * 1_000_000);
    }
}
