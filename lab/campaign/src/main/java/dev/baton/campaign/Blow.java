package dev.baton.campaign;

import java.io.IOException;

/** One fault on its way: struck, then healed. Not safe for use by many threads. */
final class Blow {
    private final Fault fault;
    private final Candidate victim;
    private final long from = System.nanoTime();
    private Fault.Healing healing = Fault.Healing.NONE;
    private long to = from;
    private boolean over;

    /** @param victim the candidate that is struck, if one is */
    Blow(Fault fault, Candidate victim) {
        this.fault = fault;
        this.victim = victim;
    }

    String name() {
        return fault.name();
    }

    String whom() {
        return fault.strikesOne() ? victim.name() : fault.target();
    }

    long from() {
        return from;
    }

    void strike() throws IOException, InterruptedException {
        attempt(() -> healing = fault.action().strike(victim));
        if (!fault.lasts()) {
            heal();
        }
    }

    /** Does nothing a second time. */
    void heal() throws IOException, InterruptedException {
        if (!over) {
            over = true;
            attempt(healing);
        }
    }

    private void attempt(Fault.Healing what) throws IOException, InterruptedException {
        try {
            what.heal();
        } catch (InterruptedException | IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("\"" + fault.name() + "\" failed", e);
        } finally {
            to = System.nanoTime();
        }
    }

    /**
     * What became of it.
     *
     * @param led whether the victim led
     * @param healed when all was over
     * @param beside the name of what was made at the same time, or nothing
     */
    Struck struck(boolean led, long healed, String beside) {
        return new Struck(fault.name(), fault.kind(), whom(), led, from, to, healed, beside);
    }
}
