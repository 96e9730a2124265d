package dev.baton.conformance;

import dev.baton.LeaderElection;
import dev.baton.conformance.Ear.Hint;
import dev.baton.conformance.Ear.Word;
import dev.baton.event.ElectionEvent;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import dev.baton.spi.Holder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rules 6.3 to 6.5: what the watch of a standby reports, and what holds without it. */
abstract class StandbyWatchRules extends LeaderWatchRules {

    // -- 6.3: watching ------------------------------------------------------------------------------------------------

    /** Rule 6.3: a live watch reports the leader, without an acquire. */
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

    /** Rule 6.3: after a gap the backend reads the store itself: the store does not repeat missed events. */
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
                "after " + after + " a watcher with watching(true) got only the hints " + ear.since(place)
                        + ", and not that " + identity + " leads");
    }

    private static boolean isHeldBy(Hint hint, String identity) {
        Holder holder = hint.holder();
        return holder != null && holder.identity().equals(identity);
    }

    /** Rule 6.3: a backend whose watch is refused reports watching(false). */
    @Test
    protected void required_rule6_3_whoeverIsRefusedAWatchSaysSo(Scene scene) throws Exception {
        Party party = scene.party();
        Ear ear = party.observeLive(scene.timing());
        scene.harness().refuseWatches(party.backend());
        scene.require(
                scene.comes(() -> !ear.isWatching(), scene.patience()),
                "the watches of an instance were ended and refused, and of the hints " + ear.all() + " that its watcher"
                        + " got the last about watching is watching(true)");
    }

    /** Rule 6.3: most backends notice in time that a silent store delivers no changes. */
    @Test
    protected void optional_rule6_3_aSilentStoreIsNoticed(Scene scene) throws Exception {
        Party party = scene.party();
        Ear ear = party.observeLive(scene.timing());
        scene.harness().silence(party.backend());
        var unused = party.acquiring(scene.claim("asking"), scene.callTimeout());
        if (!scene.comes(() -> !ear.isWatching(), scene.timing().leaseDuration().multipliedBy(2))) {
            throw Cannot.because("it had not reported watching(false) two leaseDurations after the store had fallen"
                    + " silent: standbys take over later than they could");
        }
    }

    // -- 6.4: the next candidate --------------------------------------------------------------------------------------

    /** Rule 6.4: a standby that watches gets vacant, or yourTurn, without an acquire. */
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
                "after the leader was withdrawn a standby, which was watching, got only the hints " + ear.since(place));
        Answer.Granted told = turn.get().granted();
        if (told != null) {
            Answer.Granted granted =
                    scene.granted(other.acquire(standby), "acquire of the claim that yourTurn named, with a grant,");
            scene.require(
                    granted.token().equals(told.token()),
                    "yourTurn had token " + told.token() + " and acquire then token " + granted.token());
        }
    }

    /** Rule 6.4: a standby behind other candidates gets no yourTurn. */
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
                "while the leader held, and renewed, standbys got " + early);
    }

    // -- 6.5: without a watch -----------------------------------------------------------------------------------

    /** Rule 6.5: a standby whose watch is silent acquires a free election by itself. */
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

    /** Rule 6.5: a standby without a hint of the vacancy comes to lead by itself. */
    @Test
    protected void required_rule6_5_aStandbyThatHearsNothingComesToLead(Scene scene) throws Exception {
        leadsInTheEnd(scene, scene.harness()::deafen, deaf -> {}, "got no more hints");
    }

    /** Rule 6.5: a standby whose reads were refused for a while comes to lead. */
    @Test
    protected void required_rule6_5_aStandbyThatMightNotLookComesToLead(Scene scene) throws Exception {
        leadsInTheEnd(scene, scene.harness()::refuseReads, scene.harness()::heal, "might not read for a while");
    }

    /** Of two real candidates one closes during a fault of the other, which ends a leaseDuration later, or never. */
    private static void leadsInTheEnd(Scene scene, Act trouble, Act end, String what) throws Exception {
        Party one = scene.party();
        Party other = scene.party();
        try (Fleet fleet = new Fleet(scene)) {
            LeaderElection leader = fleet.enter(one, "leader");
            if (!fleet.comesToTerms(1, scene.patience())) {
                throw Cannot.because("the only candidate did not come to lead");
            }
            LeaderElection standby = fleet.enter(other, "standby");
            scene.pass(scene.timing().retryPeriod().multipliedBy(3));
            trouble.on(other.backend());
            leader.close();
            scene.pass(scene.timing().leaseDuration());
            end.on(other.backend());
            boolean leads = scene.comes(() -> standby.leadership().isPresent(), scene.patience());
            if (fleet.count(ElectionEvent.Type.TOKEN_REFUSED) > 0) {
                throw Cannot.because(
                        "the token that it was granted was not greater than its predecessor's, which rule 2.2"
                                + " is about");
            }
            scene.require(
                    leads,
                    "the leader released its claim, and the only other candidate, which " + what
                            + ", did not come to lead");
        }
    }

    /** Rule 6.5: the backend tries again after a refused watch. */
    @Test
    protected void required_rule6_5_aWatchThatWasRefusedIsAskedForAgain(Scene scene) throws Exception {
        Party party = scene.party();
        Ear ear = party.observeLive(scene.timing());
        scene.harness().refuseWatches(party.backend());
        scene.comes(() -> !ear.isWatching(), scene.timing().leaseDuration());
        int place = ear.place();
        scene.pass(scene.timing().leaseDuration());
        scene.harness().heal(party.backend());
        scene.require(
                scene.comes(ear::isWatching, scene.patience()),
                "the watches of an instance were refused for a while, and afterwards its watcher got only the hints "
                        + ear.since(place));
    }
}
