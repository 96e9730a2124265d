package dev.baton.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.spi.FencingToken;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;

/**
 * The fence of one term, inside etcd itself. etcd carries out a transaction with this guard only while the key of the term
 * exists, so a leader that does not know that it was deposed writes nothing. For data in the same etcd; immutable, for any
 * thread.
 *
 * @param key the term's own key, in the namespace of the backend's client; the guarded client must use the same namespace
 * @param token the term's fencing token
 */
public record EtcdFence(String key, FencingToken token) {

    /** Holds while the term's key exists, and never again. */
    public Cmp compare() {
        return new Cmp(ByteSequence.from(key, UTF_8), Cmp.Op.EQUAL, CmpTarget.createRevision(token.number()));
    }

    /**
     * Begins a transaction of {@code kv} that etcd carries out only while the term's key exists. Continue with {@code
     * Then}, {@code Else} and {@code commit}. If {@code isSucceeded()} is false, the leader was deposed or one of {@code
     * more} did not hold.
     *
     * @param more further conditions
     */
    public Txn guard(KV kv, Cmp... more) {
        return kv.txn().If(compare()).If(more);
    }
}
