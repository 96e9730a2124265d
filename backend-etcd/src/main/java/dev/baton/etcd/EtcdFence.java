package dev.baton.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.spi.FencingToken;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;

/**
 * The fence of one term, inside etcd itself: a transaction that it guards is carried out only while the key of the term
 * stands, so a leader that does not know it was deposed writes nothing. For data in the same etcd; immutable, any thread.
 *
 * @param key the term's own key, as seen with the namespace of the backend's client, which the guarded client must share
 * @param token the term's
 */
public record EtcdFence(String key, FencingToken token) {

    /** Holds for as long as the term's key stands, and never again. */
    public Cmp compare() {
        return new Cmp(ByteSequence.from(key, UTF_8), Cmp.Op.EQUAL, CmpTarget.createRevision(token.number()));
    }

    /**
     * Begins a transaction of {@code kv} that is carried out only while the term's key stands: go on with {@code Then},
     * {@code Else}, {@code commit}, and take {@code isSucceeded()} of false for "deposed, or one of {@code more} did not
     * hold".
     *
     * @param more what else has to hold
     */
    public Txn guard(KV kv, Cmp... more) {
        return kv.txn().If(compare()).If(more);
    }
}
