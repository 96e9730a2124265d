package dev.baton.cli.status;

import dev.baton.cli.status.Status.Election;
import dev.baton.cli.status.Status.EtcdMember;
import dev.baton.cli.status.Status.Member;
import dev.baton.cli.status.Status.Place;
import dev.baton.cli.status.Status.State;
import dev.baton.cli.status.Status.ZooKeeperMember;
import dev.baton.spi.Printable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A status as tables, with a sentence for each fault. */
final class StatusText {
    private static final String UNKNOWN = "-";

    private StatusText() {}

    /** The lines; the last one ends with a line break. */
    static String of(Status status) {
        StringBuilder text = new StringBuilder();
        if (status.elections().isEmpty()) {
            text.append("no election was found at ")
                    .append(Printable.text(status.address()))
                    .append('\n');
        } else {
            text.append(elections(status));
        }
        remarks(status, text);
        lines(status, text);
        members(status.members(), text);
        status.warnings()
                .forEach(warning ->
                        text.append("warning: ").append(Printable.text(warning)).append('\n'));
        return text.toString();
    }

    private static String elections(Status status) {
        Columns table = new Columns("ELECTION", "LEADER", "SINCE", "RENEWED", "TRANSITIONS", "TOKEN", "IN LINE");
        for (Election each : status.elections()) {
            table.add(
                    each.name(),
                    leader(each),
                    ago(each.since(), status.time()),
                    ago(each.renewed(), status.time()),
                    number(each.transitions()),
                    number(each.token()),
                    number(each.inLine() == null ? null : each.inLine().size()));
        }
        return table.text();
    }

    /** The holder; in brackets one that does not lead. */
    static String leader(Election election) {
        String holder = election.holder();
        if (election.state() == State.LED) {
            return String.valueOf(holder);
        }
        return holder == null
                ? election.state() == State.UNKNOWN ? "(unknown)" : "(none)"
                : election.state() == State.EXPIRED ? "(none, was " + holder + ")" : "(unknown, was " + holder + ")";
    }

    private static void remarks(Status status, StringBuilder text) {
        for (Election each : status.elections()) {
            each.remarks()
                    .forEach(remark -> text.append(Printable.value(each.name()))
                            .append(": ")
                            .append(Printable.text(remark))
                            .append('\n'));
        }
    }

    /** The candidates in line behind the leaders, if there are any. */
    private static void lines(Status status, StringBuilder text) {
        Columns table = new Columns("IN LINE FOR", "PLACE", "CANDIDATE", "TOKEN", "SINCE", "KEY");
        for (Election each : status.elections()) {
            List<Place> line = each.inLine();
            if (line != null && line.size() > 1) {
                for (int place = 0; place < line.size(); place++) {
                    Place at = line.get(place);
                    table.add(
                            each.name(),
                            Integer.toString(place + 1),
                            at.identity(),
                            Long.toString(at.token()),
                            ago(at.since(), status.time()),
                            at.key());
                }
            }
        }
        append(table, text);
    }

    private static void members(@Nullable List<? extends Member> members, StringBuilder text) {
        if (members == null) {
            return;
        }
        Columns etcd = new Columns("ID", "NAME", "ADDRESS", "VERSION", "DB SIZE", "ROLE", "RAFT INDEX", "LEARNER");
        Columns zooKeeper = new Columns("SERVER", "VERSION", "STATE", "ZXID");
        for (Member each : members) {
            if (each instanceof EtcdMember member) {
                etcd.add(
                        member.id(),
                        member.name(),
                        member.address(),
                        orUnknown(member.version()),
                        bytes(member.dbSize()),
                        member.role(),
                        number(member.raftIndex()),
                        Boolean.toString(member.learner()));
            } else if (each instanceof ZooKeeperMember member) {
                zooKeeper.add(member.address(), orUnknown(member.version()), member.state(), orUnknown(member.zxid()));
            }
        }
        append(etcd, text);
        append(zooKeeper, text);
    }

    private static void append(Columns table, StringBuilder text) {
        if (!table.isEmpty()) {
            text.append('\n').append(table.text());
        }
    }

    private static String ago(@Nullable Instant time, Instant now) {
        return time == null ? UNKNOWN : Ages.text(Duration.between(time, now)) + " ago";
    }

    private static String number(@Nullable Number number) {
        return number == null ? UNKNOWN : number.toString();
    }

    private static String orUnknown(@Nullable String text) {
        return text == null ? UNKNOWN : text;
    }

    /** The size as {@code etcdctl} shows it, in powers of a thousand. */
    private static String bytes(@Nullable Long size) {
        if (size == null) {
            return UNKNOWN;
        }
        return size < 1_000_000
                ? size / 1_000 + " kB"
                : size < 1_000_000_000 ? size / 1_000_000 + " MB" : size / 1_000_000_000 + " GB";
    }
}
