package dev.baton.conformance;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A numbered rule of {@code docs/spi-specification.md}: its title, and where to look when it is broken. */
enum Rule {
    R1_1(
            "1.1",
            "acquire and renew answer Granted or Refused, or fail",
            "every path through acquire and renew: each completes its stage with one of the two, or exceptionally"),
    R1_2(
            "1.2",
            "calls for different claims run concurrently",
            "state that calls share: a field that belongs to one claim, or an answer handed to the wrong caller"),
    R1_3(
            "1.3",
            "calls return promptly, and no thread of the client library or the runtime is blocked",
            "a get(), join() or synchronous client call inside acquire, renew, withdraw, observe or a callback of the"
                    + " client; continue with thenCompose instead"),
    R2_1(
            "2.1",
            "from sentAt until guaranteedFor later no other candidate is granted",
            "when a claim counts as lapsed, whether a renewal really writes, where sentAt is read, and what guaranteedFor"
                    + " is counted from"),
    R2_2(
            "2.2",
            "each term's token is greater than that of every earlier term, and a renewal repeats it",
            "where the number comes from: a revision that the store itself counts up at every write, never a counter in"
                    + " the record or in the process"),
    R2_3(
            "2.3",
            "the backend reports the raw guarantee, for core to allow for drift",
            "whether guaranteedFor was already scaled by clockDrift"),
    R3_1(
            "3.1",
            "a call that learned nothing fails, and is never a refusal",
            "how errors and timeouts of the client become answers: every one of them fails the stage"),
    R3_2(
            "3.2",
            "a late answer makes no leader",
            "whether a late answer is delivered with the moment of its own sending"),
    R3_3(
            "3.3",
            "the nonce settles an unknown write, never the identity",
            "what is compared when a record is read back: the claim's nonce has to be written with every write"),
    R3_4(
            "3.4",
            "only the store's own refusal shows that a request wrote nothing, and it shows nothing about copies of it",
            "which answers count as the store's own, whether a refused renewal ends a term, and whether a claim whose"
                    + " write met a conflict is read before it is called gone"),
    R4_1(
            "4.1",
            "a claim that was tried is pursued until the store confirms its withdrawal",
            "whether withdraw also removes a claim that was refused, stands in line, or whose acquire had no answer"),
    R4_2(
            "4.2",
            "withdraw completes only when nothing under way can bring the claim back",
            "requests whose outcome is unknown: they must be voided, or awaited, before withdraw completes; and which"
                    + " answers show that the claim is gone, which only the store's own can"),
    R4_3(
            "4.3",
            "a lost term's claim is left alone while its work winds down",
            "the machine in core, which decides this"),
    R4_4(
            "4.4",
            "a claim serves one term, and renew never re-creates what is gone",
            "whether renew writes unconditionally, or creates what it does not find"),
    R4_5(
            "4.5",
            "a write that the store has refused for certain is answered at once, and is not owed",
            "whether a write that was refused for certain is tried again by the same call, or still counts as unknown when"
                    + " the claim is withdrawn"),
    R5_1(
            "5.1",
            "withdraw removes no other candidate's claim",
            "whether withdraw compares what it removes with its own nonce in the same step as it removes it"),
    R5_2(
            "5.2",
            "after withdraw a standby that asks is granted at once",
            "whether withdraw leaves a record with a lease that standbys wait for"),
    R6_1(
            "6.1",
            "hints are hints, and lost is reported only for a claim that is gone",
            "whether lost follows from a change older than the claim, from another's, or from an answer that is not the"
                    + " store's"),
    R6_2(
            "6.2",
            "a leader learns when its claim is removed or taken",
            "whether the leader's own record, key or node is watched, and compared at each change; and whether a renewal"
                    + " reads it while it is not"),
    R6_3(
            "6.3",
            "watching(true) is reported only while changes are being delivered",
            "when watching(true) is reported, and whether the store is read again after a reconnect before that"),
    R6_4(
            "6.4",
            "the next candidate learns that it is next",
            "the hint after a release: vacant() on a register, yourTurn(claim, grant) for the first in line and no"
                    + " other"),
    R6_5(
            "6.5",
            "acquire is answered from the store and not from the watch, and a refused watch or read is tried again",
            "what acquire of a claim in line is answered from: a cache that the watch keeps up to date is as old as the"
                    + " last event that was not lost; and what retries a watch or read that was refused"),
    R7_1(
            "7.1",
            "every stage completes by its deadline",
            "a timeout of the backend's own on every request, by runtime().timekeeper()"),
    R7_2(
            "7.2",
            "a connection that timed out is not used again",
            "whether a timeout makes the next call open another connection"),
    R7_3(
            "7.3",
            "time comes from the runtime's Timekeeper, and remote times are not trusted",
            "every use of System.nanoTime, Instant.now, the store's own time, or a time read from a record"),
    R8_1(
            "8.1",
            "one session per instance and leaseDuration, shared by all its elections",
            "what opens a session: the first election of a leaseDuration does, no other"),
    R8_2(
            "8.2",
            "an instance owns its connection and threads, and closes them",
            "static fields, and what close() ends: connection, threads, watches, timers, in bounded time and twice"),
    R8_3(
            "8.3",
            "one loop decides for all elections of an instance, and callbacks run elsewhere",
            "threads started for an election, and where runtime().callbacks() runs"),
    R8_4(
            "8.4",
            "waiting renewals leave first, then the earliest deadline",
            "a queue in front of runtime().send(), or a runtime of the backend's own");

    private static final Pattern IN_TEST_NAME = Pattern.compile("^(required|optional|stochastic)_rule(\\d)_(\\d)_");

    private final String number;
    private final String title;
    private final String lookFirst;

    Rule(String number, String title, String lookFirst) {
        this.number = number;
        this.title = title;
        this.lookFirst = lookFirst;
    }

    /** {@code 2.1}. */
    String number() {
        return number;
    }

    /** The rule in short. */
    String title() {
        return title;
    }

    /** Where to look first when it is broken. */
    String lookFirst() {
        return lookFirst;
    }

    /** The rule in a test's name: {@code required_rule2_1_…}. */
    static Optional<Rule> of(String testName) {
        Matcher name = IN_TEST_NAME.matcher(testName);
        if (!name.find()) {
            return Optional.empty();
        }
        String number = name.group(2) + "." + name.group(3);
        return Stream.of(values()).filter(rule -> rule.number.equals(number)).findFirst();
    }

    /** The message of a failed test. */
    String brokenBy(String seen) {
        return "rule " + number + " is broken: " + title + "\n  seen: " + seen + "\n  look first at: " + lookFirst
                + "\n  the rule and its reason: docs/spi-specification.md, " + number;
    }
}
