package dev.baton.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.campaign.StallsAndResets.Loss;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StallsAndResetsTest {
    @Test
    void drawsTheSameFromTheSameSeed() {
        assertThat(losses(7)).isEqualTo(losses(7)).isNotEqualTo(losses(8));
    }

    @Test
    void stallsForAsLongAsTcpTakesToSendAgainAndResetsNowAndThen() {
        List<Loss> losses = losses(7);
        assertThat(losses).allMatch(loss -> loss.quietMillis() >= 100 && loss.quietMillis() < 900);
        assertThat(losses.stream().map(Loss::stallMillis)).containsOnly(0, 200, 600, 1_400);
        assertThat(losses.stream().filter(loss -> loss.stallMillis() == 0).count())
                .isBetween(90L, 160L);
    }

    private static List<Loss> losses(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return Stream.generate(() -> Loss.draw(random)).limit(1_000).toList();
    }
}
