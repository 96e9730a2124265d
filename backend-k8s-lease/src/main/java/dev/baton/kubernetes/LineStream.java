package dev.baton.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A response whose lines arrive one by one, until the server or the connection ends it, or {@link #close}. */
final class LineStream {
    private final CompletableFuture<Integer> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final String subject;
    private final ConnectionPool pool;
    private final Respites respites;
    private final Consumer<byte[]> lines;
    private final Consumer<LineStream> over;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(2_048);
    private volatile @Nullable AsyncBody body;
    private volatile boolean closed;

    /**
     * A stream whose request has not been sent.
     *
     * @param subject what a Retry-After in the response is for
     * @param lines takes each line, in order, on one of the client's threads
     * @param over takes this stream once it needs no {@link #close} any more
     */
    LineStream(
            String subject, ConnectionPool pool, Respites respites, Consumer<byte[]> lines, Consumer<LineStream> over) {
        this.subject = subject;
        this.pool = pool;
        this.respites = respites;
        this.lines = lines;
        this.over = over;
    }

    /** Completes with the HTTP status once the response begins. */
    CompletionStage<Integer> begun() {
        return begun;
    }

    /** Completes when no more lines come: normally when the server ended the stream, exceptionally when it broke. */
    CompletionStage<Void> ended() {
        return ended;
    }

    /** The pool that the stream's connection belongs to. */
    ConnectionPool pool() {
        return pool;
    }

    void take(List<ByteBuffer> buffers, AsyncBody from) {
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

    /** The headers have arrived, or the request has failed. */
    void begin(@Nullable HttpResponse<AsyncBody> response, @Nullable Throwable failure) {
        if (response == null) {
            fail(failure == null ? new IOException("no answer") : failure);
            return;
        }
        pool.serve();
        respites.heed(subject, Response.retryAfter(response));
        AsyncBody from = response.body();
        body = from;
        CompletionStage<Void> done = from.done();
        done.whenComplete((nothing, broken) -> end(broken));
        if (closed || !begun.complete(response.code())) {
            from.cancel();
        } else {
            from.consume();
        }
    }

    private void end(@Nullable Throwable broken) {
        if (line.size() > 0) {
            lines.accept(line.toByteArray());
        }
        over.accept(this);
        if (broken != null) {
            ended.completeExceptionally(broken);
        } else {
            ended.complete(null);
        }
    }

    /** The stream does not begin. Whether it had neither begun nor failed before. */
    boolean fail(Throwable why) {
        boolean first = begun.completeExceptionally(why);
        if (first) {
            over.accept(this);
        }
        return first;
    }

    /** Receives no more lines. */
    void close() {
        closed = true;
        over.accept(this);
        AsyncBody from = body;
        if (from != null) {
            from.cancel();
        }
    }
}
