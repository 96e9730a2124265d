package dev.baton.campaign.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import dev.baton.campaign.candidate.Settings;
import dev.baton.testing.servers.CandidateEvent;
import dev.baton.testing.servers.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A candidate of client-go, in a process of its own that ends with this one: whoever stops and continues this one must do the
 * same to that. It contends again after each loss, with another elector. It leads between OnStartedLeading and
 * OnStoppedLeading; asked, it claims to only while its context is not done and {@code IsLeader()} agrees. There is no token
 * in its API.
 */
public final class ClientGoContender implements Contender {
    private static final Logger log = LoggerFactory.getLogger(ClientGoContender.class);
    private static final byte[] QUESTION = "?\n".getBytes(US_ASCII);
    private static final long PATIENCE_SECONDS = 30;
    private static final long LIVENESS_MILLIS = 100;

    private final List<String> command;
    /** The answers to questions, of which there is one at a time. */
    private final BlockingQueue<Boolean> answers = new LinkedBlockingQueue<>();

    private final Object asking = new Object();
    private volatile @Nullable Process process;

    private ClientGoContender(List<String> command) {
        this.command = command;
    }

    /**
     * One that does not contend yet.
     *
     * @throws org.opentest4j.TestAbortedException if the program cannot be compiled here
     */
    public static Contender open(Settings settings, Appendable events) {
        LeaseName name = LeaseName.of(settings.name());
        return new ClientGoContender(List.of(
                Program.CLIENT_GO_PEER.path().toString(),
                "-again",
                "-leashed",
                "-kubeconfig=" + settings.where(),
                "-namespace=" + name.namespace(),
                "-name=" + name.name(),
                "-identity=" + settings.identity(),
                "-lease-duration=" + settings.leaseDuration().toMillis() + "ms",
                "-renew-deadline=" + settings.renewDeadline().toMillis() + "ms",
                "-retry-period=" + settings.retryPeriod().toMillis() + "ms"));
    }

    @Override
    public void contend(Leadership leadership) {
        try {
            Process started = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process = started;
            Thread listener = new Thread(() -> listen(started, leadership), "client-go");
            listener.setDaemon(true);
            listener.start();
        } catch (IOException e) {
            throw new IllegalStateException("the program did not start", e);
        }
    }

    private void listen(Process started, Leadership leadership) {
        try (BufferedReader lines = started.inputReader(UTF_8);
                Claim claim = new Claim(leadership)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                CandidateEvent.parse(line).ifPresent(event -> heard(event, claim));
            }
        } catch (IOException e) {
            log.info("heard no more", e);
        }
    }

    private void heard(CandidateEvent event, Claim claim) {
        switch (event.event()) {
            case "started" -> claim.begin(null);
            case "stopping", "stopped" -> claim.end();
            case "claims" -> answers.add(Boolean.parseBoolean(event.detail()));
            default -> log.trace("{}", event);
        }
    }

    /** Asks the process, and waits for its answer: it takes a fraction of a millisecond, or as long as that is stopped. */
    @Override
    public boolean claimsToLead() {
        Process asked = process;
        if (asked == null) {
            return false;
        }
        synchronized (asking) {
            try {
                OutputStream questions = asked.getOutputStream();
                questions.write(QUESTION);
                questions.flush();
                Boolean answer = null;
                while (answer == null && asked.isAlive()) {
                    answer = answers.poll(LIVENESS_MILLIS, TimeUnit.MILLISECONDS);
                }
                return answer != null && answer;
            } catch (IOException e) {
                log.debug("it has ended", e);
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /** Sends SIGTERM: the program stops its work, releases the Lease, and ends. */
    @Override
    public void close() {
        Process running = process;
        if (running != null) {
            // Not by the process itself, which would close the streams with it: to the program, the same as a kill.
            running.toHandle().destroy();
            try {
                if (!running.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    log.warn("the program did not end within {} s of SIGTERM", PATIENCE_SECONDS);
                    running.destroyForcibly();
                }
            } catch (InterruptedException e) {
                running.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
