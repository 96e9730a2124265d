package dev.baton.zookeeper.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.curator.framework.recipes.locks.LockInternals;
import org.apache.curator.framework.recipes.locks.StandardLockInternalsDriver;
import org.junit.jupiter.api.Test;

class LineTest {
    private static final String A = "_c_aaaaaaaa-0000-0000-0000-000000000001-latch-0000000007";
    private static final String B = "_c_00000000-0000-0000-0000-000000000002-latch-0000000012";
    private static final String C = "_c_ffffffff-0000-0000-0000-000000000003-latch-0000000003";

    @Test
    void standsInOrderOfSequenceNotOfUuid() {
        assertThat(Line.of(List.of(A, B, C)).names()).containsExactly(C, A, B);
    }

    /** A LeaderLatch that was given no id. */
    @Test
    void candidateThatWroteNothingIsCalledByItsNode() {
        assertThat(Line.called("", A)).isEqualTo(A);
        assertThat(Line.called("app-1", A)).isEqualTo("app-1");
    }

    @Test
    void theFirstHasNoPredecessorAndNobodyAhead() {
        Line.Place place = placeIn(Line.of(List.of(A, B, C)), C);

        assertThat(place).isEqualTo(new Line.Place(0, null));
        assertThat(place.isFirst()).isTrue();
        assertThat(place.isSecond()).isFalse();
    }

    @Test
    void everyOtherWaitsForTheOneJustBefore() {
        Line line = Line.of(List.of(A, B, C));

        assertThat(line.placeOf(A)).isEqualTo(new Line.Place(1, C));
        assertThat(line.placeOf(B)).isEqualTo(new Line.Place(2, A));
        assertThat(placeIn(line, A).isFirst()).isFalse();
        assertThat(placeIn(line, A).isSecond()).isTrue();
        assertThat(placeIn(line, B).isSecond()).isFalse();
    }

    @Test
    void whoIsNotListedHasNoPlace() {
        assertThat(Line.of(List.of(B, C)).placeOf(A)).isNull();
    }

    @Test
    void anEmptyLineHasNoLeader() {
        assertThat(Line.of(List.of()).isEmpty()).isTrue();
        assertThat(Line.of(List.of()).first()).isNull();
        assertThatNullPointerException().isThrownBy(() -> new Line(Arrays.asList((String) null)));
    }

    @Test
    void findsAllNodesOfANonceAndNoOthers() {
        String nonce = "aaaaaaaa-0000-0000-0000-000000000001";
        String again = Line.nameFor(nonce) + "0000000031";

        assertThat(Line.of(List.of(A, B, C, again)).madeFor(nonce)).containsExactly(A, again);
        assertThat(Line.of(List.of(B, C)).madeFor(nonce)).isEmpty();
        assertThat(Line.of(List.of(A)).madeFor("aaaaaaaa")).isEmpty();
    }

    @Test
    void readsTheNonceBackFromTheName() {
        assertThat(Line.nonceIn(A)).isEqualTo("aaaaaaaa-0000-0000-0000-000000000001");
        assertThat(Line.nonceIn("_c_latch-latch-0000000001")).isEqualTo("latch");
        assertThat(Line.nonceIn("latch-0000000001")).isNull();
        assertThat(Line.nonceIn("lock-0000000001")).isNull();
        assertThat(Line.nonceIn("_c_-latch-0000000001")).isNull();
    }

    @Test
    void sortsAsCuratorSortsWhateverTheChildrenAreCalled() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            List<String> children = new ArrayList<>();
            for (int child = 0; child < 12; child++) {
                children.add(
                        switch (random.nextInt(5)) {
                            case 0 -> "left-over-" + random.nextInt(100);
                            case 1 -> String.format("_c_%08x-lock-%010d", random.nextInt(), random.nextInt(50));
                            default -> String.format("_c_%08x-latch-%010d", random.nextInt(), random.nextInt(5000));
                        });
            }
            Collections.shuffle(children, random);
            List<String> curators = LockInternals.getSortedChildren(
                    "latch-", StandardLockInternalsDriver::standardFixForSorting, children);

            assertThat(Line.of(children).names().stream().map(LineTest::sorted))
                    .as("round %d of seed 7", round)
                    .containsExactlyElementsOf(
                            curators.stream().map(LineTest::sorted).toList());
        }
    }

    @Test
    void anOverflownSequenceWaitsBehindEveryOther() {
        String last = "_c_a-latch-2147483647";
        String overflown = "_c_b-latch--2147483648";

        assertThat(Line.of(List.of(overflown, last)).first()).isEqualTo(last);
        assertThat(Line.isOverflown(overflown)).isTrue();
        assertThat(Line.isOverflown(last)).isFalse();
        assertThat(Line.isOverflown(A)).isFalse();
    }

    private static Line.Place placeIn(Line line, String name) {
        return Objects.requireNonNull(line.placeOf(name));
    }

    private static String sorted(String name) {
        return StandardLockInternalsDriver.standardFixForSorting(name, "latch-");
    }
}
