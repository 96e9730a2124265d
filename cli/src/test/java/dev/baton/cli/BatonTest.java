package dev.baton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.cli.command.ExitCode;
import dev.baton.cli.command.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;

class BatonTest {
    private final InProcess baton = new InProcess();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --backend redis                | 'redis' is not there yet
            --candidates 1                 | must be 2 to 9
            --candidates 10                | must be 2 to 9
            --candidates three             | 'three' is not an int
            --lease-duration 4             | as in 500ms or 2.6s
            --lease-duration 2s            | must be longer than renewDeadline 2.6s
            --retry-period 1.2s            | raise leaseDuration or lower retryPeriod
            --endpoints ,                  | must be host:port,host:port
            --endpoints zk:port            | must be host:port,host:port
            --endpoints zk:99999           | ports between 1 and 65535
            --lease-duration 999999999m    | must be at most one day
            --lease-duration 1440.1m       | must be at most one day
            --tick-time 0s --endpoints a:1 | tickTime 0ms must be greater than zero
            --backend etcd --endpoints http://a_b:1     | no host has a '_' in its name
            --backend etcd --endpoints http://::1:2379  | an IPv6 address in brackets
            --tick-time 1s                 | give both or neither
            --backend kubernetes --tick-time 1s         | are not for Kubernetes
            --backend etcd --tick-time 1s               | is ZooKeeper's
            --backend etcd --kubeconfig x               | add --backend kubernetes
            --backend etcd --endpoints ,                | must be http://host:port
            --backend etcd --endpoints ftp://host:1     | must be http://host:port
            --backend etcd --allow-unsafe-servers       | add both
            --allow-unsafe-servers                      | add both
            --kubeconfig x                              | add --backend kubernetes
            --backend k8s-lease --kubeconfig /none      | must be a file that can be read
            --lease                        | --help explains
            """)
    void answersAWrongArgumentWithOneSentence(String arguments, String saying) {
        int code = baton.run(("demo " + arguments).split(" "));

        assertThat(code).isEqualTo(2);
        assertThat(baton.err()).contains(saying).startsWith("baton demo: ").hasLineCount(1);
        assertThat(baton.out()).isEmpty();
    }

    @Test
    void namesTheCommandsWhenThereIsNoSuchOne() {
        assertThat(baton.run("elect", "orders/x")).isEqualTo(2);
        assertThat(baton.err())
                .isEqualTo(
                        "baton: elect is no command; the commands are demo, status, verify; baton --help explains\n");
    }

    @Test
    void explainsItself() {
        assertThat(baton.run("demo", "--help")).isZero();
        assertThat(baton.out()).contains("--lease-duration", "--promise-failover", "Exit code");
        assertThat(baton.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(88));
    }

    @Test
    void showsItsUsageWhenToldNothing() {
        assertThat(baton.run()).isZero();
        assertThat(baton.out()).contains("Usage: baton", "demo");
    }

    /** A defect, in whose message is what a server or a library said. */
    @Command(name = "broken")
    private static final class Broken implements Runnable {
        @Override
        public void run() {
            throw new IllegalStateException("\u001b[2J\nbaton: all is well, password=s3cret");
        }
    }

    @Test
    void defectIsShownEscapedAndWithoutSecrets() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stderr = new PrintStream(err, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(stderr, stderr, false, false, true);
        assertThat(Baton.commandLine(terminal)
                        .addSubcommand(new Broken())
                        .setErr(terminal.writer(stderr))
                        .execute("broken"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("this is a defect in it", "\\u{1b}[2J\\u{a}baton: all is well, password=(hidden)")
                .doesNotContain("\u001b", "s3cret");
    }
}
