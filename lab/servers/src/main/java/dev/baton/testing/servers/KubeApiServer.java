package dev.baton.testing.servers;

import dev.baton.conformance.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kubernetes API server on loopback, over an {@link EtcdCluster}, with RBAC on: nobody but the administrator may
 * do anything that no role binding allows. There is no scheduler, no controller and no node.
 *
 * <p>It can be killed and started again with the same data, keys and address, and stopped and continued by signals.
 *
 * <p>{@link #close} kills the process and deletes its folder, and so does the JVM when it shuts down; when it is itself
 * killed, a {@link Watchdog} does. Safe for use by many threads.
 */
public final class KubeApiServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KubeApiServer.class);
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);
    private static final Pattern TOKEN = Pattern.compile("\"token\":\\s*\"([^\"]+)\"");

    private final EtcdCluster etcd;
    private final Path parent;
    private final KubeFolder folder;
    private final int port;
    private final ServerProcess process;
    private final Duration patience;
    private final boolean ownsEtcd;
    private final EndedOnce end = new EndedOnce("kube-apiserver", this::destroy);
    /** Null until the server has made its certificate. */
    private volatile @Nullable KubeHttp http;

    private KubeApiServer(Builder builder, Path parent, KubeFolder folder, int port, ServerProcess process) {
        this.etcd = builder.etcd;
        this.ownsEtcd = builder.ownsEtcd;
        this.patience = builder.patience;
        this.parent = parent;
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Initialised by whoever asks first, as classes are; a failure is kept, since a class that fails to load hides it. */
    private static final class Shared {
        static final @Nullable KubeApiServer SERVER;
        static final @Nullable Throwable FAILURE;

        static {
            KubeApiServer server = null;
            Throwable failure = null;
            try {
                server = startWithEtcd();
            } catch (IOException | RuntimeException | AssertionError e) {
                failure = e;
            }
            SERVER = server;
            FAILURE = failure;
        }
    }

    private static KubeApiServer startWithEtcd() throws IOException {
        EtcdCluster etcd = EtcdCluster.builder().start();
        try {
            return builder(etcd).ownsEtcd().start();
        } catch (IOException | RuntimeException e) {
            etcd.close();
            throw e;
        }
    }

    /**
     * The server that all tests of this JVM share, each in namespaces of its own; ends with the JVM, and must neither be
     * closed nor killed before.
     *
     * @throws org.opentest4j.TestAbortedException if there is no API server here; see {@link Program#path}
     */
    public static KubeApiServer shared() {
        // Asked for here, so that what is missing aborts the test.
        Program.ETCD.path();
        Program.KUBE_APISERVER.path();
        KubeApiServer server = Shared.SERVER;
        if (server == null) {
            throw new IllegalStateException("the shared API server did not start", Shared.FAILURE);
        }
        return server;
    }

    /** A server that keeps its objects in {@code etcd}, which must outlive it. */
    public static Builder builder(EtcdCluster etcd) {
        return new Builder(etcd, null);
    }

    /** A server over the same etcd, with the certificate, the administrator and the service accounts of {@code other}. */
    public static Builder beside(KubeApiServer other) {
        return new Builder(other.etcd, other.folder);
    }

    /** Where clients connect to. */
    public String url() {
        return "https://127.0.0.1:" + port;
    }

    /** Where clients connect to, for a {@link TcpProxy} in front of it: its certificate is good for every port. */
    public InetSocketAddress address() {
        return Ports.loopback(port);
    }

    /** The certificate of the authority that signed the server's; the same after a restart. */
    public X509Certificate caCertificate() {
        try {
            return folder.caCertificate();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What trusts this server and no other. */
    public SSLContext trust() throws IOException {
        return KubeHttp.trusting(caCertificate());
    }

    /** What shows this server's own certificate, for what stands before it in its name. */
    SSLContext identity() throws IOException {
        return folder.identity();
    }

    /** {@link #caCertificate}, in PEM. */
    public String caCertificatePem() {
        try {
            return folder.caPem();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bearer token of an administrator, a member of the group {@code system:masters}. */
    public String adminToken() {
        try {
            return folder.adminToken();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file with which {@code kubectl} and other clients are administrators, in the namespace {@code default}. */
    public Path kubeconfig() {
        return folder.kubeconfig();
    }

    /** The process, which must be running. */
    public long pid() {
        return process.pid();
    }

    /** The process, running or not. */
    ServerProcess process() {
        return process;
    }

    /** Its keys, tokens and certificate. */
    KubeFolder folder() {
        return folder;
    }

    /** Kills the server with SIGKILL; a second time, does nothing. */
    public void kill() {
        process.kill();
    }

    /** Starts the server, which must not be running; does not wait until it serves. */
    public synchronized void start() {
        if (end.isOver()) {
            throw new IllegalStateException("the API server at " + url() + " is closed");
        }
        try {
            process.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the server with SIGSTOP: its connections stay open and are not served. */
    public void pause() {
        process.pause();
    }

    /** Continues the server with SIGCONT. */
    public void resume() {
        process.resume();
    }

    /**
     * Returns once the server says that it is ready, and the namespace {@code default} is there.
     *
     * @throws IllegalStateException with its log, if that takes longer than {@link Builder#patience}
     */
    public void awaitReady() {
        Await.until(patience, "API server", process::lastWords, this::isReady);
    }

    /** Whether the server says that it is ready, and the namespace {@code default} is there. */
    public boolean isReady() {
        try {
            String token = adminToken();
            return process.isRunning()
                    && Files.exists(folder.certificateKeyFile())
                    && send(token, "GET", "/readyz", null, KubeHttp.PROBE_LIMIT).statusCode() == 200
                    && send(token, "GET", "/api/v1/namespaces/default", null, KubeHttp.PROBE_LIMIT)
                                    .statusCode()
                            == 200;
        } catch (IOException e) {
            LOG.trace("not ready", e);
            return false;
        }
    }

    /**
     * Sends a request and returns the answer, whatever its status.
     *
     * @param token who asks: {@link #adminToken} or {@link #createServiceAccountToken}
     * @param path with its query, from the slash after the port on
     * @param body JSON, or null for none
     * @throws IOException if there is no answer within 30 s
     */
    public HttpResponse<String> request(String token, String method, String path, @Nullable String body)
            throws IOException {
        return send(token, method, path, body, REQUEST_LIMIT);
    }

    /** Makes the namespace {@code name}. */
    public void createNamespace(String name) throws IOException {
        create("/api/v1/namespaces", """
                {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"%s"}}""".formatted(name));
    }

    /**
     * Makes the service account {@code name}, which no role is bound to, unless it is there, and returns a token of it
     * that is good for an hour.
     */
    public String createServiceAccountToken(String namespace, String name) throws IOException {
        return createServiceAccountToken(namespace, name, Duration.ofHours(1));
    }

    /** As the other, with a token that is good for {@code validity}, at least ten minutes. */
    public String createServiceAccountToken(String namespace, String name, Duration validity) throws IOException {
        String accounts = "/api/v1/namespaces/" + namespace + "/serviceaccounts";
        String known = accounts + "/" + name;
        if (request(adminToken(), "GET", known, null).statusCode() == 404) {
            create(accounts, """
                    {"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"%s"}}""".formatted(name));
        }
        String answer = create(known + "/token", """
                {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":%d}}""".formatted(validity.toSeconds()));
        Matcher token = TOKEN.matcher(answer);
        if (!token.find()) {
            throw new IOException("there is no token in " + answer);
        }
        return token.group(1);
    }

    /**
     * Runs {@code kubectl} as an administrator and returns what it prints.
     *
     * @throws IllegalStateException with what it printed, if it fails
     * @throws org.opentest4j.TestAbortedException if there is none here; see {@link Program#path}
     */
    public String kubectl(String... arguments) {
        return kubectl(kubeconfig(), folder.path().resolve("kubectl"), arguments);
    }

    /** The same with the configuration {@code kubeconfig}, for another address of the server, or for somebody else. */
    static String kubectl(Path kubeconfig, Path cache, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Program.KUBECTL.path().toString());
        command.add("--kubeconfig=" + kubeconfig);
        command.add("--cache-dir=" + cache);
        command.addAll(List.of(arguments));
        return Command.run(command);
    }

    /** Kills the server and deletes its folder, but no object in etcd; a second call does nothing. */
    @Override
    public void close() {
        end.close();
    }

    private synchronized void destroy() {
        process.kill();
        Folders.delete(parent);
        if (ownsEtcd) {
            etcd.close();
        }
    }

    private String create(String path, String body) throws IOException {
        HttpResponse<String> answer = request(adminToken(), "POST", path, body);
        if (answer.statusCode() != 201) {
            throw new IOException("POST " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    private HttpResponse<String> send(String token, String method, String path, @Nullable String body, Duration limit)
            throws IOException {
        return client().send(token, method, url() + path, body, limit);
    }

    private KubeHttp client() throws IOException {
        KubeHttp known = http;
        if (known == null) {
            known = new KubeHttp(folder.caCertificate());
            http = known;
        }
        return known;
    }

    /** The settings of a server; not safe for use by many threads. */
    public static final class Builder {
        private final EtcdCluster etcd;
        private final @Nullable KubeFolder other;
        private final List<String> flags = new ArrayList<>();
        private Duration patience = Patience.LIMIT;
        private boolean ownsEtcd;
        private String endpoints;

        private Builder(EtcdCluster etcd, @Nullable KubeFolder other) {
            this.etcd = etcd;
            this.other = other;
            this.endpoints = etcd.endpoints();
        }

        /** Lets the server speak to {@code member} of etcd alone, as one that runs beside it does. */
        public Builder member(int member) {
            this.endpoints = etcd.endpoint(member);
            return this;
        }

        /** A flag, such as {@code --watch-cache=false}, in place of ours where we have it. */
        public Builder flag(String flag) {
            flags.add(flag);
            return this;
        }

        /** How long {@link #start} and {@link KubeApiServer#awaitReady} wait at most. */
        public Builder patience(Duration value) {
            this.patience = value;
            return this;
        }

        private Builder ownsEtcd() {
            this.ownsEtcd = true;
            return this;
        }

        /**
         * Starts the server and returns when it is ready.
         *
         * @throws BindException if others took the port that was chosen, on each of three attempts
         * @throws IllegalStateException with its log, if it is not ready in time
         * @throws org.opentest4j.TestAbortedException if there is no API server here; see {@link Program#path}
         */
        public KubeApiServer start() throws IOException {
            Path binary = Program.KUBE_APISERVER.path();
            return Ports.onFree(() -> startOnFreePort(binary));
        }

        private KubeApiServer startOnFreePort(Path binary) throws IOException {
            int port = Ports.free(1).get(0);
            Path parent = Files.createTempDirectory("baton-kube-apiserver-");
            Path own = parent.resolve("server");
            KubeFolder folder = other == null ? KubeFolder.create(own) : KubeFolder.createBeside(own, other);
            ServerProcess process = new ServerProcess(command(binary, folder, port), folder.path());
            KubeApiServer server = new KubeApiServer(this, parent, folder, port, process);
            try {
                server.end.begin();
                server.start();
                awaitReady(server);
                folder.writeKubeconfig(server.url());
                return server;
            } catch (IOException | RuntimeException e) {
                // The etcd stays: whoever started it may try again on another port.
                server.process.kill();
                Folders.delete(parent);
                server.end.forget();
                throw e;
            }
        }

        private List<String> command(Path binary, KubeFolder folder, int port) {
            List<String> command = new ArrayList<>(List.of(
                    binary.toString(),
                    "--etcd-servers=" + endpoints,
                    "--bind-address=127.0.0.1",
                    "--advertise-address=127.0.0.1",
                    "--secure-port=" + port,
                    "--cert-dir=" + folder.certificates(),
                    "--authorization-mode=RBAC",
                    "--token-auth-file=" + folder.tokenFile(),
                    "--service-account-issuer=https://kubernetes.default.svc",
                    "--service-account-key-file=" + folder.verifyingKeyFile(),
                    "--service-account-signing-key-file=" + folder.signingKeyFile(),
                    "--service-cluster-ip-range=10.0.0.0/24",
                    // Without it the server would publish its address, and refuse one of loopback for that.
                    "--endpoint-reconciler-type=none",
                    // It would refuse pods, for want of the controller that gives every namespace its account.
                    "--disable-admission-plugins=ServiceAccount"));
            command.addAll(flags);
            return command;
        }

        private void awaitReady(KubeApiServer server) throws BindException {
            try {
                Await.until(patience, "API server", server.process::lastWords, () -> {
                    if (!server.process.isAlive()) {
                        throw new IllegalStateException("the API server ended: " + server.process.lastWords());
                    }
                    return server.isReady();
                });
            } catch (IllegalStateException e) {
                if (server.process.hasPrinted("address already in use")) {
                    BindException taken = new BindException("a port was taken between choosing and binding it");
                    taken.initCause(e);
                    throw taken;
                }
                throw e;
            }
        }
    }
}
