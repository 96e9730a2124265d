package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.BackendThreads;
import dev.baton.spi.Secrets;
import dev.baton.spi.Timekeeper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one API server for lock traffic alone: HTTP/1.1, no retries, every request under a timeout.
 *
 * <p>A request that times out costs its whole {@link ConnectionPool}: the kept-alive connections beside its own may lead into
 * the same hole. The next request opens a fresh pool (rule 7.2). A pool without any answer yet keeps no connection alive, so
 * it stays. A pool is also replaced after the server refused its credentials or it did not trust the server's certificate,
 * once the certificate files have changed. A retired pool closes when its last request has been answered or has timed out.
 *
 * <p>Headers never reach a log, at any level: one of them is the credential.
 */
final class ApiServer {
    /** The client's own limit comes this much after Baton's, whose message names the request. */
    private static final long BACKSTOP_MILLIS = 1_000;

    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

    /** Enough for TLS, for parsing, and for credentials that a program fetches. */
    private static final int THREADS = 4;

    private static final long IDLE_SECONDS = 10;

    /** How long the clean-up of cancelled requests may take: it does not wait for the network. */
    private static final long CLEARING_SECONDS = 1;

    private static final String JSON = "application/json";

    private final Config config;
    private final Secrets secrets;
    private final CertificateFiles certificates;
    private final Timekeeper time;
    private final ExecutorService threads;
    private final JdkClients clients;
    private final Respites respites;
    private final Set<LineStream> streams = ConcurrentHashMap.newKeySet();
    private volatile ConnectionPool current;

    ApiServer(Config config, Timekeeper time) {
        this.config = config;
        this.secrets = Credentials.secrets(config);
        this.certificates = CertificateFiles.of(config);
        this.time = time;
        this.threads = threads();
        this.clients = new JdkClients(threads);
        this.respites = new Respites(time);
        this.current = new ConnectionPool(config, secrets, certificates, clients);
    }

    /** What must not appear in messages about this client. */
    Secrets secrets() {
        return secrets;
    }

    /** The address, as configured. */
    String url() {
        String url = config.getMasterUrl();
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /**
     * Sends one request. The stage fails with {@link LateException} after {@code patience} without a response, and with the
     * network's error otherwise; it completes on one of the client's threads or on the loop.
     *
     * @param subject what a Retry-After in the response is for: requests for other subjects do not heed it
     */
    CompletionStage<Response> send(
            String subject, String method, String path, @Nullable ObjectNode body, Duration patience) {
        ConnectionPool pool = use();
        PendingResponse pending = new PendingResponse();
        Timekeeper.Timer timer = time.schedule(patience, () -> {
            if (pending.fail(new LateException(pending.isSent()))) {
                pending.cancel();
                suspect(pool);
            }
        });
        // Later requests depend on what the response says, so it is heeded before the caller's stage completes.
        CompletionStage<Response> heeded = pending.stage().whenComplete((response, failure) -> {
            timer.cancel();
            heed(subject, pool, response, failure);
        });
        exchange(pool, pending::fail, () -> {
            HttpRequest.Builder request = pool.http()
                    .newHttpRequestBuilder()
                    .uri(url() + path)
                    .timeout(patience.toMillis() + BACKSTOP_MILLIS, TimeUnit.MILLISECONDS)
                    .setHeader("Accept", JSON);
            HttpRequest built = body == null
                    ? request.build()
                    : request.method(method, JSON, Json.text(body)).build();
            CompletionStage<HttpResponse<AsyncBody>> begun = pool.http().consumeBytes(built, pending::take);
            pending.send();
            return begun.whenComplete(pending::begin);
        });
        return heeded;
    }

    /**
     * Opens a stream of lines.
     *
     * @param subject as in {@link #send}
     * @param patience how long the response may take to begin
     * @param lines takes each line, in order, on one of the client's threads
     */
    LineStream stream(String subject, String path, Duration patience, Consumer<byte[]> lines) {
        ConnectionPool pool = use();
        LineStream stream = new LineStream(subject, pool, respites, lines, streams::remove);
        streams.add(stream);
        Timekeeper.Timer timer = time.schedule(patience, () -> {
            if (stream.fail(new LateException(true))) {
                stream.close();
                suspect(pool);
            }
        });
        stream.begun().whenComplete((code, failure) -> timer.cancel());
        exchange(pool, stream::fail, () -> {
            HttpRequest request = pool.http()
                    .newHttpRequestBuilder()
                    .uri(url() + path)
                    // Until the response begins: without it, one that never does would keep its connection for ever.
                    .timeout(patience.toMillis() + BACKSTOP_MILLIS, TimeUnit.MILLISECONDS)
                    .setHeader("Accept", JSON)
                    .forStreaming()
                    .build();
            CompletionStage<HttpResponse<AsyncBody>> begun = pool.http().consumeBytes(request, stream::take);
            return begun.whenComplete(stream::begin);
        });
        return stream;
    }

    /** Applies what a response means for the requests after it. */
    private void heed(String subject, ConnectionPool pool, @Nullable Response response, @Nullable Throwable failure) {
        if (response == null) {
            if (CertificateFault.of(failure) != null) {
                renew(pool);
            }
            return;
        }
        pool.serve();
        if (response.code() == Response.UNAUTHORIZED) {
            renew(pool);
        } else {
            respites.heed(subject, response.retryAfter());
        }
    }

    /**
     * How long the server's Retry-After still asks requests about {@code subject} to wait; zero without one.
     *
     * @param most the longest wait that the caller can afford, counted from the server's answer
     */
    Duration respite(String subject, Duration most) {
        return respites.left(subject, most);
    }

    /** Retires the connections that {@code stream} is one of. */
    void suspect(LineStream stream) {
        suspect(stream.pool());
    }

    private synchronized void suspect(ConnectionPool pool) {
        if (current == pool && pool.hasServed()) {
            replace(pool);
        }
    }

    /** Reads the certificates again, if they have changed. */
    private synchronized void renew(ConnectionPool pool) {
        if (current == pool && pool.isOutdated()) {
            replace(pool);
        }
    }

    private void replace(ConnectionPool pool) {
        pool.retire();
        current = new ConnectionPool(config, secrets, certificates, clients);
    }

    /** The pool for the next request, which keeps it alive until the request has been answered or has timed out. */
    private synchronized ConnectionPool use() {
        ConnectionPool pool = current;
        pool.begin();
        return pool;
    }

    /** Makes a request off the sender thread: fetching credentials may take its time. */
    private void exchange(
            ConnectionPool pool, Consumer<Throwable> fail, Supplier<CompletionStage<HttpResponse<AsyncBody>>> request) {
        try {
            threads.execute(() -> {
                try {
                    request.get().whenComplete((response, failure) -> pool.finish(response));
                } catch (Throwable e) {
                    // A missing class, too: without this the request would look like one to a silent server.
                    pool.finish(null);
                    fail.accept(e);
                }
            });
        } catch (RejectedExecutionException e) {
            pool.finish(null);
            fail.accept(e);
        }
    }

    private static ExecutorService threads() {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> BackendThreads.daemon("baton-k8s-http-" + count.incrementAndGet(), task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Ends all streams: a stream that goes on keeps its connection, and with it the client's thread. Their owners run on the
     * loop, which has ended. A cancellation takes one of the client's threads, and so does a request to a silent server:
     * the threads end last, after {@link #CLEARING_SECONDS} on their own.
     */
    void close() {
        List.copyOf(streams).forEach(LineStream::close);
        current.retire().whenComplete((done, failure) -> threads.shutdown());
        boolean interrupted = Thread.interrupted();
        try {
            if (!threads.awaitTermination(CLEARING_SECONDS, TimeUnit.SECONDS)) {
                log.debug("a request to {} was still in flight when its client was closed", url());
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The request was not answered in time, or not even sent. */
    static final class LateException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Whether the request had been sent. */
        final boolean sent;

        LateException(boolean sent) {
            super("no answer in time", null, false, false);
            this.sent = sent;
        }
    }
}
