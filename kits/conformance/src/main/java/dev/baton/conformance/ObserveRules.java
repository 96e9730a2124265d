package dev.baton.conformance;

import dev.baton.conformance.Ear.Hint;
import dev.baton.conformance.Ear.Word;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rule 6: what watchers hear. */
abstract class ObserveRules extends UnknownRules {

    // -- 6.1: hints ---------------------------------------------------------------------------------------------------

    /** Rule 6.1: lost ends a term at once, so it is not said while the claim stands. */
    @Test
    protected void required_rule6_1_lostIsNotSaidOfAClaimThatStands(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        one.observe(scene.longTiming());
        other.observe(scene.longTiming());
        for (int term = 0; term < 6; term++) {
            Party party = term % 3 == 0 ? one : other;
            Claim claim = scene.longClaim("term-" + term);
            party.lead(claim);
            Party another = party == one ? other : one;
            Claim standby = scene.longClaim("standby");
            scene.standsBy(another.acquire(standby));
            scene.pass(scene.timing().retryPeriod());
            lostOnlyIfGone(scene, party, claim, "while it held and others came and went");
            another.withdraw(standby);
            party.withdraw(claim);
        }
    }

    /** Rule 6.1: an edit beside the claim is no loss of it. */
    @Test
    protected void required_rule6_1_anEditBesideTheClaimIsNoLoss(Scene scene) throws Exception {
        Party party = scene.party();
        party.observe(scene.longTiming());
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        scene.harness().touch(scene.election());
        scene.pass(scene.timing().retryPeriod());

        scene.granted(party.renew(claim), "renew after something beside the claim had been edited");
        lostOnlyIfGone(scene, party, claim, "after something beside it had been edited");
    }

    private static void lostOnlyIfGone(Scene scene, Party party, Claim claim, String when) throws InterruptedException {
        Optional<Hint> lost = party.ear().all().stream()
                .filter(hint -> hint.word() == Word.LOST && hint.isOf(claim))
                .findFirst();
        if (lost.isPresent() && party.renew(claim) instanceof Answer.Granted renewed) {
            throw scene.broken(
                    "of a claim that is still renewed (" + renewed + ") the watcher heard " + lost.get() + " " + when);
        }
    }

    /** Rule 6.1: nothing safe rests on a hint, nor does being granted in the end. */
    @Test
    protected void required_rule6_1_withoutAWatcherAskingIsEnough(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Claim leader = scene.claim("leader");
        Claim standby = scene.claim("standby");
        one.lead(leader);
        Answer first = other.acquire(standby);
        one.withdraw(leader);
        if (!(first instanceof Answer.Granted)) {
            other.lead(standby);
        }
    }

    // -- 6.2: a leader's own claim ------------------------------------------------------------------------------------

    /** Rule 6.2: an operator deletes the leader's record, key or node. */
    @Test
    protected void required_rule6_2_aLeaderHearsThatItsClaimWasDeleted(Scene scene) throws Exception {
        hearsOfLoss(
                scene,
                "its claim was deleted in the store",
                party -> scene.harness().delete(scene.election()));
    }

    /** Rule 6.2: another kind of client takes the record. */
    @Test
    protected void required_rule6_2_aLeaderHearsThatItsClaimWasOverwritten(Scene scene) throws Exception {
        hearsOfLoss(
                scene,
                "another kind of client wrote its record over it",
                party -> scene.harness().rewrite(scene.election(), "stranger", Instant.now()));
    }

    /** Rule 6.2: the store ends the session while its owner is connected. */
    @Test
    protected void required_rule6_2_aLeaderHearsThatItsSessionEnded(Scene scene) throws Exception {
        hearsOfLoss(
                scene,
                "its session was ended in the store",
                party -> scene.harness().expire(party.backend()));
    }

    /** Rule 6.2: a leader whose watch is silent looks at its claim by itself, in time. */
    @Test
    protected void required_rule6_2_aLeaderThatHearsNothingLooksByItself(Scene scene) throws Exception {
        Party party = scene.party();
        party.observeLive(scene.timing());
        Claim claim = scene.claim("leader");
        party.lead(claim);
        scene.harness().deafen(party.backend());
        scene.harness().delete(scene.election());

        Duration twice = scene.timing().leaseDuration().multipliedBy(2);
        scene.require(
                scene.comes(() -> isRefused(party, claim), twice.plus(scene.patience())),
                "the claim of a leader that heard nothing was deleted, and was renewed on for longer than "
                        + ElectionTiming.text(twice));
    }

    private static boolean isRefused(Party party, Claim claim) {
        try {
            return party.renew(claim) instanceof Answer.Refused;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private interface Blow {
        void strike(Party party) throws Exception;
    }

    private static void hearsOfLoss(Scene scene, String how, Blow blow) throws Exception {
        Party party = scene.party();
        Ear ear = party.observeLive(scene.longTiming());
        Claim claim = scene.longClaim("leader");
        party.lead(claim);
        int place = ear.place();
        blow.strike(party);

        Optional<Hint> lost = ear.await(place, hint -> hint.word() == Word.LOST && hint.isOf(claim), scene.patience());
        scene.require(
                lost.isPresent(), "after " + how + " the leader, which was watching, heard only " + ear.since(place));
    }

    // -- 6.3: watching ------------------------------------------------------------------------------------------------

    /** Rule 6.3: while watching, a standby need not ask to know who leads. */
    @Test
    protected void required_rule6_3_whoeverWatchesHearsWhoLeads(Scene scene) throws Exception {
        Party onlooker = scene.party();
        Ear ear = onlooker.observeLive(scene.longTiming());
        Party one = scene.party();
        Party other = scene.party();
        Claim first = scene.longClaim("first");
        one.lead(first);
        hears(scene, ear, 0, "first", "a leader was granted");
        int place = ear.place();
        one.withdraw(first);
        other.lead(scene.longClaim("second"));
        hears(scene, ear, place, "second", "the leader changed");
    }

    /** Rule 6.3: after a gap the backend looks for itself: nobody will repeat what was missed. */
    @Test
    protected void required_rule6_3_whatHappenedInAGapIsHeardAfterIt(Scene scene) throws Exception {
        Party onlooker = scene.party();
        Ear ear = onlooker.observeLive(scene.longTiming());
        Party one = scene.party();
        Claim first = scene.longClaim("first");
        one.lead(first);
        hears(scene, ear, 0, "first", "a leader was granted");
        scene.harness().silence(onlooker.backend());
        int place = ear.place();
        one.withdraw(first);
        one.lead(scene.longClaim("second"));
        scene.harness().heal(onlooker.backend());

        hears(scene, ear, place, "second", "the leader changed while the store was silent to the watcher");
    }

    private static void hears(Scene scene, Ear ear, int place, String identity, String after)
            throws InterruptedException {
        Optional<Hint> held = ear.await(place, hint -> isHeldBy(hint, identity), scene.patience());
        scene.require(
                held.isPresent(),
                "after " + after + " a watcher that was told watching(true) heard only " + ear.since(place)
                        + ", and not that " + identity + " leads");
    }

    private static boolean isHeldBy(Hint hint, String identity) {
        Holder holder = hint.holder();
        return holder != null && holder.identity().equals(identity);
    }

    /** Rule 6.3: most backends notice in time that nothing can be delivered. */
    @Test
    protected void optional_rule6_3_aSilentStoreIsNoticed(Scene scene) throws Exception {
        Party party = scene.party();
        Ear ear = party.observeLive(scene.timing());
        scene.harness().silence(party.backend());
        var unused = party.acquiring(scene.claim("asking"), scene.callTimeout());
        if (!scene.comes(() -> !ear.isWatching(), scene.timing().leaseDuration().multipliedBy(2))) {
            throw Cannot.because("it had not said watching(false) two leaseDurations after the store had fallen silent:"
                    + " standbys take over later than they could");
        }
    }

    // -- 6.4: who is next ---------------------------------------------------------------------------------------------

    /** Rule 6.4: a standby that watches learns of the vacancy, or that it is its turn, without asking. */
    @Test
    protected void required_rule6_4_whoeverIsNextHearsOfIt(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Ear ear = other.observeLive(scene.longTiming());
        Claim leader = scene.longClaim("leader");
        Claim standby = scene.longClaim("standby");
        one.lead(leader);
        scene.standsBy(other.acquire(standby));
        int place = ear.place();
        one.withdraw(leader);

        Optional<Hint> turn = ear.await(
                place,
                hint -> hint.word() == Word.VACANT || (hint.word() == Word.YOUR_TURN && hint.isOf(standby)),
                scene.patience());
        scene.require(
                turn.isPresent(),
                "after the leader was withdrawn a standby, which was watching, heard only " + ear.since(place));
        Answer.Granted told = turn.get().granted();
        if (told != null) {
            Answer.Granted granted = scene.granted(
                    other.acquire(standby), "acquire of the claim that yourTurn was said of, with a grant,");
            scene.require(
                    granted.token().equals(told.token()),
                    "yourTurn told of token " + told.token() + " and acquire then of " + granted.token());
        }
    }

    /** Rule 6.4: whoever still has others ahead is not told that it is next. */
    @Test
    protected void required_rule6_4_nobodyIsToldOfATurnBeforeItIs(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        Ear ear = other.observeLive(scene.longTiming());
        Claim leader = scene.longClaim("leader");
        Claim standby = scene.longClaim("standby");
        Claim last = scene.longClaim("last");
        one.lead(leader);
        scene.standsBy(other.acquire(standby));
        scene.standsBy(other.acquire(last));
        other.withdraw(standby);
        scene.pass(scene.timing().retryPeriod());

        List<Hint> early =
                ear.all().stream().filter(hint -> hint.word() == Word.YOUR_TURN).toList();
        scene.require(
                early.isEmpty() || !(one.renew(leader) instanceof Answer.Granted),
                "while the leader held, and renewed, others heard " + early);
    }

    // -- 6.5: whoever hears nothing -----------------------------------------------------------------------------------

    /** Rule 6.5: a standby whose watch is silent, and that asks by itself, is granted what is free. */
    @Test
    protected void required_rule6_5_whoeverAsksIsAnsweredFromTheStore(Scene scene) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        other.observeLive(scene.longTiming());
        Claim leader = scene.longClaim("leader");
        Claim standby = scene.longClaim("standby");
        one.lead(leader);
        scene.standsBy(other.acquire(standby));
        scene.harness().deafen(other.backend());
        one.withdraw(leader);

        other.lead(standby);
    }
}
