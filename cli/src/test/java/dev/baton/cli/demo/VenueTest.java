package dev.baton.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.cli.store.Kind;
import dev.baton.spi.ElectionTiming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VenueTest {
    private static final ElectionTiming ODD =
            ElectionTiming.of(Duration.ofMillis(4100), Duration.ofMillis(2600), Duration.ofMillis(500));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void zooKeeperRoundsTheLeaseUpToWholeTicks() {
        Duration tick = Duration.ofMillis(500);
        assertThat(new ZooKeeperVenue("server:2181", tick).expiry(ODD)).isEqualTo(Duration.ofMillis(5500));
        assertThat(new ZooKeeperVenue(null, tick).expiry(ODD)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void kubernetesRoundsItUpToWholeSeconds() {
        assertThat(new KubernetesVenue(Kind.K8S_LEASE, folder).expiry(ODD)).isEqualTo(Duration.ofMillis(5500));
    }

    @Test
    void etcdRoundsItUpToWholeSecondsAndToTheShortestThatServersGrant() {
        Venue venue = EtcdVenue.at("server:2379", false);
        assertThat(venue.expiry(ODD)).isEqualTo(Duration.ofMillis(5500));
        assertThat(venue.expiry(
                        ElectionTiming.of(Duration.ofMillis(900), Duration.ofMillis(600), Duration.ofMillis(100))))
                .isEqualTo(Duration.ofMillis(2500));
    }

    @Test
    void etcdsAddressesMayLeaveOutTheScheme() {
        assertThat(EtcdVenue.at("one:2379, https://two:2379", false).endpoints())
                .isEqualTo("http://one:2379,https://two:2379");
    }

    @Test
    void etcdOnThePathComesBeforeTheNewestThatWasBuilt() throws IOException {
        Path home = Files.createDirectories(folder.resolve("someone"));
        Map<String, String> environment = Map.of("PATH", folder.resolve("bin") + ":" + folder.resolve("more"));
        Path ofDebian = folder.resolve("debian/etcd");
        assertThat(EtcdProgram.find(environment, home, ofDebian)).isEmpty();

        program(ofDebian);
        assertThat(EtcdProgram.find(environment, home, ofDebian)).contains(ofDebian);

        Path cache = home.resolve(".cache/baton");
        String platform = (System.getProperty("os.name") + "-" + System.getProperty("os.arch"))
                .toLowerCase(Locale.ROOT)
                .replace(' ', '_');
        Path built = program(cache.resolve("etcd-v3.10.1-" + platform));
        program(cache.resolve("etcd-v3.9.9-" + platform));
        program(cache.resolve("etcd-v4.0.0-another-machine"));
        program(cache.resolve("etcdctl-v3.10.2-" + platform));
        assertThat(EtcdProgram.find(environment, home, ofDebian)).contains(built);
        assertThat(EtcdProgram.find(Map.of("XDG_CACHE_HOME", folder.toString()), home, ofDebian))
                .contains(ofDebian);

        Files.createDirectories(folder.resolve("bin/etcd"));
        Path onPath = program(folder.resolve("more/etcd"));
        assertThat(EtcdProgram.find(environment, home, ofDebian)).contains(onPath);
    }

    private static Path program(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        assertThat(Files.createFile(file).toFile().setExecutable(true)).isTrue();
        return file;
    }

    @Test
    void candidateReadsItsPartAsItWasWritten() {
        Part part = Part.on(Kind.K8S_ENDPOINTS, "/home/k=v/config", "", "orders/demo", Duration.ZERO)
                .with(ODD, 4711)
                .named("ada");
        assertThat(Part.parse(part.toArguments().toArray(String[]::new))).isEqualTo(part);
    }
}
