package dev.baton.campaign.peer;

import dev.baton.campaign.candidate.Contender;
import dev.baton.campaign.candidate.Leadership;
import dev.baton.campaign.candidate.Settings;
import dev.baton.campaign.candidate.Store;
import dev.baton.campaign.process.Elector;
import dev.baton.testing.servers.CandidateEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A contender in a process of its own, which prints {@code began}, with the token and whether it then claims to lead, and
 * {@code ended}; and leaves on SIGTERM. Arguments: elector, store, where, election, identity.
 */
final class ContenderMain {
    private ContenderMain() {}

    public static void main(String[] arguments) throws Exception {
        Settings settings = new Settings(
                Store.valueOf(arguments[1]),
                arguments[2],
                arguments[3],
                arguments[4],
                Duration.ofSeconds(4),
                Duration.ofSeconds(3),
                Duration.ofSeconds(1));
        Contender contender = Elector.named(arguments[0]).contenders().open(settings, new StringBuilder());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            contender.close();
            print(settings, "closed", "");
        }));
        contender.contend(new Leadership() {
            @Override
            public void began(@Nullable Long token) {
                print(settings, "began", String.valueOf(token));
                // Elsewhere, since what claims to lead may answer through the thread that calls this.
                new Thread(() -> print(settings, contender.claimsToLead() ? "claims" : "disclaims", "")).start();
            }

            @Override
            public void ended() {
                print(settings, "ended", "");
            }
        });
        new CountDownLatch(1).await();
    }

    private static void print(Settings settings, String event, String detail) {
        long now = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
        System.out.println(new CandidateEvent(now, event, settings.name(), settings.identity(), detail).toLine());
    }
}
