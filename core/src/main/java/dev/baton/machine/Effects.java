package dev.baton.machine;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Collects the effects of a step, and is its source of random numbers. */
final class Effects {
    private final List<Effect> effects = new ArrayList<>(4);
    private final RandomGenerator random;

    Effects(RandomGenerator random) {
        this.random = random;
    }

    void add(Effect effect) {
        effects.add(effect);
    }

    /** An event of the candidate as such. */
    void tell(Knowledge knowledge, Moment now, Type type, @Nullable String detail) {
        tell(knowledge, now, type, null, null, null, null, detail);
    }

    /** An event of a term. */
    void tellTerm(Knowledge knowledge, Moment now, Type type, Term term, @Nullable EndReason reason) {
        tell(knowledge, now, type, term.token(), null, null, reason, reason == null ? null : reason.text());
    }

    /** An event with the end of a term's validity. */
    void tellValid(Knowledge knowledge, Moment now, Type type, Term term, Validity validity) {
        tell(knowledge, now, type, term.token(), validity.until(), null, null, null);
    }

    /** An event about the leader. */
    void tellLeader(Knowledge knowledge, Moment now, Type type, @Nullable String holder) {
        tell(knowledge, now, type, null, null, holder, null, null);
    }

    private void tell(
            Knowledge knowledge,
            Moment now,
            Type type,
            @Nullable FencingToken token,
            @Nullable Moment validUntil,
            @Nullable String holder,
            @Nullable EndReason reason,
            @Nullable String detail) {
        CandidateConfig config = knowledge.config();
        add(new Effect.Tell(new ElectionEvent(
                now, type, config.election(), config.identity(), token, validUntil, holder, reason, detail)));
    }

    /** A uniformly random number of nanoseconds from 0 to {@code bound}, inclusive. */
    long upTo(long bound) {
        return bound <= 0 ? 0 : random.nextLong(bound + 1);
    }

    List<Effect> effects() {
        return effects;
    }
}
