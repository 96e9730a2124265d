package dev.baton.interleaving;

import dev.baton.SerialExecutorScenario;
import dev.baton.TermRunScenario;
import dev.baton.TermStartScenario;
import dev.baton.driver.LiveTermScenario;
import dev.baton.driver.ReportScenario;
import dev.baton.internal.session.InlineSerialExecutorScenario;
import dev.baton.spi.OutboxScenario;
import dev.baton.spi.RequestQueueScenario;
import java.util.List;

/** A mistake in what threads share, which the scenario must show in some order of its steps. */
@SuppressWarnings("ImmutableEnumChecker") // An edit only passes on what it visits.
enum Mistake {
    EXECUTOR_LOCKS_NOTHING(SerialExecutorScenario.class, "dev.baton.SerialExecutor", Edit.unlocked()),
    EXECUTOR_ENDS_AFTER_THE_LOCK(SerialExecutorScenario.class, "dev.baton.SerialExecutor", Edit.without("next", "end")),
    EXECUTOR_RUNS_TWO_AT_ONCE(SerialExecutorScenario.class, "dev.baton.SerialExecutor", Edit.unset("drain", "running")),
    LANE_LOCKS_NOTHING(
            InlineSerialExecutorScenario.class, "dev.baton.internal.session.InlineSerialExecutor", Edit.unlocked()),
    QUEUE_TAKES_NO_ROOM(RequestQueueScenario.class, "dev.baton.spi.RequestQueue", Edit.unset("take", "room")),
    QUEUE_WAKES_NOBODY_FOR_A_REQUEST(
            RequestQueueScenario.class, "dev.baton.spi.RequestQueue", Edit.without("add", "notifyAll")),
    QUEUE_WAKES_NOBODY_FOR_ROOM(
            RequestQueueScenario.class, "dev.baton.spi.RequestQueue", Edit.without("makeRoom", "notifyAll")),
    OUTBOX_COUNTS_AGAIN(OutboxScenario.class, "dev.baton.spi.Outbox", Edit.without("sayWhatWasLost", "addAndGet")),
    TERM_LOCKS_NOTHING(LiveTermScenario.class, "dev.baton.driver.LiveTerm", Edit.unlocked(), "dev.baton.driver.Terms"),
    TERM_EXPIRES_WITHOUT_A_SECOND_LOOK(
            LiveTermScenario.class,
            "dev.baton.driver.LiveTerm",
            Edit.answering("expire", "hasReached"),
            "dev.baton.driver.Terms"),
    REPORT_TELLS_AGAIN(ReportScenario.class, "dev.baton.driver.Report", Edit.without("deliver", "addAndGet")),
    RUN_LOCKS_NOTHING(
            TermRunScenario.class, "dev.baton.TermRun", Edit.unlocked(), "dev.baton.Permit", "dev.baton.Work"),
    RUN_PERMITS_WORK_WHILE_DRAINING(
            TermRunScenario.class,
            "dev.baton.TermRun",
            Edit.answering("permit", "acceptsWork"),
            "dev.baton.Permit",
            "dev.baton.Work"),
    RUN_STOPS_BEFORE_PERMITS_ARE_BACK(
            TermRunScenario.class,
            "dev.baton.TermRun",
            Edit.answering("advance", "isEmpty"),
            "dev.baton.Permit",
            "dev.baton.Work"),
    RUN_BEGINS_WITHOUT_A_LOCK(
            TermStartScenario.class, "dev.baton.TermRun", Edit.unlocked(), "dev.baton.Permit", "dev.baton.Work"),
    RUN_IS_CANCELLED_UNDER_A_PERMIT(
            TermStartScenario.class,
            "dev.baton.TermRun",
            Edit.answering("isFree", "isEmpty"),
            "dev.baton.Permit",
            "dev.baton.Work");

    private final Class<?> scenario;
    private final String type;
    private final Edit edit;
    private final List<String> beside;

    /** @param beside the classes that name {@code type}, except the scenario */
    Mistake(Class<?> scenario, String type, Edit edit, String... beside) {
        this.scenario = scenario;
        this.type = type;
        this.edit = edit;
        this.beside = List.of(beside);
    }

    /** The scenario, on a copy of the class with the mistake in it. */
    Class<?> plant() throws ReflectiveOperationException {
        return Copies.of(scenario, type, beside, edit, "_" + name());
    }

    /** The scenario, on a copy of the class as it is. */
    Class<?> copy() throws ReflectiveOperationException {
        return Copies.of(scenario, type, beside, (method, next) -> next, "_RIGHT_" + name());
    }
}
