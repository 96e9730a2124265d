package dev.baton.verify;

import dev.baton.event.ElectionEvent;
import dev.baton.event.ElectionEvent.Type;
import dev.baton.event.EndReason;
import dev.baton.spi.ElectionName;
import dev.baton.spi.Printable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Merges the events of several files into one history an election.
 *
 * <p>A run begins with a candidate's start event. Events of an identity without one, as in the second of two files of a
 * rotated log, continue the run whose clocks they share. An event in several files, such as a recording beside lines of
 * JSON, counts once.
 */
final class Histories {
    /** The most by which the distance between a process's two clocks may differ from one file to the next. */
    private static final long SAME_PROCESS = 2_000_000_000L;

    private final Map<Candidate, List<List<LoggedEvent>>> parts = new LinkedHashMap<>();
    private final Map<Candidate, Set<Key>> told = new HashMap<>();

    private record Candidate(ElectionName election, String identity) {}

    /** An event without its wall clock, because a recording reads that clock itself. */
    private record Key(
            long mono,
            Type type,
            @Nullable Object token,
            @Nullable String holder,
            @Nullable EndReason reason,
            @Nullable String detail) {
        static Key of(ElectionEvent event) {
            return new Key(
                    event.at().nanos(),
                    event.type(),
                    event.token(),
                    event.holder(),
                    event.reason(),
                    event.detail() == null ? null : Printable.text(event.detail()));
        }
    }

    static List<ElectionHistory> of(List<EventLog> logs, Clocks clocks) {
        Histories histories = new Histories();
        logs.forEach(histories::add);
        return histories.build(clocks);
    }

    private void add(EventLog log) {
        Map<Candidate, List<LoggedEvent>> open = new HashMap<>();
        for (LoggedEvent logged : log.events()) {
            ElectionEvent event = logged.event();
            Candidate candidate = new Candidate(event.election(), event.identity());
            if (!told.computeIfAbsent(candidate, unseen -> new HashSet<>()).add(Key.of(event))) {
                continue;
            }
            List<LoggedEvent> part = open.get(candidate);
            if (part == null || event.type() == Type.STARTED) {
                part = new ArrayList<>();
                open.put(candidate, part);
                parts.computeIfAbsent(candidate, unseen -> new ArrayList<>()).add(part);
            }
            part.add(logged);
        }
    }

    private List<ElectionHistory> build(Clocks clocks) {
        Map<String, List<CandidateRun>> runs = new TreeMap<>();
        parts.forEach((candidate, found) -> {
            List<List<LoggedEvent>> joined = join(found);
            for (int i = 0; i < joined.size(); i++) {
                String name = Printable.value(candidate.identity()) + (i == 0 ? "" : " (" + (i + 1) + ")");
                runs.computeIfAbsent(candidate.election().toString(), unseen -> new ArrayList<>())
                        .add(new CandidateRun(candidate.election(), name, joined.get(i)));
            }
        });
        return runs.values().stream().map(all -> history(all, clocks)).toList();
    }

    private static ElectionHistory history(List<CandidateRun> runs, Clocks clocks) {
        List<CandidateRun> ordered = runs.stream()
                .sorted(Comparator.comparingLong(
                        run -> clocks.position(run.first().event().at())))
                .toList();
        List<Term> terms =
                ordered.stream().flatMap(run -> Terms.of(run).stream()).toList();
        return new ElectionHistory(runs.get(0).election(), ordered, terms, clocks);
    }

    private static List<List<LoggedEvent>> join(List<List<LoggedEvent>> parts) {
        List<List<LoggedEvent>> ordered = new ArrayList<>(parts);
        ordered.sort(Comparator.comparingLong(part -> part.get(0).event().at().wallNanos()));
        List<List<LoggedEvent>> runs = new ArrayList<>();
        for (List<LoggedEvent> part : ordered) {
            List<LoggedEvent> last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && goesOn(last, part)) {
                last.addAll(part);
                last.sort(Comparator.comparingLong(logged -> logged.event().at().nanos()));
            } else {
                runs.add(new ArrayList<>(part));
            }
        }
        return runs;
    }

    private static boolean goesOn(List<LoggedEvent> run, List<LoggedEvent> part) {
        ElectionEvent last = run.get(run.size() - 1).event();
        ElectionEvent next = part.get(0).event();
        return next.type() != Type.STARTED
                && last.type() != Type.STOPPED
                && Math.abs(CandidateRun.offset(next) - CandidateRun.offset(last)) < SAME_PROCESS;
    }
}
