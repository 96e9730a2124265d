package dev.baton.campaign.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.campaign.candidate.Leadership;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RoundsTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Leadership leadership = new Leadership() {
        @Override
        public void began(@Nullable Long token) {
            told.add("began " + token);
        }

        @Override
        public void ended() {
            told.add("ended");
        }
    };

    @Test
    void contendsAgainAfterALossAndAfterAFailure() throws InterruptedException {
        BlockingQueue<Long> tokens = new LinkedBlockingQueue<>(List.of(1L, 2L));
        CountDownLatch last = new CountDownLatch(1);
        try (Rounds rounds = new Rounds(Duration.ofMillis(1))) {
            rounds.start(leadership, claim -> {
                Long token = tokens.poll();
                if (token == null) {
                    last.await();
                }
                claim.begin(token);
                if (Long.valueOf(1).equals(token)) {
                    throw new IllegalStateException("as a peer may");
                }
            });
            assertThat(List.of(told.take(), told.take(), told.take(), told.take()))
                    .containsExactly("began 1", "ended", "began 2", "ended");
        }
        assertThat(told).isEmpty();
    }

    @Test
    void endsTheClaimBeforeThePeerIsAskedToReleaseAndContendsNoMoreThoughThatSwallowsTheInterrupt()
            throws InterruptedException {
        CountDownLatch leads = new CountDownLatch(1);
        List<Boolean> heldAtRelease = new CopyOnWriteArrayList<>();
        Rounds rounds = new Rounds(Duration.ofMillis(1));
        rounds.start(leadership, claim -> {
            claim.begin(null);
            leads.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                heldAtRelease.add(claim.isHeld());
            }
        });
        assertThat(leads.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(rounds.isHeld()).isTrue();

        rounds.close();
        assertThat(rounds.isHeld()).isFalse();
        assertThat(heldAtRelease).containsExactly(false);
        assertThat(told).containsExactly("began null", "ended");
    }
}
