package dev.baton.simulation.exhaustive;

import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.simulation.Mutants;

/** A mistake: of others' records it shows that they hold for renewDeadline only. */
final class TakeoverTooSoon extends Mutants.Squinting {
    private final Contender contender;

    TakeoverTooSoon(Register right, Contender contender) {
        super(right);
        this.contender = contender;
    }

    @Override
    protected LeaderRecord seen(LeaderRecord record) {
        return contender.wrote(record.nonce())
                ? record
                : new LeaderRecord(
                        record.holderIdentity(),
                        record.nonce(),
                        SmallWorld.TIMING.renewDeadline(),
                        record.acquireTime(),
                        record.renewTime(),
                        record.transitions());
    }
}
