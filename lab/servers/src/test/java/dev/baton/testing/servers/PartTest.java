package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartTest {
    static Stream<Part> parts() {
        return Stream.of(
                Part.etcd(2), Part.apiServer(1), Part.LOAD_BALANCER, Part.scheduler(0), Part.controllerManager(1));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void aPartIsFoundByItsName(Part part) {
        assertThat(Part.named(part.toString())).isEqualTo(part);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "etcd", "etcd-", "etcd-10", "load-balancer-0", "kubelet-0"})
    void aNameThatIsNoPartsIsRefusedWithThoseThatAre(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Part.named(name))
                .withMessageContaining("\"" + name + "\"")
                .withMessageContaining("apiserver-0")
                .withMessageContaining("load-balancer");
    }

    @Test
    void theElectionOfAComponentIsTheLastThatItTells() {
        assertThat(KubeComponent.electedAt("")).isEmpty();
        assertThat(
                        KubeComponent.electedAt(
                                "I1121 15:19:49.723976   13170 leaderelection.go:258] \"Attempting to acquire leader lease...\"\n"
                                        + "I1121 15:19:49.744387   13170 leaderelection.go:272] \"Successfully acquired lease\"\n"
                                        + "I1121 15:20:49.744387 1 leaderelection.go:260] successfully acquired lease kube-system/x\n"))
                .contains("1121 15:20:49.744387");
    }
}
