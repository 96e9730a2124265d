package dev.baton.zookeeper;

import static dev.baton.zookeeper.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.LeaderElection;
import dev.baton.event.ElectionEvent;
import dev.baton.testing.servers.ZooKeeperEnsemble;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.server.auth.DigestLoginModule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SASL with DIGEST-MD5 on a server that insists on it, set up through Curator's builder and JAAS. */
class SaslIT {
    private final History history = new History();

    @TempDir
    private Path folder;

    private @Nullable Configuration before;

    @BeforeEach
    void installJaas() {
        try {
            before = Configuration.getConfiguration();
        } catch (SecurityException e) {
            before = null;
        }
        Configuration.setConfiguration(new Passwords());
    }

    @AfterEach
    void restoreJaas() {
        Configuration.setConfiguration(before);
    }

    @Test
    void aCandidateWithTheRightPasswordLeads() throws Exception {
        try (ZooKeeperEnsemble server = server();
                ZooKeeperBackend backend = backend(server, "right")) {
            LeaderElection election = candidate(backend);
            await().until(election::leadership, Optional::isPresent);
        }
    }

    @Test
    void aCandidateWithAWrongPasswordIsToldSoAndDoesNotLead() throws Exception {
        try (ZooKeeperEnsemble server = server();
                ZooKeeperBackend backend = backend(server, "wrong")) {
            LeaderElection election = candidate(backend);
            await().until(() -> details().contains("rejected the credentials"));
            assertThat(details()).doesNotContain("secret").doesNotContain("guessed");
            assertThat(election.health().healthy()).isFalse();
            assertThat(election.leadership()).isEmpty();
        }
    }

    private String details() {
        return history.of(ElectionEvent.Type.UNREACHABLE).toString();
    }

    private LeaderElection candidate(ZooKeeperBackend backend) {
        return LeaderElection.on(backend, "orders/reconciler")
                .events(history)
                .onStartedLeading(term -> {})
                .start();
    }

    private static ZooKeeperBackend backend(ZooKeeperEnsemble server, String section) {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.LOGIN_CONTEXT_NAME_KEY, section);
        // ZooKeeper 3.9 takes DIGEST-MD5 only where FIPS mode, its default, is off.
        config.setProperty("zookeeper.fips-mode", "false");
        return ZooKeeperBackend.builder(server.connectString())
                .connectionTimeout(Duration.ofSeconds(1))
                .curator(builder -> builder.zkClientConfig(config))
                .build();
    }

    private ZooKeeperEnsemble server() throws Exception {
        Path jaas = folder.resolve("jaas.conf");
        Files.writeString(
                jaas, "Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_ada=\"secret\"; };");
        return ZooKeeperEnsemble.builder()
                .jvmOption("-Dzookeeper.fips-mode=false")
                .jvmOption("-Djava.security.auth.login.config=" + jaas)
                .extra("authProvider.1", "org.apache.zookeeper.server.auth.SASLAuthenticationProvider")
                .extra("enforce.auth.enabled", "true")
                .extra("enforce.auth.schemes", "sasl")
                .start();
    }

    /** The login sections {@code right} and {@code wrong}. */
    private static final class Passwords extends Configuration {
        @Override
        public AppConfigurationEntry @Nullable [] getAppConfigurationEntry(String name) {
            return switch (name) {
                case "right" -> entry("secret");
                case "wrong" -> entry("guessed");
                default -> null;
            };
        }

        private static AppConfigurationEntry[] entry(String password) {
            return new AppConfigurationEntry[] {
                new AppConfigurationEntry(
                        DigestLoginModule.class.getName(),
                        LoginModuleControlFlag.REQUIRED,
                        Map.of("username", "ada", "password", password))
            };
        }
    }
}
