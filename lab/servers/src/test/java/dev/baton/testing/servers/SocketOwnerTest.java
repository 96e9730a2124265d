package dev.baton.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class SocketOwnerTest {
    private static final long NOBODY = Integer.MAX_VALUE;

    @Test
    void tellsWhoseAConnectionIs() throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(Ports.loopback(0));
            InetSocketAddress remote = (InetSocketAddress) server.getLocalSocketAddress();
            try (Socket client = new Socket(remote.getAddress(), remote.getPort())) {
                InetSocketAddress local = (InetSocketAddress) client.getLocalSocketAddress();
                long own = ProcessHandle.current().pid();
                long other = ProcessHandle.current().parent().orElseThrow().pid();
                assertThat(SocketOwner.isProcess(own, local, remote)).isTrue();
                assertThat(SocketOwner.isProcess(other, local, remote)).isFalse();
                assertThat(SocketOwner.isProcess(NOBODY, local, remote)).isFalse();
                assertThat(SocketOwner.isProcess(own, local, local)).isFalse();
            }
        }
    }
}
