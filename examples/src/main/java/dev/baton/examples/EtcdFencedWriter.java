package dev.baton.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.LeaderElection;
import dev.baton.Leadership;
import dev.baton.etcd.EtcdBackend;
import dev.baton.etcd.EtcdFence;
import dev.baton.spi.ElectionName;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import java.util.concurrent.ExecutionException;

/**
 * A leader that keeps its data in the etcd that elected it: etcd itself refuses the writes of a deposed leader that
 * does not know it yet.
 */
public final class EtcdFencedWriter {
    private static final ElectionName ELECTION = ElectionName.parse("orders/ledger");

    private final EtcdBackend backend;
    private final Client client;

    EtcdFencedWriter(EtcdBackend backend, Client client) {
        this.backend = backend;
        this.client = client;
    }

    /** Writes an entry a second while this process leads, until the process ends. */
    public static void main(String[] args) throws InterruptedException {
        var client = Client.builder().endpoints(args[0].split(",", -1)).build();
        new EtcdFencedWriter(EtcdBackend.connect(args[0]), client).contend();
        Thread.currentThread().join();
    }

    LeaderElection contend() {
        return LeaderElection.on(backend, ELECTION.toString())
                .onStartedLeading(this::work)
                .onStoppedLeading((term, why) -> System.out.println(term + " is over: " + why.text()))
                .start();
    }

    private void work(Leadership term) throws InterruptedException, ExecutionException {
        EtcdFence fence = backend.fence(ELECTION, term.fencingToken());
        for (int number = 1; term.acceptsWork(); number++) {
            term.requireValid();
            append(fence, "entry " + number);
            Thread.sleep(1_000);
        }
    }

    /** @throws IllegalStateException when the term is over, even if this process does not know it yet */
    void append(EtcdFence fence, String entry) throws InterruptedException, ExecutionException {
        ByteSequence key = ByteSequence.from("/ledger/" + fence.token() + "/" + entry, UTF_8);
        boolean written = fence.guard(client.getKVClient())
                .Then(Op.put(key, ByteSequence.from(entry, UTF_8), PutOption.DEFAULT))
                .commit()
                .get()
                .isSucceeded();
        if (!written) {
            throw new IllegalStateException("etcd refused \"" + entry + "\": term " + fence.token() + " is over");
        }
    }
}
