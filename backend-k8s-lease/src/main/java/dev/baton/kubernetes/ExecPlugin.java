package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.spi.BackendException;
import dev.baton.spi.Printable;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program that a kubeconfig's user names for its credentials. Its output never appears in messages or logs: a
 * credential is a secret, and an error message may hold one. It runs again when its token has expired or the server
 * refused the token.
 */
final class ExecPlugin implements OAuthTokenProvider {
    private static final Logger log = LoggerFactory.getLogger(ExecPlugin.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int LARGEST = 1 << 20;

    private final ExecConfig exec;
    private final Path kubeconfig;
    private @Nullable Given given;

    /**
     * The program's credentials.
     *
     * @param expires null when the program named no time
     */
    private record Given(
            @Nullable String token,
            @Nullable String certificate,
            @Nullable String key,
            @Nullable Instant expires) {}

    private ExecPlugin(ExecConfig exec, Path kubeconfig) {
        this.exec = exec;
        this.kubeconfig = kubeconfig;
    }

    /**
     * The program of the user in {@code config}; null when it names none, or {@code config} has another source of
     * tokens.
     */
    static @Nullable ExecPlugin of(Config config) {
        AuthInfo user = TokenFile.user(config);
        File kubeconfig = config.getFileWithAuthInfo();
        if (user == null || kubeconfig == null || user.getExec() == null || config.getAuthProvider() != null) {
            return null;
        }
        return new ExecPlugin(user.getExec(), kubeconfig.toPath().toAbsolutePath());
    }

    /** Puts the program's certificate into {@code config}, unless the program gives a token. */
    synchronized void certify(Config config) {
        try {
            Given now = current();
            if (now.token() == null) {
                config.setClientCertData(now.certificate());
                config.setClientKeyData(now.key());
            }
        } catch (BackendException e) {
            log.warn("{}; Baton runs it again for each request", e.getMessage());
        }
    }

    @Override
    public synchronized @Nullable String getToken() {
        return current().token();
    }

    /** The server refused the credentials: the next request runs the program again. */
    synchronized void forget() {
        given = null;
    }

    private Given current() {
        Given now = given;
        if (now == null || (now.expires() != null && !Instant.now().isBefore(now.expires()))) {
            now = ask();
            given = now;
        }
        return now;
    }

    private Given ask() {
        String program =
                "the program " + Printable.value(exec.getCommand()) + " that the kubeconfig names for credentials";
        JsonNode status;
        try {
            status = Json.parse(output(program)).path("status");
        } catch (IOException e) {
            // The cause is left out: its message may repeat the output.
            throw new BackendException(program + " printed no ExecCredential; run it by hand to see what it prints");
        }
        Given now = new Given(
                text(status, "token"),
                text(status, "clientCertificateData"),
                text(status, "clientKeyData"),
                Json.time(status.path("expirationTimestamp").asText("")));
        if (now.token() == null && (now.certificate() == null || now.key() == null)) {
            throw new BackendException(program
                    + " gave neither a token nor a certificate with its key; run it by hand to see what it prints");
        }
        return now;
    }

    private static @Nullable String text(JsonNode status, String field) {
        String text = status.path(field).asText("").strip();
        return text.isEmpty() ? null : text;
    }

    private byte[] output(String program) {
        Process process;
        try {
            process = start();
        } catch (IOException e) {
            throw new BackendException(program + " cannot be run; install it, or correct its name in the kubeconfig");
        }
        CompletableFuture<Process> unused = process.onExit()
                .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((ended, late) -> {
                    if (late != null) {
                        process.descendants().forEach(ProcessHandle::destroyForcibly);
                        process.destroyForcibly();
                    }
                });
        try (InputStream out = process.getInputStream()) {
            process.getOutputStream().close();
            byte[] printed = out.readNBytes(LARGEST);
            int code = process.waitFor();
            if (code != 0) {
                throw new BackendException(
                        program + " ended with exit code " + code + "; run it by hand to see what it prints");
            }
            return printed;
        } catch (IOException e) {
            throw new BackendException(
                    program + " wrote output that cannot be read; run it by hand to see what it prints");
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new BackendException(program + " was stopped, because this client was closed");
        }
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>();
        String name = exec.getCommand();
        boolean relative = name.contains(File.separator) && !name.startsWith(File.separator);
        command.add(relative ? kubeconfig.resolveSibling(name).normalize().toString() : name);
        if (exec.getArgs() != null) {
            command.addAll(exec.getArgs());
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        ObjectNode asked = Json.object().put("apiVersion", exec.getApiVersion()).put("kind", "ExecCredential");
        asked.putObject("spec").put("interactive", false);
        environment.put("KUBERNETES_EXEC_INFO", Json.text(asked));
        if (exec.getEnv() != null) {
            exec.getEnv().forEach(each -> environment.put(each.getName(), each.getValue()));
        }
        return builder.start();
    }
}
