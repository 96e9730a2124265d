package dev.baton.verify.register;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.spi.FencingToken;
import dev.baton.verify.register.Operation.Kind;
import dev.baton.verify.register.Operation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegisterCheckTest {

    private static Operation write(
            long token, long value, @Nullable Long basedOn, long from, long to, Outcome outcome) {
        return new Operation("c" + token, Kind.WRITE, new FencingToken(0, token), value, basedOn, from, to, outcome);
    }

    private static Operation write(long token, long value, long from, long to) {
        return write(token, value, null, from, to, Outcome.DONE);
    }

    private static Operation read(long token, long value, long from, long to) {
        return new Operation("c" + token, Kind.READ, new FencingToken(0, token), value, null, from, to, Outcome.DONE);
    }

    /** Two leaders, one after the other, the first of whom is refused when he comes late. */
    private static List<Operation> good() {
        return new ArrayList<>(List.of(
                read(5, 0, 0, 1),
                write(5, 1, 0L, 2, 3, Outcome.DONE),
                write(5, 2, 1L, 4, 5, Outcome.DONE),
                read(9, 2, 6, 7),
                write(9, 3, 2L, 8, 9, Outcome.DONE),
                write(5, 4, 2L, 10, 11, Outcome.REFUSED),
                read(9, 3, 12, 13)));
    }

    @Test
    void acceptsAGoodHistory() {
        RegisterVerdict verdict = RegisterCheck.check(good(), true);

        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.done()).isEqualTo(3);
        assertThat(verdict.refused()).isEqualTo(1);
    }

    @Test
    void findsAStaleWriteWithAndWithoutAFence() {
        List<Operation> stale = good();
        stale.set(5, write(5, 4, 2L, 10, 11, Outcome.DONE));
        stale.set(6, read(9, 4, 12, 13));

        assertThat(RegisterCheck.check(stale, false).staleWrites())
                .singleElement()
                .asString()
                .contains("c5's write of 4 with token 5", "was taken after c9's write of 3 with token 9");
        assertThat(RegisterCheck.check(stale, false).isLinearizable()).isTrue();
        assertThat(RegisterCheck.check(stale, true).contradiction()).contains("c5's write of 4", "no order");
    }

    @Test
    void writeThatOverlapsTheNextLeadersIsNotStale() {
        List<Operation> late = List.of(write(5, 1, 0, 20), write(9, 2, 5, 10), read(9, 2, 21, 22));

        assertThat(RegisterCheck.check(late, true).isGood()).isTrue();
    }

    @Test
    void findsAnAcknowledgedWriteThatIsGone() {
        List<Operation> lost = List.of(write(5, 1, 0, 1), write(5, 2, 2, 3), read(5, 1, 4, 5));

        assertThat(RegisterCheck.check(lost, true).lostWrites())
                .singleElement()
                .asString()
                .contains("write of 2", "read of 1", "does not know of it");
        assertThat(RegisterCheck.check(lost, false).isLinearizable()).isFalse();
    }

    @Test
    void findsTwoWritesMadeOfTheSameValue() {
        List<Operation> forked = List.of(
                write(5, 1, 0L, 0, 1, Outcome.DONE),
                write(5, 2, 1L, 2, 8, Outcome.DONE),
                write(9, 3, 1L, 3, 9, Outcome.DONE));

        assertThat(RegisterCheck.check(forked, true).lostWrites())
                .singleElement()
                .asString()
                .contains("were both made of 1");
    }

    @Test
    void findsAReadOfWhatNobodyWrote() {
        assertThat(RegisterCheck.check(List.of(write(5, 1, 0, 1), read(5, 7, 2, 3)), false)
                        .contradiction())
                .contains("read of 7", "the register held 1");
    }

    @Test
    void findsARefusalWithoutCause() {
        List<Operation> refused = List.of(write(5, 1, 0, 1), write(9, 2, null, 2, 3, Outcome.REFUSED));

        assertThat(RegisterCheck.check(refused, true).contradiction()).contains("write of 2", "refused");
    }

    @Test
    void writeOfUnknownOutcomeMayHaveHappenedOrNot() {
        Operation unknown = write(5, 2, null, 2, 3, Outcome.UNKNOWN);

        assertThat(RegisterCheck.check(List.of(write(5, 1, 0, 1), unknown, read(5, 1, 4, 5)), true)
                        .isGood())
                .isTrue();
        assertThat(RegisterCheck.check(List.of(write(5, 1, 0, 1), unknown, read(5, 2, 40, 50)), true)
                        .isGood())
                .isTrue();
        assertThat(RegisterCheck.check(List.of(write(5, 1, 0, 1), unknown, read(5, 2, 4, 5), read(5, 1, 6, 7)), true)
                        .isGood())
                .isFalse();
        assertThat(RegisterCheck.check(
                                List.of(unknown, write(4, 3, null, 6, 7, Outcome.REFUSED), read(5, 0, 8, 9)), true)
                        .contradiction())
                .as("what moved the fence has also been written")
                .isNotEmpty();
    }

    @Test
    void storeThatStopsAnsweringForAWholeTermCanStillBeFollowed() {
        List<Operation> operations = new ArrayList<>();
        long value = 1;
        for (long token = 1; token <= 50; token++) {
            operations.add(write(token, value++, token * 100, token * 100 + 1));
            for (int i = 0; i < 40; i++) {
                operations.add(write(token, value++, null, token * 100 + 2 + i, 0, Outcome.UNKNOWN));
            }
        }
        RegisterVerdict verdict = RegisterCheck.check(operations, true);

        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.unknown()).isEqualTo(2_000);
    }

    @Test
    void valuesMustTellWritesApart() {
        assertThatThrownBy(() -> RegisterCheck.check(List.of(write(5, 1, 0, 1), write(9, 1, 2, 3)), true))
                .hasMessageContaining("write the same value");
        assertThatThrownBy(() -> write(5, 0, 0, 1)).hasMessageContaining("count from one");
        assertThatThrownBy(() -> write(5, 1, 2, 1)).hasMessageContaining("before it was invoked");
    }

    /** A real register, called at random; then one answer is changed, and both judges have to agree on what remains. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void agreesWithTryingAllOrders(boolean fenced) {
        int contradicted = 0;
        for (int seed = 0; seed < 400; seed++) {
            List<Operation> operations = random(new Random(seed), fenced);
            boolean expected = AllOrders.explain(operations, fenced);
            assertThat(Linearization.of(operations, fenced).contradiction().isEmpty())
                    .as("seed %d: %s", seed, operations)
                    .isEqualTo(expected);
            contradicted += expected ? 0 : 1;
        }
        assertThat(contradicted).isBetween(40, 360);
    }

    private static List<Operation> random(Random random, boolean fenced) {
        List<Operation> operations = new ArrayList<>();
        long value = 0;
        long greatest = 0;
        for (int i = 1; i <= 6; i++) {
            long from = i * 10L - random.nextInt(30);
            long to = i * 10L + random.nextInt(30);
            long token = 1L + random.nextInt(3);
            boolean wrong = random.nextInt(10) == 0;
            boolean refused = (fenced && token < greatest) != wrong && fenced;
            if (random.nextBoolean()) {
                Outcome outcome = refused ? Outcome.REFUSED : random.nextInt(4) == 0 ? Outcome.UNKNOWN : Outcome.DONE;
                boolean happens = outcome == Outcome.DONE || (outcome == Outcome.UNKNOWN && random.nextBoolean());
                operations.add(write(token, i, null, from, to, outcome));
                value = happens ? i : value;
                greatest = happens ? Math.max(greatest, token) : greatest;
            } else if (!refused) {
                operations.add(read(token, wrong ? random.nextInt(i) : value, from, to));
                greatest = Math.max(greatest, token);
            }
        }
        operations.sort(java.util.Comparator.comparingLong(Operation::invoked));
        return operations;
    }
}
