package dev.baton.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionsTest {
    @ParameterizedTest
    @ValueSource(strings = {"3.5.23", "3.5.30", "3.6.5", "3.6.12", "3.7.0", "3.7.3", "4.0.0", "3.8.0-alpha.1"})
    void areGood(String version) {
        assertThat(Versions.of(version).unsafe()).isNull();
        assertThat(Versions.of(version).faults()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4.23", "3.5.0", "3.5.22", "3.6.0", "3.6.4", "3.6.0-rc.1"})
    void canRenewARevokedLease(String version) {
        assertThat(Versions.of(version).unsafe()).contains("can renew a lease that it has already revoked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4.23", "3.5.12"})
    void mayRevokeLivingLeasesAsAFormerLeader(String version) {
        assertThat(Versions.of(version).faults()).anyMatch(fault -> fault.contains("etcd#15247"));
    }

    @Test
    void whatCannotBeReadIsTakenForGood() {
        assertThat(Versions.of("mine").unsafe()).isNull();
    }
}
