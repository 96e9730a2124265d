package dev.baton.campaign.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.campaign.candidate.Leadership;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private final List<String> told = new ArrayList<>();
    private final Claim claim = new Claim(new Leadership() {
        @Override
        public void began(@Nullable Long token) {
            told.add("began " + token);
        }

        @Override
        public void ended() {
            told.add("ended");
        }
    });

    @Test
    void tellsEachChangeOnce() {
        claim.end();
        claim.begin(7L);
        claim.begin(8L);
        assertThat(claim.isHeld()).isTrue();
        claim.end();
        claim.end();
        assertThat(claim.isHeld()).isFalse();
        claim.begin(null);
        assertThat(told).containsExactly("began 7", "ended", "began null");
    }

    @Test
    void callbackThatComesAfterTheEndOfTheRoundBeginsNothing() {
        claim.close();
        claim.begin(7L);
        assertThat(claim.isHeld()).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void closingEndsIt() {
        claim.begin(7L);
        claim.close();
        claim.close();
        assertThat(told).containsExactly("began 7", "ended");
    }
}
