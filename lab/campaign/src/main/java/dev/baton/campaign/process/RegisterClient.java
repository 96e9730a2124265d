package dev.baton.campaign.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and writes the campaign's registers, and keeps a diary of it. */
final class RegisterClient {
    private static final Logger log = LoggerFactory.getLogger(RegisterClient.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int REFUSED = 409;

    private final String base;
    private final Diary diary;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong values;

    /** @param firstValue that it may write, and a billion after it, which nobody else writes */
    RegisterClient(String base, Diary diary, long firstValue) {
        this.base = base;
        this.diary = diary;
        this.values = new AtomicLong(firstValue);
    }

    /** What {@code register} holds; null when the answer is no, or none. */
    @Nullable Long read(String register, @Nullable Long token) throws InterruptedException {
        return call(register, token, null, null);
    }

    /** Writes a value that was never written before. */
    void write(String register, @Nullable Long token, long basedOn) throws InterruptedException {
        call(register, token, values.getAndIncrement(), basedOn);
    }

    private @Nullable Long call(String register, @Nullable Long token, @Nullable Long value, @Nullable Long basedOn)
            throws InterruptedException {
        long call = calls.incrementAndGet();
        URI uri = URI.create(base + "/" + register + "?" + (token == null ? "" : "token=" + token)
                + (value == null ? "" : "&value=" + value));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
        diary.asked(call, register, token, value, basedOn);
        try {
            HttpResponse<String> answer = http.send(
                    (value == null ? request.GET() : request.POST(HttpRequest.BodyPublishers.noBody())).build(),
                    HttpResponse.BodyHandlers.ofString());
            Long held = answer.statusCode() == REFUSED ? null : Long.valueOf(answer.body());
            diary.answered(call, held);
            return held;
        } catch (IOException e) {
            // Without an answer it may have been done, and the diary leaves that open.
            log.info("call {} was not answered: {}", call, e.toString());
            return null;
        }
    }
}
