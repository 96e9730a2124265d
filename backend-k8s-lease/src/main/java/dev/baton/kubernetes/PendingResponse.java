package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The response to one request, collected as its body arrives on the client's threads. */
final class PendingResponse {
    private final CompletableFuture<Response> stage = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(2_048);
    private volatile @Nullable AsyncBody body;
    private volatile boolean sent;

    /** Completes with the whole response. */
    CompletionStage<Response> stage() {
        return stage;
    }

    /** The request has left, and not only waits for a thread or for credentials. */
    void send() {
        sent = true;
    }

    boolean isSent() {
        return sent;
    }

    void take(List<ByteBuffer> buffers, AsyncBody from) {
        for (ByteBuffer buffer : buffers) {
            byte[] chunk = new byte[buffer.remaining()];
            buffer.get(chunk);
            bytes.writeBytes(chunk);
        }
        from.consume();
    }

    /** The headers have arrived, or the request has failed. */
    void begin(@Nullable HttpResponse<AsyncBody> response, @Nullable Throwable failure) {
        if (response == null) {
            fail(failure == null ? new IOException("no answer") : failure);
            return;
        }
        AsyncBody begun = response.body();
        body = begun;
        CompletionStage<Void> done = begun.done();
        done.whenComplete((nothing, broken) -> {
            if (broken != null) {
                fail(broken);
            } else {
                stage.complete(new Response(response.code(), parsed(), Response.retryAfter(response)));
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

    /** Whether the stage had not completed before. */
    boolean fail(Throwable why) {
        return stage.completeExceptionally(why);
    }

    /** Receives no more of the body. */
    void cancel() {
        AsyncBody begun = body;
        if (begun != null) {
            begun.cancel();
        }
    }
}
