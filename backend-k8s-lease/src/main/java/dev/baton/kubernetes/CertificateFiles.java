package dev.baton.kubernetes;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificates and keys that a client reads from files when it is made. */
record CertificateFiles(List<Path> files) {
    private static final Logger log = LoggerFactory.getLogger(CertificateFiles.class);

    static CertificateFiles of(Config config) {
        return new CertificateFiles(Stream.of(
                        config.getCaCertFile(),
                        config.getClientCertFile(),
                        config.getClientKeyFile(),
                        config.getTrustStoreFile(),
                        config.getKeyStoreFile())
                .filter(Objects::nonNull)
                .map(Path::of)
                .toList());
    }

    /** The state of the files, as a text that changes when a file is written or replaced. */
    String state() {
        return files.stream().map(CertificateFiles::state).collect(Collectors.joining("\n"));
    }

    private static String state(Path file) {
        try {
            return file.toRealPath() + " " + Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException e) {
            log.debug("{} cannot be read", file, e);
            return file + " cannot be read";
        }
    }
}
