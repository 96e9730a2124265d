package dev.baton.conformance.proof;

import dev.baton.conformance.BackendHarness;
import dev.baton.register.InMemoryRegister;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Core's register in memory, shared by instances that each have a runtime and a link of their own. */
class MemoryHarness implements BackendHarness {
    private final int epoch;
    private final InMemoryRegister store = InMemoryRegister.on(BackendRuntime.start("memory-store", false));
    private final Map<LockBackend, Link> links = new ConcurrentHashMap<>();

    MemoryHarness() {
        this(0);
    }

    MemoryHarness(int epoch) {
        this.epoch = epoch;
    }

    @Override
    public String name() {
        return "in memory";
    }

    @Override
    public LockBackend open() throws Exception {
        Link link = new Link();
        LockBackend backend = open(store, link, BackendRuntime.start("memory", false));
        links.put(backend, link);
        return backend;
    }

    /** What the kit is to judge. */
    LockBackend open(Register shared, Link link, BackendRuntime runtime) {
        return new RegisterBackend(new FaultyRegister(shared, link, runtime, callTimeout()), epoch);
    }

    @Override
    public ElectionTiming timing() {
        return ElectionTiming.of(Duration.ofMillis(1200), Duration.ofMillis(800), Duration.ofMillis(80));
    }

    @Override
    public Duration callTimeout() {
        return Duration.ofMillis(500);
    }

    private Link link(LockBackend backend) {
        return Objects.requireNonNull(links.get(backend));
    }

    @Override
    public void kill(LockBackend backend) {
        link(backend).kill();
    }

    @Override
    public void silence(LockBackend backend) {
        link(backend).silence();
    }

    @Override
    public void loseAnswers(LockBackend backend) {
        link(backend).loseAnswers();
    }

    @Override
    public void slowDown(LockBackend backend, Duration delay) {
        link(backend).slowDown(delay);
    }

    @Override
    public void strand(LockBackend backend) {
        link(backend).strand();
    }

    @Override
    public void refuse(LockBackend backend) {
        link(backend).refuse(Link.Refused.WRITES);
    }

    @Override
    public void refuseReads(LockBackend backend) {
        link(backend).refuse(Link.Refused.READS);
        refuseWatches(backend);
    }

    @Override
    public void refuseWatches(LockBackend backend) {
        link(backend).refuseWatches();
    }

    @Override
    public void misroute(LockBackend backend) {
        link(backend).misroute();
    }

    @Override
    public void repeat(LockBackend backend) {
        link(backend).repeat();
    }

    @Override
    public void deafen(LockBackend backend) {
        link(backend).deafen();
    }

    @Override
    public void heal(LockBackend backend) {
        link(backend).heal();
    }

    @Override
    public void delete(ElectionName election) {
        store.delete(election);
    }

    @Override
    public void touch(ElectionName election) throws Exception {
        Register.Entry entry = Objects.requireNonNull(entry(election));
        write(election, entry, entry.record());
    }

    @Override
    public void rewrite(ElectionName election, String identity, Instant when) throws Exception {
        write(election, entry(election), new LeaderRecord(identity, "", timing().leaseDuration(), when, when, 7));
    }

    @Override
    public OptionalInt standing(ElectionName election) throws Exception {
        Register.Entry entry = entry(election);
        return OptionalInt.of(entry == null || entry.record().isFree() ? 0 : 1);
    }

    private Register.@Nullable Entry entry(ElectionName election) throws Exception {
        Optional<Register.Entry> entry =
                store.read(election).toCompletableFuture().get();
        return entry.orElse(null);
    }

    private void write(ElectionName election, Register.@Nullable Entry expected, LeaderRecord next)
            throws InterruptedException, ExecutionException {
        store.write(election, expected, next).toCompletableFuture().get();
    }

    @Override
    public void close() {
        store.close();
    }
}
