package dev.baton.testing.servers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The folder of an API server: its keys, the tokens that it knows by heart, and the certificate that it makes itself. */
final class KubeFolder {
    /** A member of the group that may do anything. */
    static final String ADMIN = "admin";

    private static final int TOKEN_BYTES = 16;
    /** To these the API server's own roles are bound. */
    private static final List<String> COMPONENTS = List.of("system:kube-scheduler", "system:kube-controller-manager");

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int TWO_BYTES_OF_LENGTH = 0x82;
    /** Version 0, and the name of RSA. */
    private static final byte[] RSA_VERSION_0 = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private final Path folder;

    private KubeFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes {@code folder}, with a key and a token that no other has. */
    static KubeFolder create(Path folder) throws IOException {
        KubeFolder made = createEmpty(folder);
        KeyPair keys = keyPair();
        Files.writeString(
                made.signingKeyFile(), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        Files.writeString(
                made.verifyingKeyFile(), pem("PUBLIC KEY", keys.getPublic().getEncoded()));
        StringBuilder tokens = new StringBuilder(token() + "," + ADMIN + "," + ADMIN + ",\"system:masters\"\n");
        COMPONENTS.forEach(name -> tokens.append(token() + "," + name + "," + name + "\n"));
        Files.writeString(made.tokenFile(), tokens);
        return made;
    }

    /**
     * Makes {@code folder}, with what {@code other} has: each honours what the other issued, and whoever trusts the one
     * trusts the other.
     */
    static KubeFolder createBeside(Path folder, KubeFolder other) throws IOException {
        KubeFolder made = createEmpty(folder);
        Files.copy(other.signingKeyFile(), made.signingKeyFile());
        Files.copy(other.verifyingKeyFile(), made.verifyingKeyFile());
        Files.copy(other.tokenFile(), made.tokenFile());
        Files.copy(other.certificateFile(), made.certificateFile());
        Files.copy(other.certificateKeyFile(), made.certificateKeyFile());
        return made;
    }

    private static String token() {
        byte[] token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        return HexFormat.of().formatHex(token);
    }

    private static KubeFolder createEmpty(Path folder) throws IOException {
        KubeFolder made = new KubeFolder(Files.createDirectory(folder));
        Files.createDirectory(made.certificates());
        return made;
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has that curve", e);
        }
    }

    private static String pem(String type, byte[] content) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n";
    }

    /** Where the server runs. */
    Path path() {
        return folder;
    }

    /** What signs the tokens of service accounts. */
    Path signingKeyFile() {
        return folder.resolve("service-accounts.pem");
    }

    /** What verifies them. */
    Path verifyingKeyFile() {
        return folder.resolve("service-accounts-public.pem");
    }

    /** The tokens that the server knows by heart: the administrator's, and those of the components. */
    Path tokenFile() {
        return folder.resolve("tokens.csv");
    }

    /** Where the server puts the certificate that it makes when it first starts. */
    Path certificates() {
        return folder.resolve("certificates");
    }

    /** That certificate, with the authority's own behind it. */
    Path certificateFile() {
        return certificates().resolve("apiserver.crt");
    }

    /** The key of that certificate. */
    Path certificateKeyFile() {
        return certificates().resolve("apiserver.key");
    }

    /** The configuration of an administrator's {@code kubectl}. */
    Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    String adminToken() throws IOException {
        return token(ADMIN);
    }

    /** The token of {@code user}, one of those that the server knows by heart. */
    String token(String user) throws IOException {
        return Files.readAllLines(tokenFile()).stream()
                .filter(line -> line.split(",", -1)[1].equals(user))
                .map(line -> line.split(",", -1)[0])
                .findFirst()
                .orElseThrow(() -> new IOException(user + " has no token"));
    }

    /** The certificate of the authority that signed the server's, which it makes when it first starts. */
    X509Certificate caCertificate() throws IOException {
        List<X509Certificate> chain = chain();
        return chain.get(chain.size() - 1);
    }

    /** The server's certificate, and the authority's behind it. */
    private List<X509Certificate> chain() throws IOException {
        byte[] chain = Files.readAllBytes(certificateFile());
        try (InputStream in = new ByteArrayInputStream(chain)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (GeneralSecurityException e) {
            throw new IOException("the API server's certificate cannot be read", e);
        }
    }

    /** What shows the server's certificate to whoever connects. */
    SSLContext identity() throws IOException {
        char[] password = token().toCharArray();
        try {
            KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
            own.load(null, null);
            own.setKeyEntry("server", certificateKey(), password, chain().toArray(X509Certificate[]::new));
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(own, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the API server's certificate cannot be shown", e);
        }
    }

    /** The server writes PKCS #1, of which the JDK knows nothing: it is what PKCS #8 has in its last field. */
    private PrivateKey certificateKey() throws IOException, GeneralSecurityException {
        String text = Files.readString(certificateKeyFile()).replaceAll("-----[A-Z ]+-----", "");
        byte[] key = der(OCTET_STRING, Base64.getMimeDecoder().decode(text));
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        fields.writeBytes(RSA_VERSION_0);
        fields.writeBytes(key);
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(der(SEQUENCE, fields.toByteArray())));
    }

    /** A field of more than 255 bytes. */
    private static byte[] der(int tag, byte[] content) {
        ByteBuffer field = ByteBuffer.allocate(content.length + 4);
        return field.put((byte) tag)
                .put((byte) TWO_BYTES_OF_LENGTH)
                .putShort((short) content.length)
                .put(content)
                .array();
    }

    /** {@link #caCertificate}, in PEM. */
    String caPem() throws IOException {
        try {
            return pem("CERTIFICATE", caCertificate().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException("the API server's certificate cannot be written", e);
        }
    }

    /** Writes {@link #kubeconfig} for the server at {@code url}. */
    void writeKubeconfig(String url) throws IOException {
        writeKubeconfig(kubeconfig(), url, ADMIN, adminToken(), "default");
    }

    /** Writes to {@code file} the configuration of {@code user}, who shows {@code token}, for the server at {@code url}. */
    void writeKubeconfig(Path file, String url, String user, String token, String namespace) throws IOException {
        String authority = Base64.getEncoder().encodeToString(caPem().getBytes(StandardCharsets.US_ASCII));
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters:
                - name: test
                  cluster:
                    server: %s
                    certificate-authority-data: %s
                contexts:
                - name: test
                  context: {cluster: test, user: "%s", namespace: %s}
                users:
                - name: "%s"
                  user: {token: %s}
                """.formatted(url, authority, user, namespace, user, token));
    }
}
