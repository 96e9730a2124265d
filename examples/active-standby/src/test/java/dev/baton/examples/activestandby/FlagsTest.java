package dev.baton.examples.activestandby;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class FlagsTest {
    private final StringWriter err = new StringWriter();
    private final CommandLine command = ActiveStandby.commandLine().setErr(new PrintWriter(err, true));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --leader-elect-lease-duration=10s                  | leaseDuration 10s must be longer than renewDeadline 10s
            --leader-elect-renew-deadline=15s                  | leaseDuration 15s must be longer than renewDeadline 15s
            --leader-elect-renew-deadline 1m30s                | leaseDuration 15s must be longer than renewDeadline 90s
            --leader-elect-retry-period=9s                     | must be longer than 1.2 times retryPeriod 9s
            --leader-elect-retry-period=-2s                    | retryPeriod -2s must be greater than zero
            --leader-elect-lease-duration=0                    | leaseDuration 0ms must be greater than zero
            --leader-elect-lease-duration=15                   | "15" is no duration
            --leader-elect-lease-duration=15x                  | "15x" is no duration
            --leader-elect=maybe                               | 'maybe'
            --leader-elect-resource-lock=secrets               | expected one of [leases, endpoints, configmaps, endpointsleases, configmapsleases]
            --leader-elect-resource-name=A_B                   | election name "A_B" must be
            --leader-elect-resource-namespace=                 | namespace "" must be
            --backend=consul                                   | expected one of [kubernetes, etcd, zookeeper, memory]
            --backend=etcd --endpoints=localhost               | must be http://host:port
            --backend=zookeeper --endpoints=a:b                | must be host:port
            --backend=zookeeper --tick-time=10s                | must be at least two ticks
            --backend=etcd --leader-elect-resource-lock=leases --kubeconfig=x | --kubeconfig needs --backend kubernetes
            --backend=etcd --leader-elect-resource-lock=endpoints             | needs --backend kubernetes
            --backend=memory --endpoints=http://127.0.0.1:1    | --endpoints needs --backend etcd or zookeeper
            --kubeconfig=/none                                 | must be a file that can be read
            --backend=memory --epoch=-1                        | epoch -1 must not be negative
            --backend=memory --port=70000                      | --port 70000 must be between 0 and 65535
            --port=eight                                       | 'eight' is not an int
            --bind-address=[::                                 | --bind-address
            --leader-elect-lease                               | Unknown option
            leases                                             | Unmatched argument
            """)
    void wrongOneIsAnsweredWithOneSentence(String arguments, String saying) {
        int code = command.execute(arguments.split(" ", -1));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("active-standby: ")
                .containsIgnoringCase(saying)
                .hasLineCount(1);
    }

    @Test
    void helpNamesThemAll() {
        StringWriter out = new StringWriter();
        assertThat(command.setOut(new PrintWriter(out, true)).execute("--help")).isZero();
        assertThat(out.toString()).contains("--leader-elect-lease-duration", "--backend", "Default: 15s");
    }
}
