package dev.baton.campaign;

/**
 * A way to make trouble.
 *
 * @param name in a word or two
 * @param kind of whom
 * @param lasts whether there is something to heal: it is over, otherwise, as soon as it has happened
 * @param action how
 */
record Fault(String name, Kind kind, boolean lasts, Action action) {

    /** Who is struck. */
    enum Kind {
        /** A candidate's process. */
        CANDIDATE,
        /** A candidate's way to the store. */
        NETWORK,
        /** The store. */
        STORE,
        /** The record of who leads: somebody ends a live claim by hand, so that two may lead for a while. */
        HAND,
        /** The leader's session, by hand as well, which ends its connection together with its claim. */
        SESSION;

        /** Whether one candidate is struck, and not all of them. */
        boolean strikesOne() {
            return this == CANDIDATE || this == NETWORK;
        }

        /** Whether somebody ends a live claim by hand, which breaks the premise of every election. */
        boolean isByHand() {
            return this == HAND || this == SESSION;
        }
    }

    /** Makes it happen. */
    interface Action {
        /**
         * Strikes.
         *
         * @param victim the candidate that is struck, if one is
         * @return how to heal it, which returns when the store serves again
         * @throws Exception when it could not be done
         */
        Healing strike(Candidate victim) throws Exception;
    }

    /** Takes it back. */
    interface Healing {
        /** Nothing to do. */
        Healing NONE = () -> {};

        /**
         * Heals, and returns when the store serves again.
         *
         * @throws Exception when the store does not recover
         */
        void heal() throws Exception;
    }

    /** Whether one candidate is struck, and not all of them. */
    boolean strikesOne() {
        return kind.strikesOne();
    }

    /** What is struck when no candidate is. */
    String target() {
        return kind == Kind.STORE ? Struck.STORE : Struck.RECORD;
    }
}
