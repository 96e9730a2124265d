package dev.baton.benchmarks.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.GetOption;
import java.util.concurrent.TimeUnit;

/** Who stands in line: the keys below a prefix, seen by a client of its own. */
final class Line implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final GetOption COUNT =
            GetOption.builder().isPrefix(true).withCountOnly(true).build();

    private final Client probe;
    private final String prefix;

    Line(String endpoint, String prefix) {
        this.probe = JetcdCandidate.client(endpoint);
        this.prefix = prefix;
    }

    /** Returns when {@code length} stand in line and the last of them has had the time to begin to watch. */
    void await(int length) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (length() != length) {
            if (System.nanoTime() - giveUp > 0) {
                throw new IllegalStateException("the line of " + prefix + " did not reach " + length);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        TimeUnit.MILLISECONDS.sleep(20);
    }

    private long length() {
        return probe.getKVClient()
                .get(JetcdCandidate.bytes(prefix), COUNT)
                .join()
                .getCount();
    }

    @Override
    public void close() {
        probe.close();
    }
}
