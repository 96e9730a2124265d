package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.BackendThreads;
import dev.baton.spi.Moment;
import dev.baton.spi.Secrets;
import dev.baton.spi.Timekeeper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one API server for lock traffic alone: HTTP/1.1, no retries, every request under a timeout.
 *
 * <p>A request that was not answered in time costs its connection and all others that are kept alive beside it: they may
 * lead into the same hole. The next request opens a fresh one (rule 7.2). A client that has never been answered keeps
 * none alive, so it need not be given up for that. A client is also made anew after credentials were refused or a
 * certificate was not trusted, once the files have changed that its own were read from. One that was given up ends once
 * what was asked of it has been answered, or is out of time.
 *
 * <p>Headers never reach a log, whatever its level: one of them is the credential.
 */
final class ApiServer {
    /** The client's own limit comes so much after ours, which knows what was asked for and says so. */
    private static final long BACKSTOP_MILLIS = 1_000;

    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

    /** Enough for TLS, for parsing, and for credentials that are fetched by a program. */
    private static final int THREADS = 4;

    private static final long IDLE_SECONDS = 10;

    /** How long what was cancelled may take to be cleared away: nothing of it waits for the network. */
    private static final long CLEARING_SECONDS = 1;

    private static final String JSON = "application/json";

    private final Config config;
    private final Secrets secrets;
    /** Certificates that may change on disk: a client with others has to be made anew. */
    private final CertificateFiles certificates;

    private final Timekeeper time;
    private final ExecutorService threads;
    private final JdkClients clients;
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
    private volatile Client current;
    /** The waits that the server has asked for, by what it was asked about. */
    private final Map<String, Respite> respites = new ConcurrentHashMap<>();

    ApiServer(Config config, Timekeeper time) {
        this.config = config;
        this.secrets = Credentials.secrets(config);
        this.certificates = CertificateFiles.of(config);
        this.time = time;
        this.threads = threads();
        this.clients = new JdkClients(threads);
        this.current = new Client();
    }

    /** What must not be told of this client. */
    Secrets secrets() {
        return secrets;
    }

    /** The address, as configured. */
    String url() {
        String url = config.getMasterUrl();
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /**
     * Sends one request. The stage fails with {@link LateException} when it was not answered within {@code patience}, and
     * with whatever the network says otherwise; it completes on one of the client's threads or on the loop.
     *
     * @param subject what a Retry-After in the answer is for: what the server says of one is not heeded for another
     */
    CompletionStage<Response> send(
            String subject, String method, String path, @Nullable ObjectNode body, Duration patience) {
        Client used = use();
        Answer answer = new Answer();
        Timekeeper.Timer timer = time.schedule(patience, () -> {
            if (answer.stage.completeExceptionally(new LateException(answer.asked))) {
                answer.cancel();
                suspect(used);
            }
        });
        // What an answer means for later requests is known before anybody hears of it.
        CompletionStage<Response> heeded = after(answer.stage, (response, failure) -> {
            timer.cancel();
            heed(subject, used, response, failure);
        });
        exchange(used, answer.stage, () -> {
            HttpRequest.Builder request = used.http()
                    .newHttpRequestBuilder()
                    .uri(url() + path)
                    .timeout(patience.toMillis() + BACKSTOP_MILLIS, TimeUnit.MILLISECONDS)
                    .setHeader("Accept", JSON);
            HttpRequest built = body == null
                    ? request.build()
                    : request.method(method, JSON, Json.text(body)).build();
            CompletionStage<HttpResponse<AsyncBody>> begun = used.http().consumeBytes(built, answer::take);
            answer.asked = true;
            return after(begun, answer::begin);
        });
        return heeded;
    }

    /** Opens a stream of lines about {@code subject}; {@code lines} hears each on one of the client's threads, in order. */
    Stream stream(String subject, String path, Duration patience, Consumer<byte[]> lines) {
        Client used = use();
        Stream stream = new Stream(subject, used, lines);
        streams.add(stream);
        after(stream.ended, (done, broken) -> streams.remove(stream));
        Timekeeper.Timer timer = time.schedule(patience, () -> {
            if (stream.begun.completeExceptionally(new LateException(true))) {
                stream.close();
                suspect(used);
            }
        });
        after(stream.begun, (code, failure) -> timer.cancel());
        exchange(used, stream.begun, () -> {
            HttpRequest request = used.http()
                    .newHttpRequestBuilder()
                    .uri(url() + path)
                    // Until the answer begins: one that never does would keep its connection for ever.
                    .timeout(patience.toMillis() + BACKSTOP_MILLIS, TimeUnit.MILLISECONDS)
                    .setHeader("Accept", JSON)
                    .forStreaming()
                    .build();
            return after(used.http().consumeBytes(request, stream::take), stream::begin);
        });
        return stream;
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        return Response.retryAfter(response.header("Retry-After"), response.header("Date"));
    }

    /** What an answer means for the requests that come after it. */
    private void heed(String subject, Client used, @Nullable Response response, @Nullable Throwable failure) {
        if (response == null) {
            if (CertificateFault.of(failure) != null) {
                renew(used);
            }
            return;
        }
        used.served = true;
        if (response.code() == Response.UNAUTHORIZED) {
            renew(used);
        } else {
            heed(subject, response.retryAfter());
        }
    }

    private void heed(String subject, Duration retryAfter) {
        if (retryAfter.isZero()) {
            respites.remove(subject);
        } else {
            respites.put(subject, new Respite(time.now(), retryAfter));
        }
    }

    /**
     * How much longer the server has asked not to be asked about {@code subject}, by a Retry-After; zero when it has not.
     *
     * @param most of such a wait, counted from when it was asked for, what the asker can afford
     */
    Duration respite(String subject, Duration most) {
        Respite asked = respites.get(subject);
        return asked == null ? Duration.ZERO : asked.left(time.now(), most);
    }

    /** A wait that the server asked for. */
    private record Respite(Moment since, Duration length) {
        Duration left(Moment now, Duration most) {
            Duration wait = length.compareTo(most) < 0 ? length : most;
            Duration left = wait.minusNanos(now.nanosSince(since));
            return left.isNegative() ? Duration.ZERO : left;
        }
    }

    /** Gives up the connections that {@code stream} is one of. */
    void suspect(Stream stream) {
        suspect(stream.client);
    }

    private synchronized void suspect(Client used) {
        if (current == used && used.served) {
            used.end();
            current = new Client();
        }
    }

    /** Reads the certificates again, if they have changed. */
    private synchronized void renew(Client used) {
        if (current == used && used.isOutdated()) {
            used.end();
            current = new Client();
        }
    }

    /**
     * Ends all streams: one that goes on keeps its connection, and the client's thread with it. Whoever opened them cannot,
     * once the loop has ended. To cancel takes a thread of the client's, and so does a request that a silent server leaves
     * in flight: these end last, after {@link #CLEARING_SECONDS} on their own.
     */
    void close() {
        List.copyOf(streams).forEach(Stream::close);
        CompletionStage<Void> ended = current.end();
        after(ended, (done, failure) -> threads.shutdown());
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

    private static <T> CompletionStage<T> after(
            CompletionStage<T> stage, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> next) {
        return stage.whenComplete(next);
    }

    /** The client for the next request. It lives until that has been answered, or is out of its own time. */
    private synchronized Client use() {
        Client used = current;
        used.begin();
        return used;
    }

    /** Off the sender thread: fetching credentials may take its time. */
    private void exchange(
            Client used, CompletableFuture<?> answer, Supplier<CompletionStage<HttpResponse<AsyncBody>>> request) {
        try {
            threads.execute(() -> {
                try {
                    after(request.get(), (response, failure) -> used.finishesWith(response));
                } catch (Throwable e) {
                    // A class that is missing, too: whoever waits would take it for a server that is silent.
                    used.finishesWith(null);
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            used.finishesWith(null);
            answer.completeExceptionally(e);
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

    /** The request was not answered in time, or not even made. */
    static final class LateException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Whether the server was asked. */
        final boolean asked;

        LateException(boolean asked) {
            super("no answer in time", null, false, false);
            this.asked = asked;
        }
    }

    /** A client with connections of its own, made when first used. */
    private final class Client {
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private JdkClients.@Nullable Made made;
        private String read = "";
        private int asked;
        private boolean unwanted;
        /** Whether it has been answered, so that it may keep connections for later. */
        private volatile boolean served;

        synchronized HttpClient http() {
            JdkClients.Made one = made;
            if (one == null) {
                read = certificates.state();
                one = clients.open(config, secrets);
                made = one;
            }
            return one.http();
        }

        synchronized void begin() {
            asked++;
        }

        /** One request has its answer, whose body may still come, or none. */
        void finishesWith(@Nullable HttpResponse<AsyncBody> response) {
            if (response == null) {
                finished();
            } else {
                after(response.body().done(), (done, broken) -> finished());
            }
        }

        private synchronized void finished() {
            asked--;
            endIfUnused();
        }

        /** Whether its certificates are not those in the files any more. */
        synchronized boolean isOutdated() {
            return made != null && !read.equals(certificates.state());
        }

        /** No more will be asked of it: it ends once nothing is. */
        synchronized CompletionStage<Void> end() {
            unwanted = true;
            endIfUnused();
            return ended;
        }

        private void endIfUnused() {
            if (unwanted && asked == 0 && !ended.isDone()) {
                if (made != null) {
                    clients.close(made);
                }
                ended.complete(null);
            }
        }
    }

    /** One answer, collected. */
    private static final class Answer {
        private final CompletableFuture<Response> stage = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(2_048);
        private volatile @Nullable AsyncBody body;
        private volatile boolean asked;

        void take(List<ByteBuffer> buffers, AsyncBody from) {
            for (ByteBuffer buffer : buffers) {
                byte[] chunk = new byte[buffer.remaining()];
                buffer.get(chunk);
                bytes.writeBytes(chunk);
            }
            from.consume();
        }

        void begin(@Nullable HttpResponse<AsyncBody> response, @Nullable Throwable failure) {
            if (response == null) {
                stage.completeExceptionally(failure == null ? new IOException("no answer") : failure);
                return;
            }
            AsyncBody begun = response.body();
            body = begun;
            after(begun.done(), (done, broken) -> {
                if (broken != null) {
                    stage.completeExceptionally(broken);
                } else {
                    stage.complete(new Response(response.code(), parsed(), retryAfter(response)));
                }
            });
            begun.consume();
            if (stage.isDone()) {
                begun.cancel();
            }
        }

        private ObjectNode parsed() {
            try {
                return Json.parse(bytes.toByteArray());
            } catch (IOException e) {
                return Json.object();
            }
        }

        void cancel() {
            AsyncBody begun = body;
            if (begun != null) {
                begun.cancel();
            }
        }
    }

    /** Lines that come for as long as the connection lasts. */
    final class Stream {
        private final CompletableFuture<Integer> begun = new CompletableFuture<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final String subject;
        private final Client client;
        private final Consumer<byte[]> lines;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream(2_048);
        private volatile @Nullable AsyncBody body;
        private volatile boolean closed;

        private Stream(String subject, Client client, Consumer<byte[]> lines) {
            this.subject = subject;
            this.client = client;
            this.lines = lines;
        }

        /** Completes with the HTTP status once the answer begins. */
        CompletionStage<Integer> begun() {
            return begun;
        }

        /** Completes when no more lines come, normally when the server said so. */
        CompletionStage<Void> ended() {
            return ended;
        }

        private void take(List<ByteBuffer> buffers, AsyncBody from) {
            for (ByteBuffer buffer : buffers) {
                while (buffer.hasRemaining()) {
                    byte next = buffer.get();
                    if (next == '\n') {
                        lines.accept(line.toByteArray());
                        line.reset();
                    } else {
                        line.write(next);
                    }
                }
            }
            from.consume();
        }

        private void begin(@Nullable HttpResponse<AsyncBody> response, @Nullable Throwable failure) {
            if (response == null) {
                streams.remove(this);
                begun.completeExceptionally(failure == null ? new IOException("no answer") : failure);
                return;
            }
            client.served = true;
            heed(subject, retryAfter(response));
            AsyncBody from = response.body();
            body = from;
            after(from.done(), (done, broken) -> {
                if (line.size() > 0) {
                    lines.accept(line.toByteArray());
                }
                if (broken != null) {
                    ended.completeExceptionally(broken);
                } else {
                    ended.complete(null);
                }
            });
            if (closed || !begun.complete(response.code())) {
                from.cancel();
            } else {
                from.consume();
            }
        }

        /** No more lines are heard. */
        void close() {
            closed = true;
            streams.remove(this);
            AsyncBody from = body;
            if (from != null) {
                from.cancel();
            }
        }
    }
}
