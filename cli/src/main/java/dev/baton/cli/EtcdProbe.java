package dev.baton.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.spi.ElectionTiming;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.options.DeleteOption;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Writes to a key below the prefix of a demo, and deletes all that is there in the end. */
final class EtcdProbe implements Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

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
        // Nothing is tried again: a round trip is one.
        ClientBuilder builder = Client.builder()
                .endpoints(endpoints.split(",", -1))
                .connectTimeout(PATIENCE)
                .retryMaxAttempts(0)
                .waitForReady(false);
        if (endpoints.startsWith("https:")) {
            builder.sslContext(context -> {});
        }
        EtcdProbe probe = new EtcdProbe(builder.build(), prefix);
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
        await(client.getKVClient().put(bytes(prefix + ".round-trips"), bytes("")));
    }

    @Override
    public void cleanUp() throws IOException, InterruptedException {
        try {
            await(client.getKVClient()
                    .delete(bytes(prefix), DeleteOption.builder().isPrefix(true).build()));
        } catch (IOException e) {
            throw new IOException("could not delete " + prefix + ": " + e.getMessage(), e);
        } finally {
            client.close();
        }
    }

    private static void await(CompletableFuture<?> answer) throws IOException, InterruptedException {
        try {
            answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new IOException(String.valueOf(root.getMessage()), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + ElectionTiming.text(PATIENCE), e);
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }
}
