package dev.baton.cli.demo;

import static dev.baton.cli.store.EtcdAccess.bytes;

import dev.baton.cli.store.EtcdAccess;
import dev.baton.etcd.EtcdEndpoints;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.DeleteOption;
import java.io.IOException;
import java.time.Duration;

/** Writes to a key below the prefix of a demo, and deletes all keys below it at the end. */
final class EtcdProbe implements Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Client client;
    private final String prefix;

    private EtcdProbe(Client client, String prefix) {
        this.client = client;
        this.prefix = prefix;
    }

    /**
     * Connects, and writes once.
     *
     * @param endpoints separated by commas
     * @throws IOException when etcd does not answer, or does not let the demo write
     */
    static EtcdProbe connect(String endpoints, String prefix) throws IOException, InterruptedException {
        EtcdProbe probe = new EtcdProbe(EtcdAccess.OPEN.client(EtcdEndpoints.parse(endpoints), PATIENCE), prefix);
        try {
            probe.write();
            return probe;
        } catch (IOException e) {
            probe.client.close();
            throw new IOException(
                    "etcd at " + endpoints + " does not let the demo write (" + e.getMessage()
                            + "); check the address with \"etcdctl endpoint health\", or leave --endpoints out to start"
                            + " an etcd on this machine",
                    e);
        }
    }

    @Override
    public void write() throws IOException, InterruptedException {
        EtcdAccess.await(client.getKVClient().put(bytes(prefix + ".round-trips"), bytes("")), PATIENCE);
    }

    @Override
    public void cleanUp() throws IOException, InterruptedException {
        try {
            EtcdAccess.await(
                    client.getKVClient()
                            .delete(
                                    bytes(prefix),
                                    DeleteOption.builder().isPrefix(true).build()),
                    PATIENCE);
        } catch (IOException e) {
            throw new IOException("could not delete " + prefix + ": " + e.getMessage(), e);
        } finally {
            client.close();
        }
    }
}
