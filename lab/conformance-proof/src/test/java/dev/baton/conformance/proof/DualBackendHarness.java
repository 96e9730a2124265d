package dev.baton.conformance.proof;

import dev.baton.conformance.BackendHarness;
import dev.baton.migration.DualBackend;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/** Two stores in memory, held together; what befalls one befalls the other. */
final class DualBackendHarness implements BackendHarness {
    private final MemoryHarness old = new MemoryHarness(0);
    private final MemoryHarness next = new MemoryHarness(1);
    private final Map<LockBackend, List<LockBackend>> parts = new ConcurrentHashMap<>();

    private interface Fault {
        void strike(MemoryHarness store, LockBackend part);
    }

    private void both(LockBackend backend, Fault fault) {
        List<LockBackend> both = Objects.requireNonNull(parts.get(backend));
        fault.strike(old, both.get(0));
        fault.strike(next, both.get(1));
    }

    @Override
    public String name() {
        return "hold-two in memory";
    }

    @Override
    public LockBackend open() throws Exception {
        List<LockBackend> both = List.of(old.open(), next.open());
        LockBackend backend = DualBackend.of(both.get(0), both.get(1), 0);
        parts.put(backend, both);
        return backend;
    }

    @Override
    public ElectionTiming timing() {
        return old.timing();
    }

    @Override
    public Duration callTimeout() {
        return old.callTimeout();
    }

    @Override
    public void kill(LockBackend backend) {
        both(backend, MemoryHarness::kill);
    }

    @Override
    public void silence(LockBackend backend) {
        both(backend, MemoryHarness::silence);
    }

    @Override
    public void loseAnswers(LockBackend backend) {
        both(backend, MemoryHarness::loseAnswers);
    }

    @Override
    public void slowDown(LockBackend backend, Duration delay) {
        both(backend, (store, part) -> store.slowDown(part, delay));
    }

    @Override
    public void strand(LockBackend backend) {
        both(backend, MemoryHarness::strand);
    }

    @Override
    public void refuse(LockBackend backend) {
        both(backend, MemoryHarness::refuse);
    }

    @Override
    public void refuseReads(LockBackend backend) {
        both(backend, MemoryHarness::refuseReads);
    }

    @Override
    public void refuseWatches(LockBackend backend) {
        both(backend, MemoryHarness::refuseWatches);
    }

    @Override
    public void misroute(LockBackend backend) {
        both(backend, MemoryHarness::misroute);
    }

    @Override
    public void repeat(LockBackend backend) {
        both(backend, MemoryHarness::repeat);
    }

    @Override
    public void deafen(LockBackend backend) {
        both(backend, MemoryHarness::deafen);
    }

    @Override
    public void heal(LockBackend backend) {
        both(backend, MemoryHarness::heal);
    }

    @Override
    public void delete(ElectionName election) {
        old.delete(election);
        next.delete(election);
    }

    @Override
    public void touch(ElectionName election) throws Exception {
        old.touch(election);
        next.touch(election);
    }

    @Override
    public void rewrite(ElectionName election, String identity, Instant when) throws Exception {
        old.rewrite(election, identity, when);
        next.rewrite(election, identity, when);
    }

    @Override
    public OptionalInt standing(ElectionName election) throws Exception {
        return OptionalInt.of(Math.max(
                old.standing(election).orElseThrow(), next.standing(election).orElseThrow()));
    }

    @Override
    public void close() {
        old.close();
        next.close();
    }
}
