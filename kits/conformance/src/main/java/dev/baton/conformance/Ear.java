package dev.baton.conformance;

import dev.baton.spi.Answer;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.Holder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A watcher that records each hint, with its time. */
final class Ear implements ElectionWatcher {
    private final Pause pause = new Pause();
    private final List<Hint> hints = new CopyOnWriteArrayList<>();

    /** The kinds of hints. */
    enum Word {
        WATCHING,
        NOT_WATCHING,
        HELD,
        VACANT,
        YOUR_TURN,
        LOST
    }

    /**
     * One hint.
     *
     * @param at when it arrived, by {@link System#nanoTime}
     */
    record Hint(
            long at,
            Word word,
            @Nullable Holder holder,
            @Nullable Claim claim,
            Answer.@Nullable Granted granted,
            String text) {
        boolean isOf(Claim other) {
            return other.equals(claim);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    List<Hint> all() {
        return List.copyOf(hints);
    }

    /** The number of hints so far, as a place from which to look for later ones. */
    int place() {
        return hints.size();
    }

    List<Hint> since(int place) {
        List<Hint> all = all();
        return all.subList(Math.min(place, all.size()), all.size());
    }

    /** Whether the last hint about watching was watching(true). */
    boolean isWatching() {
        boolean watching = false;
        for (Hint hint : hints) {
            watching = hint.word == Word.WATCHING || (watching && hint.word != Word.NOT_WATCHING);
        }
        return watching;
    }

    /** Waits for the first hint since {@code place} that matches {@code which}. */
    Optional<Hint> await(int place, Predicate<Hint> which, Duration patience) throws InterruptedException {
        pause.until(() -> since(place).stream().anyMatch(which), patience);
        return since(place).stream().filter(which).findFirst();
    }

    /** Waits until any hint arrives, or {@code patience} has passed. */
    void awaitAny(int place, Duration patience) throws InterruptedException {
        pause.until(() -> place() > place, patience);
    }

    private void add(
            Word word, @Nullable Holder holder, @Nullable Claim claim, Answer.@Nullable Granted granted, String text) {
        hints.add(new Hint(System.nanoTime(), word, holder, claim, granted, text));
        pause.signal();
    }

    @Override
    public void watching(boolean live) {
        add(live ? Word.WATCHING : Word.NOT_WATCHING, null, null, null, "watching(" + live + ")");
    }

    @Override
    public void held(Holder holder, Chance chance) {
        add(Word.HELD, holder, null, null, "held(" + holder.identity() + ", " + chance + ")");
    }

    @Override
    public void vacant() {
        add(Word.VACANT, null, null, null, "vacant()");
    }

    @Override
    public void yourTurn(Claim claim, Answer.@Nullable Granted granted) {
        add(
                Word.YOUR_TURN,
                null,
                claim,
                granted,
                "yourTurn(" + claim.identity() + (granted == null ? "" : ", " + granted.token()) + ")");
    }

    @Override
    public void lost(Claim claim, String how) {
        add(Word.LOST, null, claim, null, "lost(" + claim.identity() + ", " + how + ")");
    }
}
