package dev.baton.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final List<Fact> facts = Collections.synchronizedList(new ArrayList<>());

    @Test
    void refusesATokenSmallerThanTheGreatestAndTellsWhatItWouldHaveDone() throws IOException {
        try (Ledger ledger = Ledger.open(facts::add)) {
            assertThat(write(ledger, "1 ada 0 7")).isEqualTo("accepted");
            assertThat(write(ledger, "1 ada 1 8")).isEqualTo("accepted");
            assertThat(write(ledger, "2 ben 0 9")).isEqualTo("accepted");
            assertThat(write(ledger, "1 ada 2 0")).isEqualTo("refused 2 overwritten-unguarded");
            assertThat(write(ledger, "1 ada 3 0"))
                    .as("what was overwritten was its own")
                    .isEqualTo("refused 2");
        }
        assertThat(facts.stream()
                        .filter(fact -> fact.type().matches("ledger-(accepted|refused)"))
                        .map(Fact::type))
                .containsExactly(
                        "ledger-accepted", "ledger-accepted", "ledger-accepted", "ledger-refused", "ledger-refused");
    }

    private static String write(Ledger ledger, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ledger.port());
                PrintWriter out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.US_ASCII);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            out.println(request);
            return String.valueOf(in.readLine());
        }
    }
}
