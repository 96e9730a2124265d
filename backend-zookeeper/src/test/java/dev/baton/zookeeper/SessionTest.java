package dev.baton.zookeeper;

import static dev.baton.zookeeper.Stage.ELECTION;
import static dev.baton.zookeeper.Stage.PATH;
import static dev.baton.zookeeper.Stage.TIMING;
import static dev.baton.zookeeper.Stage.claim;
import static dev.baton.zookeeper.Stage.granted;
import static dev.baton.zookeeper.Stage.refused;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.spi.Answer;
import dev.baton.spi.Claim;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What the backend decides, against a server in memory and in virtual time. */
class SessionTest {
    private static final Duration SOON = Duration.ofMillis(150);
    private static final String FIRST = PATH + "/_c_aa-latch-0000000001";
    private static final String SECOND = PATH + "/_c_bb-latch-0000000002";

    private final VirtualRuntime time = new VirtualRuntime();
    private final MemoryZooKeeper zooKeeper = new MemoryZooKeeper(time);
    private final Stage.Heard heard = new Stage.Heard();
    private final Claim claim = claim("one");
    private final ZooKeeperBackend backend = ForSimulation.backend(
            ZooKeeperBackend.builder("memory:2181").tickTime(Stage.TICK).shutdownHook(false), time, zooKeeper);

    @BeforeEach
    void observe() {
        backend.observe(ELECTION, TIMING, heard);
        time.advance(SOON);
    }

    private CompletableFuture<Answer> acquire(Claim of) {
        CompletableFuture<Answer> answer =
                backend.acquire(of, time.now().plus(TIMING.renewDeadline())).toCompletableFuture();
        time.advance(SOON);
        return answer;
    }

    private CompletableFuture<Answer> renew(Claim of) {
        CompletableFuture<Answer> answer =
                backend.renew(of, time.now().plus(TIMING.renewDeadline())).toCompletableFuture();
        time.advance(TIMING.retryPeriod().plus(SOON));
        return answer;
    }

    private CompletableFuture<Void> withdraw(Claim of) {
        CompletableFuture<Void> answer =
                backend.withdraw(of, time.now().plus(TIMING.renewDeadline())).toCompletableFuture();
        time.advance(SOON);
        return answer;
    }

    private String node(Claim of) {
        return PATH + "/"
                + zooKeeper.below(PATH).stream()
                        .filter(name -> name.contains(of.nonce()))
                        .findFirst()
                        .orElseThrow();
    }

    private void standInLine() {
        zooKeeper.put(FIRST, "first");
        zooKeeper.put(SECOND, "second");
        refused(acquire(claim).join());
    }

    // -- a client that cannot be opened -------------------------------------------------------------------------------

    /** A jar that is missing is no store that is silent, and what a later try finds is used. */
    @Test
    void aClientThatLacksAClassSaysWhichAndIsOpenedAgain() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger(ZooKeeperBackend.class);
        log.addAppender(lines);
        granted(acquire(claim).join());
        zooKeeper.lacking = new NoClassDefFoundError("org/xerial/snappy/Snappy");
        long stuck = zooKeeper.newest().sessionId();
        zooKeeper.hold(request -> request.is("set") && request.session() == stuck);
        time.advance(TIMING.leaseDuration().multipliedBy(4));
        log.detachAppender(lines);

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.contains("NoClassDefFoundError: org.xerial.snappy.Snappy is missing"));
        assertThat(zooKeeper.sessions).hasSize(1);

        zooKeeper.lacking = null;
        time.advance(TIMING.leaseDuration().multipliedBy(2));
        assertThat(zooKeeper.sessions).hasSize(2);
        granted(acquire(claim("two")).join());
    }

    // -- a standby whose questions are refused ------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(names = {"NOAUTH", "THROTTLEDOP"})
    void aListingThatWasRefusedIsAskedForAgainThoughNobodyWaitsForIt(Code why) {
        standInLine();
        zooKeeper.refuse(request -> request.is("list") ? why : null);
        zooKeeper.delete(SECOND);
        time.advance(Duration.ofSeconds(3));
        assertThat(heard.all).as("nothing is told of then").endsWith("watching false");
        zooKeeper.refuse(request -> null);
        time.advance(TIMING.leaseDuration().plus(SOON));
        assertThat(heard.all).endsWith("watching true");

        zooKeeper.delete(FIRST);
        time.advance(SOON);

        assertThat(heard.heard("turn one")).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"NOAUTH", "THROTTLEDOP"})
    void aPredecessorThatCouldNotBeReadIsReadAgain(Code why) {
        zooKeeper.put(FIRST, "first");
        zooKeeper.refuse(request -> request.is("read") ? why : null);
        assertThat(acquire(claim)).isCompletedExceptionally();
        zooKeeper.refuse(request -> null);
        time.advance(TIMING.leaseDuration());

        zooKeeper.delete(FIRST);
        time.advance(SOON);

        assertThat(heard.heard("turn one")).isTrue();
    }

    @Test
    void whatIsRefusedForLongIsAskedForLessAndLessOften() {
        standInLine();
        zooKeeper.refuse(request -> request.is("list") ? Code.NOAUTH : null);
        zooKeeper.delete(SECOND);
        zooKeeper.asked.clear();

        time.advance(Duration.ofMinutes(1));

        assertThat(zooKeeper.asked.stream()
                        .filter(request -> request.is("list"))
                        .count())
                .isBetween(10L, 25L);
    }

    // -- another session's answers ------------------------------------------------------------------------------------

    @Test
    void whatALeftSessionAnswersLateIsNotHeard() {
        long left = zooKeeper.newest().sessionId();
        zooKeeper.hold(request -> request.is("list") && request.session() == left);
        assertThat(givenUpWhileAsking()).isCompletedExceptionally();
        Claim next = claim("two");
        granted(acquire(next).join());

        zooKeeper.letGo();
        time.advance(SOON);

        assertThat(heard.heard("lost two")).isFalse();
        granted(renew(next).join());
        withdraw(next).join();
        assertThat(zooKeeper.below(PATH)).isEmpty();
    }

    /** A listing of the first session is under way as the client library gives it up. */
    private CompletableFuture<Answer> givenUpWhileAsking() {
        CompletableFuture<Answer> answer = acquire(claim);
        zooKeeper.newest().giveUp();
        time.advance(Duration.ofSeconds(1));
        return answer;
    }

    // -- a claim that is said to be gone ------------------------------------------------------------------------------

    @Test
    void aClaimThatIsSaidToBeGoneIsDeletedAllTheSameWhenItIsWithdrawn() {
        granted(acquire(claim).join());
        Claim other = claim("two");
        zooKeeper.show(children -> List.of());
        refused(acquire(other).join());
        assertThat(heard.heard("lost one")).isTrue();
        zooKeeper.show(children -> children);

        withdraw(claim).join();

        assertThat(zooKeeper.below(PATH)).noneMatch(name -> name.contains(claim.nonce()));
    }

    // -- a leader's own claim -----------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(names = {"NOAUTH", "THROTTLEDOP"})
    void noTermBeginsBeforeItsClaimIsWatched(Code why) {
        zooKeeper.refuse(request -> request.is("read") ? why : null);
        assertThat(acquire(claim)).isCompletedExceptionally();

        zooKeeper.refuse(request -> null);

        granted(acquire(claim).join());
        zooKeeper.delete(node(claim));
        time.advance(SOON);
        assertThat(heard.heard("lost one")).isTrue();
    }

    @Test
    void aTurnIsNotToldOfBeforeTheClaimIsWatched() {
        zooKeeper.put(FIRST, "first");
        zooKeeper.refuse(request -> request.is("read") && !request.path().equals(FIRST) ? Code.NOAUTH : null);
        assertThat(acquire(claim)).isCompletedExceptionally();
        zooKeeper.delete(FIRST);
        time.advance(SOON);
        assertThat(heard.heard("turn one")).isFalse();

        zooKeeper.refuse(request -> null);

        granted(acquire(claim).join());
    }

    @Test
    void aRenewalReadsAClaimWhoseWatchHasSaidNothingForALeaseDuration() {
        granted(acquire(claim).join());
        granted(renew(claim).join());
        zooKeeper.silent = true;
        zooKeeper.delete(node(claim));
        granted(renew(claim).join());

        time.advance(TIMING.leaseDuration());

        refused(renew(claim).join());
        assertThat(heard.heard("lost one")).isTrue();
    }

    @Test
    void aRenewalThatCannotReadAClaimThatIsNotWatchedIsNotAnswered() {
        granted(acquire(claim).join());
        granted(renew(claim).join());
        zooKeeper.refuse(request -> request.is("read") ? Code.NOAUTH : null);
        time.advance(TIMING.leaseDuration());

        assertThat(renew(claim)).isCompletedExceptionally();

        zooKeeper.refuse(request -> null);
        granted(renew(claim).join());
    }

    @Test
    void renewalsReadAWatchedClaimNoMoreThanOnceALeaseDuration() {
        granted(acquire(claim).join());
        zooKeeper.asked.clear();
        for (int i = 0; i < 40; i++) {
            granted(renew(claim).join());
        }
        long leases = TIMING.retryPeriod().plus(SOON).multipliedBy(40).dividedBy(TIMING.leaseDuration());
        assertThat(zooKeeper.asked.stream()
                        .filter(request -> request.is("read"))
                        .count())
                .isBetween(1L, leases + 1);
    }

    // -- a session that somebody ended --------------------------------------------------------------------------------

    @Test
    void aConnectionIsUrgentForAsLongAsSomebodyLeadsOnIt() {
        standInLine();
        assertThat(zooKeeper.newest().isUrgent()).as("standing by").isFalse();
        zooKeeper.delete(SECOND);
        zooKeeper.delete(FIRST);
        time.advance(SOON);
        granted(acquire(claim).join());
        assertThat(zooKeeper.newest().isUrgent()).as("leading").isTrue();
        withdraw(claim).join();
        assertThat(zooKeeper.newest().isUrgent()).as("withdrawn").isFalse();
    }

    @Test
    void aConnectionIsNotUrgentOnceTheClaimIsLost() {
        granted(acquire(claim).join());
        zooKeeper.delete(node(claim));
        time.advance(SOON);
        assertThat(heard.heard("lost one")).isTrue();
        assertThat(zooKeeper.newest().isUrgent()).isFalse();
    }

    @Test
    void aClaimWaitsForTheSessionThatFollowsOneThatTheServersEnded() {
        granted(acquire(claim).join());
        MemoryZooKeeper.Session session = zooKeeper.newest();
        session.ended();
        time.advance(SOON);
        assertThat(heard.heard("lost one")).isTrue();
        Claim next = claim("two");

        CompletableFuture<Answer> answer = acquire(next);
        session.another();
        time.advance(SOON);

        granted(answer.join());
    }
}
