package dev.baton.examples.activestandby;

import dev.baton.spi.FencingToken;
import dev.baton.spi.Printable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only instance, which works without having been elected ({@code --leader-elect=false}). It has no granted token,
 * so its lines carry the smallest one, and the ledger refuses them once an elected leader has written.
 */
final class Alone implements Standing {
    static final FencingToken TOKEN = new FencingToken(0, 0);

    private static final Logger log = LoggerFactory.getLogger(Alone.class);
    private static final long END_MILLIS = 10_000;

    private final String identity;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread worker;
    private volatile @Nullable String failure;

    /** Begins to work. */
    Alone(String identity, Work work) {
        this.identity = identity;
        this.worker = new Thread(() -> run(work), "work");
        worker.start();
    }

    private void run(Work work) {
        try {
            work.run(TOKEN, () -> over.getCount() > 0, over);
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            log.error("the work has failed", Printable.failure(e));
            failure = Printable.text("the work has failed: " + e);
        }
    }

    @Override
    public Optional<String> ill() {
        return Optional.ofNullable(failure);
    }

    @Override
    public Optional<String> unready() {
        return ill();
    }

    @Override
    public Map<String, @Nullable Object> leader() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("election", null);
        fields.put("identity", identity);
        fields.put("leading", true);
        fields.put("leader", identity);
        fields.put("token", TOKEN.toString());
        fields.put("validUntil", null);
        return fields;
    }

    @Override
    public void close() {
        over.countDown();
        try {
            worker.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean idle() {
        return !worker.isAlive();
    }
}
