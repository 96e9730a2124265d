package dev.baton.cli.status;

import dev.baton.cli.status.Status.Election;
import dev.baton.cli.status.Status.Member;
import dev.baton.cli.status.Status.Place;
import dev.baton.cli.status.Status.State;
import dev.baton.spi.Printable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The changes between two reads of a store; a renewal is not a change. */
final class StatusChanges {
    private StatusChanges() {}

    /** A line for each change, without a time. */
    static List<String> between(Status before, Status after) {
        List<String> changes = new ArrayList<>();
        Map<String, Election> known = new LinkedHashMap<>();
        before.elections().forEach(election -> known.put(election.name(), election));
        for (Election each : after.elections()) {
            Election was = known.remove(each.name());
            if (was == null || !sameLeadership(was, each)) {
                changes.add(Printable.value(each.name()) + "  " + leadership(each));
            } else if (!names(was).equals(names(each))) {
                changes.add(Printable.value(each.name()) + "  in line: " + String.join(", ", names(each)));
            }
        }
        known.keySet().forEach(gone -> changes.add(Printable.value(gone) + "  no leader: it no longer exists"));
        members(before.members(), after.members(), changes);
        after.warnings().stream()
                .filter(warning -> !before.warnings().contains(warning))
                .forEach(warning -> changes.add("warning: " + warning));
        return changes.stream().map(Printable::text).toList();
    }

    private static boolean sameLeadership(Election was, Election is) {
        return was.state() == is.state()
                && Objects.equals(was.holder(), is.holder())
                && Objects.equals(was.since(), is.since())
                && Objects.equals(was.transitions(), is.transitions())
                && Objects.equals(was.token(), is.token());
    }

    private static String leadership(Election election) {
        if (election.state() != State.LED) {
            return String.join("; ", election.remarks());
        }
        Instant since = election.since();
        return Printable.value(String.valueOf(election.holder())) + " leads"
                + (election.token() == null ? "" : ", token " + election.token())
                + (election.transitions() == null ? "" : ", transitions " + election.transitions())
                + (since == null ? "" : ", since " + since.truncatedTo(ChronoUnit.SECONDS));
    }

    private static List<String> names(Election election) {
        List<Place> line = election.inLine();
        return line == null
                ? List.of()
                : line.stream().map(Place::identity).map(Printable::value).toList();
    }

    private static void members(
            @Nullable List<? extends Member> before, @Nullable List<? extends Member> after, List<String> changes) {
        if (before == null || after == null) {
            return;
        }
        Map<String, String> roles = new LinkedHashMap<>();
        before.forEach(member -> roles.put(member.title(), member.role()));
        for (Member each : after) {
            if (!each.role().equals(roles.get(each.title()))) {
                changes.add("member " + each.title() + "  " + each.role());
            }
        }
    }
}
