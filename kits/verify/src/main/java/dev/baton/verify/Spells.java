package dev.baton.verify;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Stretches of a run's time, cut out by its events. The time after its last event belongs to none. */
final class Spells {
    private final CandidateRun run;
    private final Clocks clocks;

    Spells(CandidateRun run, Clocks clocks) {
        this.run = run;
        this.clocks = clocks;
    }

    /**
     * While it contended, reached the store, and no callback of its own kept it from contending: then it leads if it
     * can.
     */
    List<Span> ready() {
        Readiness readiness = new Readiness(!run.hasItsBeginning());
        return during(false, readiness::after);
    }

    /** While the store did not answer it. */
    List<Span> unreachable() {
        return between(Set.of(Type.UNREACHABLE), Set.of(Type.REACHABLE, Type.STARTED, Type.STOPPED));
    }

    /** While it was paused. */
    List<Span> paused() {
        return between(Set.of(Type.PAUSED), Set.of(Type.RESUMED, Type.STARTED, Type.STOPPED));
    }

    /** While it saw {@code holder} leading. */
    List<Span> sees(String holder) {
        boolean[] seen = new boolean[1];
        return during(false, event -> {
            if (event.type() == Type.NEW_LEADER || event.type() == Type.NO_LEADER) {
                seen[0] = holder.equals(event.holder());
            }
            return seen[0];
        });
    }

    private List<Span> between(Set<Type> from, Set<Type> to) {
        boolean[] inside = new boolean[1];
        return during(false, event -> {
            inside[0] = from.contains(event.type()) || (inside[0] && !to.contains(event.type()));
            return inside[0];
        });
    }

    /** The stretches that begin with an event after which {@code state} is true, and end with one after which it is not. */
    private List<Span> during(boolean atFirst, Predicate<ElectionEvent> state) {
        List<Span> spans = new ArrayList<>();
        long since = clocks.position(run.first().event().at());
        boolean inside = atFirst;
        for (LoggedEvent logged : run.log()) {
            long at = clocks.position(logged.event().at());
            boolean next = state.test(logged.event());
            if (inside && !next) {
                spans.add(new Span(since, at));
            }
            if (!inside && next) {
                since = at;
            }
            inside = next;
        }
        if (inside) {
            spans.add(new Span(since, clocks.position(run.last().event().at())));
        }
        return spans.stream().filter(span -> span.length() > 0).toList();
    }
}
