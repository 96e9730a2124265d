package dev.baton.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TcpProxyTest {
    private static final int QUIET_MILLIS = 300;
    private static final int LIMIT_MILLIS = 60_000;

    @AutoClose
    private ServerSocket target;

    @AutoClose
    private TcpProxy proxy;

    @BeforeEach
    void open() throws IOException {
        target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.to((InetSocketAddress) target.getLocalSocketAddress());
    }

    @Test
    void whatIsSentArrivesBothWaysAndSoDoesTheEnd() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            send(client, "question");
            client.shutdownOutput();
            assertThat(server.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("question");
            send(server, "answer");
            server.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("answer");
        }
    }

    @Test
    void aStreamLargerThanAllBuffersArrivesComplete() throws IOException {
        byte[] sent = new byte[32 * 1024 * 1024];
        new Random(7).nextBytes(sent);
        try (Socket client = connect();
                Socket server = target.accept()) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendAll(client, sent));
            assertThat(server.getInputStream().readAllBytes()).isEqualTo(sent);
            sending.join();
        }
    }

    @Test
    void aBlackHoleHoldsBackWhatIsSentUntilItHeals() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            echo(client, server, "before");
            proxy.blackHole();
            send(client, "up");
            send(server, "down");
            assertNothingArrives(server);
            assertNothingArrives(client);
            proxy.pass();
            assertThat(receive(server, 2)).isEqualTo("up");
            assertThat(receive(client, 4)).isEqualTo("down");
        }
    }

    @Test
    void aBlackHoleTellsNobodyThatAConnectionEnded() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            echo(client, server, "before");
            proxy.blackHole();
            server.shutdownOutput();
            assertNothingArrives(client);
            proxy.pass();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aBlackHoleTakesNewConnectionsAndOpensThemWhenItHeals() throws IOException {
        proxy.blackHole();
        try (Socket client = connect()) {
            send(client, "late");
            target.setSoTimeout(QUIET_MILLIS);
            assertThatThrownBy(target::accept).isInstanceOf(SocketTimeoutException.class);
            target.setSoTimeout(0);
            proxy.pass();
            try (Socket server = target.accept()) {
                assertThat(receive(server, 4)).isEqualTo("late");
            }
        }
    }

    @Test
    void aOneWayBlackHoleLetsTheOtherWayPass() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            echo(client, server, "before");
            proxy.blackHole(TcpProxy.Direction.TO_CLIENT);
            send(client, "up");
            send(server, "down");
            assertThat(receive(server, 2)).isEqualTo("up");
            assertNothingArrives(client);
            proxy.blackHole(TcpProxy.Direction.TO_TARGET);
            send(client, "more");
            assertThat(receive(client, 4)).isEqualTo("down");
            assertNothingArrives(server);
        }
    }

    @Test
    void aBlackHoleForSomeClientsLetsThoseOfOthersPass() throws IOException {
        try (Socket one = connect();
                Socket serverOfOne = target.accept();
                Socket other = connect();
                Socket serverOfOther = target.accept()) {
            // Where nothing arrives that should, the test shall fail and not hang.
            other.setSoTimeout(LIMIT_MILLIS);
            serverOfOther.setSoTimeout(LIMIT_MILLIS);
            echo(one, serverOfOne, "before");
            echo(other, serverOfOther, "before");
            proxy.blackHole(
                    EnumSet.of(TcpProxy.Direction.TO_TARGET), client -> client.equals(one.getLocalSocketAddress()));
            send(one, "up");
            send(serverOfOne, "down");
            assertThat(receive(one, 4)).isEqualTo("down");
            assertNothingArrives(serverOfOne);
            echo(other, serverOfOther, "meanwhile");
            proxy.pass();
            assertThat(receive(serverOfOne, 2)).isEqualTo("up");
        }
    }

    @Test
    void strandedConnectionsAreSilentWhileNewOnesPass() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            echo(client, server, "before");
            proxy.strand();
            send(client, "up");
            send(server, "down");
            try (Socket second = connect();
                    Socket other = target.accept()) {
                echo(second, other, "new");
            }
            assertNothingArrives(server);
            assertNothingArrives(client);
            proxy.pass();
            assertThat(receive(server, 2)).isEqualTo("up");
            assertThat(receive(client, 4)).isEqualTo("down");
        }
    }

    @Test
    void cutResetsWhatIsOpenAndRefusesWhatIsNewUntilItHeals() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            echo(client, server, "before");
            proxy.cut();
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            assertThatThrownBy(() -> server.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        proxy.pass();
        try (Socket client = connect();
                Socket server = target.accept()) {
            echo(client, server, "after");
        }
    }

    @Test
    void refuseLeavesOpenConnectionsAlone() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            echo(client, server, "before");
            proxy.refuse();
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            echo(client, server, "after");
        }
    }

    @Test
    void delayHoldsBackForAtLeastMeanLessJitterInOrder() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            echo(client, server, "before");
            proxy.delay(Duration.ofMillis(75), Duration.ofMillis(50), 42);
            long sent = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                send(client, Integer.toString(i));
            }
            assertThat(receive(server, 10)).isEqualTo("0123456789");
            assertThat(Duration.ofNanos(System.nanoTime() - sent)).isGreaterThanOrEqualTo(Duration.ofMillis(25));
        }
    }

    @Test
    void aDelayBelowZeroIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy.delay(Duration.ofMillis(10), Duration.ofMillis(11), 1));
    }

    @Test
    void anAddressThatTheWorldCanReachIsRefused() {
        InetSocketAddress anywhere = new InetSocketAddress(0);
        assertThatIllegalArgumentException().isThrownBy(() -> TcpProxy.between(anywhere, proxy.address()));
    }

    @Test
    void closeResetsConnectionsAndEndsTheThread() throws IOException {
        try (Socket client = connect();
                Socket server = target.accept()) {
            echo(client, server, "before");
            proxy.close();
            proxy.close();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("tcp-proxy-" + proxy.address().getPort() + "-to-" + target.getLocalPort());
        assertThatIllegalStateException().isThrownBy(proxy::pass).withMessageContaining("closed");
    }

    private Socket connect() throws IOException {
        Socket client = new Socket();
        client.connect(proxy.address(), 5_000);
        return client;
    }

    private static void echo(Socket client, Socket server, String text) throws IOException {
        send(client, text);
        assertThat(receive(server, text.length())).isEqualTo(text);
        send(server, text);
        assertThat(receive(client, text.length())).isEqualTo(text);
    }

    private static void send(Socket from, String text) throws IOException {
        from.getOutputStream().write(text.getBytes(UTF_8));
    }

    private static void sendAll(Socket from, byte[] bytes) {
        try {
            from.getOutputStream().write(bytes);
            from.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String receive(Socket at, int length) throws IOException {
        InputStream in = at.getInputStream();
        return new String(in.readNBytes(length), UTF_8);
    }

    private static void assertNothingArrives(Socket at) throws IOException {
        at.setSoTimeout(QUIET_MILLIS);
        assertThatThrownBy(() -> at.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        at.setSoTimeout(0);
    }
}
