package dev.baton.simulation;

import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds against a decorator what it promises: a renewal and a withdrawal reach the backend inside in the very moment in which
 * they are made, with the deadline that they were given; an acquire reaches it then or not at all, with one that is no later.
 */
final class Unhindered extends ForwardingBackend {
    private final Node node;
    private final Inside inside;

    /** The decorated backend, with {@code inside} around the one that it decorates. */
    Unhindered(LockBackend decorated, Inside inside, Node node) {
        super(decorated);
        this.inside = inside;
        this.node = node;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
        inside.expect(claim, deadline);
        CompletionStage<Answer> answer = super.acquire(claim, deadline);
        if (inside.expected != null && !answer.toCompletableFuture().isDone()) {
            throw node.world()
                    .violation(node + " keeps a standby's question waiting, and with it a place in the queue (8.4)");
        }
        inside.expected = null;
        return answer;
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
        return atOnce("renewal", claim, deadline, () -> super.renew(claim, deadline));
    }

    @Override
    public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
        return atOnce("withdrawal", claim, deadline, () -> super.withdraw(claim, deadline));
    }

    private <T> CompletionStage<T> atOnce(
            String what, Claim claim, Moment deadline, Supplier<CompletionStage<T>> call) {
        inside.expect(claim, deadline);
        CompletionStage<T> answer = call.get();
        if (inside.expected != null) {
            throw node.world().violation(node + " did not send a " + what + " when it was due (8.4)");
        }
        return answer;
    }

    /** What reaches the backend that is decorated. */
    static final class Inside extends ForwardingBackend {
        private final Node node;
        private @Nullable Claim expected;
        private @Nullable Moment latest;

        Inside(LockBackend right, Node node) {
            super(right);
            this.node = node;
        }

        private void expect(Claim claim, Moment deadline) {
            expected = claim;
            latest = deadline;
        }

        private void reached(Claim claim, Moment deadline, boolean exactly) {
            Moment given = latest;
            if (!claim.equals(expected) || given == null) {
                return;
            }
            if (given.isBefore(deadline) || (exactly && !given.equals(deadline))) {
                throw node.world().violation(node + " was given another deadline than the machine's (7.1)");
            }
            expected = null;
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            reached(claim, deadline, false);
            return super.acquire(claim, deadline);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            reached(claim, deadline, true);
            return super.renew(claim, deadline);
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            reached(claim, deadline, true);
            return super.withdraw(claim, deadline);
        }
    }
}
