package dev.baton.simulation.threads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.testing.servers.FullLane;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The threads of one process, every interleaving decided by the seed; and mistakes planted in them, each caught. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThreadWorldsTest {
    private static final int FAST = 25;

    /** Within so many seeds a planted mistake is caught. */
    private static final int HUNTED = 400;

    private final ThreadWorlds worlds = new ThreadWorlds();

    private final Map<String, Mutation> planted =
            Mutation.all().stream().collect(Collectors.toMap(Mutation::text, Function.identity()));

    @Test
    void invariantsHoldInEveryWorld() {
        assertHold(0, FAST);
    }

    /** Among them 66, 242 and 515: work that returned was never told of the end of its term, and a close threw. */
    @Test
    @FullLane("575 worlds more")
    void invariantsHoldInManyWorlds() {
        assertHold(FAST, 575);
    }

    private void assertHold(long first, long count) {
        ThreadWorlds.Found found = worlds.hunt(first, count);
        assertThat(found == null ? "" : found.report()).isEmpty();
    }

    @Test
    void sameSeedIsTheSameHistory() {
        for (long seed = 0; seed < 3; seed++) {
            assertThat(new ThreadWorlds().run(seed).history())
                    .as("seed %d", seed)
                    .isEqualTo(worlds.run(seed).history());
        }
    }

    /** One of each kind. */
    static List<Arguments> mistakes() {
        return PlantedInThreads.CAUGHT.stream().limit(3).map(Arguments::of).toList();
    }

    @ParameterizedTest
    @MethodSource
    void mistakes(String mistake) {
        assertCaught(mistake);
    }

    static List<Arguments> allMistakes() {
        return PlantedInThreads.CAUGHT.stream().skip(3).map(Arguments::of).toList();
    }

    @ParameterizedTest
    @MethodSource
    @FullLane("a hunt for each of some sixty mistakes")
    void allMistakes(String mistake) {
        assertCaught(mistake);
    }

    private void assertCaught(String mistake) {
        Mutation made = Objects.requireNonNull(
                planted.get(mistake), () -> "the shell has changed; choose another place than " + mistake);
        assertThat(worlds.with(made).hunt(0, HUNTED)).as(mistake).isNotNull();
    }
}
