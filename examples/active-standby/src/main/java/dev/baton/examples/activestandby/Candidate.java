package dev.baton.examples.activestandby;

import dev.baton.Health;
import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Timekeeper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** An instance that works while it leads, and otherwise stands by. */
final class Candidate implements Standing {
    private final LockBackend backend;
    private final Work work;
    private final LeaderHealth health;
    private final Timekeeper time;
    private final LeaderElection election;

    /**
     * Begins to contend.
     *
     * @param backend closed with the candidate
     * @throws IllegalArgumentException when the name or the timing breaks a rule, the backend's or a general one
     */
    Candidate(LockBackend backend, ElectionName name, ElectionTiming timing, String identity, Work work) {
        this.backend = backend;
        this.work = work;
        this.time = backend.runtime().timekeeper();
        this.health = new LeaderHealth(time, timing);
        this.election = LeaderElection.on(backend, name.toString())
                .timing(timing)
                .identity(identity)
                .events(health)
                .onStartedLeading(this::lead)
                .onStoppedLeading((term, why) -> health.stopped())
                .start();
    }

    private void lead(Leadership term) throws IOException, InterruptedException {
        health.started();
        CountDownLatch over = new CountDownLatch(1);
        term.draining().thenRun(over::countDown);
        work.run(term.fencingToken(), term::acceptsWork, over);
    }

    @Override
    public Optional<String> ill() {
        return health.trouble();
    }

    /** A standby is as ready as a leader, or no rolling update would ever end. */
    @Override
    public Optional<String> unready() {
        Health now = election.health();
        return now.healthy() ? Optional.empty() : Optional.of(now.detail());
    }

    @Override
    public Map<String, @Nullable Object> leader() {
        Optional<Leadership> term = election.leadership();
        Optional<Holder> seen = election.currentLeader();
        Optional<FencingToken> token = term.map(Leadership::fencingToken).or(() -> seen.map(Holder::token));
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("election", election.name().toString());
        fields.put("identity", election.identity());
        fields.put("leading", term.isPresent());
        fields.put(
                "leader",
                term.isPresent()
                        ? election.identity()
                        : seen.map(Holder::identity).orElse(null));
        fields.put("token", token.map(FencingToken::toString).orElse(null));
        fields.put("validUntil", term.map(this::validUntil).orElse(null));
        return fields;
    }

    private String validUntil(Leadership term) {
        return time.now().plus(term.remaining()).wall().toString();
    }

    @Override
    public void close() {
        election.close();
        backend.close();
    }

    @Override
    public boolean idle() {
        return !health.working();
    }
}
