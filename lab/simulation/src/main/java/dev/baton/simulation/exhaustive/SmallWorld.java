package dev.baton.simulation.exhaustive;

import dev.baton.driver.LiveTerm;
import dev.baton.event.TermPhase;
import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register.Entry;
import dev.baton.simulation.exhaustive.Step.Kind;
import dev.baton.spi.BackendException;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Two candidates, one register, and everything in between, at one moment of one history. */
final class SmallWorld {
    static final long UNIT = Duration.ofSeconds(1).toNanos();
    static final ElectionName ELECTION = new ElectionName("small", "world");

    /** Three units, two, and one; the clocks agree, so that no room is left for their drift. */
    static final ElectionTiming TIMING =
            new ElectionTiming(Duration.ofNanos(3 * UNIT), Duration.ofNanos(2 * UNIT), Duration.ofNanos(UNIT), 0);

    static final int CANDIDATES = 2;

    private final Bounds bounds;
    private final Mistake mistake;
    private final Checks checks;
    private final Contender[] contenders = new Contender[CANDIDATES];
    private final List<Message> messages = new ArrayList<>();
    private @Nullable Entry entry;
    private long revision = 1;
    private long now;
    private int faults;

    SmallWorld(Bounds bounds, Mistake mistake) {
        this.bounds = bounds;
        this.mistake = mistake;
        this.checks = new Checks(this);
        for (int slot = 0; slot < CANDIDATES; slot++) {
            contenders[slot] = new Contender(this, slot, 0);
        }
        for (Contender contender : contenders) {
            contender.start();
            contender.runtime().fire();
        }
    }

    Bounds bounds() {
        return bounds;
    }

    Mistake mistake() {
        return mistake;
    }

    Checks checks() {
        return checks;
    }

    Contender contender(int slot) {
        return contenders[slot];
    }

    List<Message> messages() {
        return messages;
    }

    @Nullable Entry entry() {
        return entry;
    }

    long revision() {
        return revision;
    }

    /** True time in nanoseconds since the world began; everybody's clocks show it. */
    long now() {
        return now;
    }

    Moment moment() {
        return new Moment(now, now);
    }

    int faults() {
        return faults;
    }

    // -- what may happen next -------------------------------------------------------------------------------------

    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        boolean mayFail = faults < bounds.faults();
        for (int i = 0; i < messages.size(); i++) {
            ofMessage(i, mayFail, steps);
        }
        for (Contender contender : contenders) {
            ofContender(contender, mayFail, steps);
        }
        if (now / UNIT < bounds.units()) {
            steps.add(Step.of(Kind.ADVANCE));
            for (Contender contender : contenders) {
                if (mayFail && !contender.isPaused() && !contender.isStopped()) {
                    steps.add(new Step(Kind.PAUSE, contender.slot()));
                }
            }
        }
        return steps;
    }

    private void ofMessage(int i, boolean mayFail, List<Step> steps) {
        Message message = messages.get(i);
        if (!message.hasArrived() && (message.isWrite() || aWriteMayOvertake())) {
            steps.add(new Step(Kind.ARRIVE, i));
        }
        boolean heard = !message.isUnheard() && !message.from().isDead();
        if (heard && (message.hasArrived() || !message.isWrite())) {
            steps.add(new Step(Kind.DELIVER, i));
        }
        if (heard && mayFail && !message.isLate()) {
            steps.add(new Step(Kind.BREAK, i));
        }
    }

    /** Whether it matters when a read arrives: only a write that arrives before or after it makes a difference. */
    private boolean aWriteMayOvertake() {
        return messages.stream().anyMatch(message -> message.isWrite() && !message.hasArrived());
    }

    private void ofContender(Contender contender, boolean mayFail, List<Step> steps) {
        int slot = contender.slot();
        if (contender.isPaused()) {
            steps.add(new Step(Kind.RESUME, slot));
        }
        if (!contender.changes().isEmpty()) {
            steps.add(new Step(Kind.HEAR, slot));
        }
        if (checks.mayBeToldThatItIsOver(contender)) {
            steps.add(new Step(Kind.ASK, slot));
        }
        if (contender.work().mayReturn()) {
            steps.add(new Step(Kind.RETURN, slot));
        }
        if (contender.work().mayStop()) {
            steps.add(new Step(Kind.STOPPED, slot));
        }
        if (!mayFail) {
            return;
        }
        if (contender.driver().status().where().equals("leading")) {
            steps.add(new Step(Kind.STEP_DOWN, slot));
        }
        if (!contender.isClosing()) {
            steps.add(new Step(Kind.CLOSE, slot));
        }
        if (hasLeftATrace(contender)) {
            steps.add(new Step(Kind.CRASH, slot));
        }
    }

    /** Whether its end makes a difference to others. */
    private boolean hasLeftATrace(Contender contender) {
        Entry stands = entry;
        return (stands != null && contender.wrote(stands.record().nonce()))
                || messages.stream().anyMatch(message -> message.isWrite() && message.from() == contender);
    }

    // -- what happens ---------------------------------------------------------------------------------------------

    void take(Step step) {
        int i = step.index();
        switch (step.kind()) {
            case ADVANCE -> advance();
            case PAUSE -> {
                faults++;
                contenders[i].pause();
                advance();
            }
            case RESUME -> {
                contenders[i].wakeUp();
                contenders[i].runtime().fire();
            }
            case ARRIVE -> arrive(messages.get(i));
            case DELIVER -> deliver(messages.get(i));
            case BREAK -> {
                faults++;
                fail(messages.get(i));
            }
            case HEAR -> {
                contenders[i].wakeUp();
                contenders[i].hear();
            }
            case ASK -> ask(contenders[i]);
            case RETURN -> contenders[i].work().returns();
            case STOPPED -> contenders[i].work().stops();
            case STEP_DOWN -> {
                faults++;
                contenders[i].stepDown();
            }
            case CLOSE -> {
                faults++;
                contenders[i].close();
            }
            case CRASH -> {
                faults++;
                crash(i);
            }
        }
        for (Contender contender : contenders) {
            contender.forgetSeen();
        }
        messages.removeIf(this::isVain);
        checks.check();
    }

    private void advance() {
        fire();
        now += UNIT;
        fire();
    }

    private void fire() {
        for (Contender contender : contenders) {
            if (!contender.isPaused()) {
                contender.runtime().fire();
            }
        }
    }

    private void ask(Contender contender) {
        LiveTerm term = Objects.requireNonNull(contender.work().term());
        TermPhase phase = term.phase();
        checks.asked(contender, term, phase);
        contender.runtime().drain();
    }

    private void crash(int slot) {
        Contender dead = contenders[slot];
        checks.died(dead);
        contenders[slot] = dead.crash();
        messages.removeIf(message -> message.from() == dead && (!message.isWrite() || message.hasArrived()));
        contenders[slot].start();
        contenders[slot].runtime().fire();
    }

    // -- the network ----------------------------------------------------------------------------------------------

    CompletionStage<Object> send(Contender from, @Nullable Entry expected, @Nullable LeaderRecord next) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        messages.add(
                new Message(from, expected, next, now, answer, from.runtime().patience()));
        return answer;
    }

    private void arrive(Message message) {
        message.arrived(atTheStore(message));
    }

    private void deliver(Message message) {
        if (!message.hasArrived()) {
            arrive(message);
        }
        messages.remove(message);
        Contender to = message.from();
        to.wakeUp();
        if (message.reply() instanceof Entry seen && (message.isWrite() || !message.isLate())) {
            to.saw(seen.revision());
        }
        message.answer();
        to.runtime().drain();
    }

    /** A call that fails at once; what was sent is still on its way. */
    private void fail(Message message) {
        message.unheard();
        message.from().wakeUp();
        message.fail(new BackendException("the connection was reset"));
        message.from().runtime().drain();
    }

    /** Whether nothing can come of it any more, so that worlds with and without it are the same. */
    private boolean isVain(Message message) {
        boolean unheard = message.isUnheard() || message.from().isDead();
        if (!message.isWrite()) {
            return unheard || message.isLate();
        }
        boolean lands = message.hasArrived() ? message.reply() instanceof Entry : mayLand(message);
        // The outcome of a write is of use even late; that of a conflict is not.
        return message.hasArrived() ? unheard || (message.isLate() && !lands) : !lands && (unheard || message.isLate());
    }

    // -- the store ------------------------------------------------------------------------------------------------

    private static final Object NOTHING = new Object();

    private Object atTheStore(Message message) {
        LeaderRecord next = message.next();
        if (next == null) {
            Entry stands = entry;
            return stands == null ? NOTHING : stands;
        }
        if (!mayLand(message)) {
            return new ConflictException("the register stands elsewhere");
        }
        Entry written = new Entry(next, revision + 1, null);
        checks.writes(message, entry, written);
        revision++;
        entry = written;
        for (Contender contender : contenders) {
            contender.changed(written, revision);
        }
        return written;
    }

    /** Revisions only grow, so that a write which does not land now, nor its repetition, ever will. */
    private boolean mayLand(Message message) {
        Entry expected = message.expected();
        Entry stands = entry;
        if (mistake == Mistake.WRITE_WITHOUT_COMPARING) {
            return true;
        }
        return stands == null ? expected == null : expected != null && expected.revision() == stands.revision();
    }

    // -- in words -------------------------------------------------------------------------------------------------

    String describe(Step step) {
        int i = step.index();
        String words = switch (step.kind()) {
            case ADVANCE -> "a unit of time passes";
            case PAUSE -> contenders[i] + " is paused, and a unit of time passes";
            case RESUME -> contenders[i] + " resumes";
            case ARRIVE -> messages.get(i) + " reaches the store";
            case DELIVER -> messages.get(i) + " is answered";
            case BREAK -> messages.get(i) + " breaks: its sender is told that it failed";
            case HEAR -> contenders[i] + " hears of a change";
            case ASK -> contenders[i] + "'s work asks whether its term is over";
            case RETURN -> contenders[i] + "'s onStartedLeading returns";
            case STOPPED -> contenders[i] + "'s onStoppedLeading returns";
            case STEP_DOWN -> contenders[i] + " is asked to step down";
            case CLOSE -> contenders[i] + " is closed";
            case CRASH -> contenders[i] + " crashes and is started anew";
        };
        return "t=" + now / UNIT + "  " + words;
    }
}
