package dev.baton.examples.activestandby;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.testing.servers.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/** One instance of the service, in a process of its own. */
final class Instance implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Pattern PORT = Pattern.compile("serving on port (\\d+)");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final Path log;

    private Instance(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Runs {@code command} in {@code folder}, and returns before it serves. */
    static Instance start(String command, Path folder) throws IOException {
        Path log = Files.createTempFile(folder, "instance", ".log");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", "exec " + command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        return new Instance(builder.start(), log);
    }

    /** Where it serves; waits until it does. */
    int port() {
        Matcher[] found = new Matcher[1];
        until("that it serves", () -> {
            found[0] = PORT.matcher(printed());
            if (!found[0].find() && !process.isAlive()) {
                throw new IllegalStateException("it has ended before it served: " + this);
            }
            return found[0].find(0);
        });
        return Integer.parseInt(found[0].group(1));
    }

    String identity() {
        return leader().path("identity").asText();
    }

    /** What {@code /leader} answers. */
    JsonNode leader() {
        try {
            return new ObjectMapper().readTree(get("/leader").body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean leads() {
        return leader().path("leading").asBoolean();
    }

    /** Whether it names {@code identity} as the leader. */
    boolean names(String identity) {
        return leader().path("leader").asText().equals(identity);
    }

    int status(String path) {
        return get(path).statusCode();
    }

    private HttpResponse<String> get(String path) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + port() + path);
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    void awaitLeading() {
        until("that it leads", this::leads);
    }

    void awaitNaming(String identity) {
        until("that it names " + identity, () -> names(identity));
    }

    /** Waits for {@code condition}, and says all that it printed where that does not come. */
    private void until(String goal, Callable<Boolean> condition) {
        try {
            await(goal).atMost(PATIENCE).until(condition);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException(e.getMessage() + "; it is " + this, e);
        }
    }

    /** Asks it to end with SIGTERM, and returns with what it ended. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("it does not end: " + this);
        }
        return process.exitValue();
    }

    /** Kills it with SIGKILL, and returns when it is gone. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** {@code STOP} or {@code CONT}. */
    void signal(String name) {
        Signals.send(name, List.of(process.toHandle()));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitValue() {
        return process.exitValue();
    }

    private String printed() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it unless it has ended. */
    @Override
    public void close() {
        kill();
    }

    /** Its log, for a test that fails. */
    @Override
    public String toString() {
        return (process.isAlive() ? "alive" : "ended") + ", having printed:\n" + printed();
    }
}
