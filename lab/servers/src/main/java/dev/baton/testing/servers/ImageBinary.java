package dev.baton.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The binary of a program, copied out of the container image that its project publishes: what runs is a process of this
 * machine all the same, on loopback, that can be stopped and killed.
 */
final class ImageBinary {
    private final Path docker;
    private final Path cache;

    ImageBinary(Path docker, Path cache) {
        this.docker = docker;
        this.cache = cache;
    }

    /**
     * The binary of {@code program}, fetched unless it was before; empty where no image is known.
     *
     * @throws IOException if it cannot be fetched; the message says why
     */
    Optional<Path> binary(Program program) throws IOException {
        String version = GoBuild.version(program);
        String image = image(program, version);
        if (image == null) {
            return Optional.empty();
        }
        Path binary = cache.resolve(program.command() + "-" + version + "-image");
        if (!Files.isExecutable(binary)) {
            fetch(image, folder(program) + program.command(), binary);
        }
        return Optional.of(binary);
    }

    private void fetch(String image, String from, Path binary) throws IOException {
        Files.createDirectories(cache);
        Path folder = Files.createTempDirectory(cache, "image-");
        Path copy = folder.resolve("binary");
        try {
            // Pulls the image if need be; nothing of it ever runs.
            String container = Command.run(List.of(docker.toString(), "create", image, from))
                    .strip();
            try {
                Command.run(List.of(docker.toString(), "cp", container + ":" + from, copy.toString()));
            } finally {
                Command.run(List.of(docker.toString(), "rm", container));
            }
            Files.move(copy, binary, StandardCopyOption.ATOMIC_MOVE);
        } catch (IllegalStateException e) {
            throw new IOException("Docker did not give it: " + e.getMessage(), e);
        } finally {
            Folders.delete(folder);
        }
    }

    private static @Nullable String image(Program program, String version) {
        return switch (program.folder()) {
            case "etcd" -> "gcr.io/etcd-development/etcd:" + version;
            case "kubernetes" -> "registry.k8s.io/" + program.command() + ":" + version;
            default -> null;
        };
    }

    private static String folder(Program program) {
        return program == Program.KUBECTL ? "/bin/" : "/usr/local/bin/";
    }
}
