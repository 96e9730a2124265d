package dev.baton.examples.activestandby;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EndpointsTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Endpoints endpoints = Endpoints.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private volatile @Nullable String ill;
    private volatile @Nullable String unready;

    EndpointsTest() throws IOException {}

    @BeforeEach
    void serve() {
        endpoints.serve(new Standing() {
            @Override
            public Optional<String> ill() {
                return Optional.ofNullable(ill);
            }

            @Override
            public Optional<String> unready() {
                return Optional.ofNullable(unready);
            }

            @Override
            public Map<String, @Nullable Object> leader() {
                return Collections.singletonMap("leader", "a \"quoted\" one");
            }

            @Override
            public void close() {}

            @Override
            public boolean idle() {
                return true;
            }
        });
    }

    @AfterEach
    void close() {
        endpoints.close();
    }

    @Test
    void answerOkWhileAllIsWell() throws Exception {
        assertThat(get("/healthz")).isEqualTo("200 ok\n");
        assertThat(get("/readyz")).isEqualTo("200 ok\n");
    }

    @Test
    void answerEachCheckForItselfWithTheReason() throws Exception {
        ill = "the work hangs";
        assertThat(get("/healthz")).isEqualTo("500 the work hangs\n");
        assertThat(get("/readyz")).isEqualTo("200 ok\n");

        ill = null;
        unready = "the store does not answer";
        assertThat(get("/healthz")).isEqualTo("200 ok\n");
        assertThat(get("/readyz")).isEqualTo("500 the store does not answer\n");
    }

    @Test
    void areHealthyButNotReadyWhileTheServiceEnds() throws Exception {
        endpoints.ending();
        assertThat(get("/healthz")).isEqualTo("200 ok\n");
        assertThat(get("/readyz")).isEqualTo("500 shutting down\n");
    }

    @Test
    void tellTheLeaderInJson() throws Exception {
        assertThat(get("/leader")).isEqualTo("200 {\"leader\":\"a \\\"quoted\\\" one\"}\n");
    }

    @Test
    void knowNoOtherPathsAndMethods() throws Exception {
        assertThat(get("/")).startsWith("404 ");
        assertThat(get("/healthz/x")).startsWith("404 ");
        assertThat(get("/leaders")).startsWith("404 ");
        assertThat(send(HttpRequest.newBuilder(uri("/leader")).POST(BodyPublishers.ofString("me"))))
                .startsWith("405 ");
    }

    private String get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + endpoints.port() + path);
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }
}
