package dev.baton.testing.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The folder of one member of an ensemble: its configuration, its data, and what it prints. */
final class MemberFolder {
    private static final String LOGBACK = """
            <configuration>
              <statusListener class="ch.qos.logback.core.status.NopStatusListener"/>
              <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                <encoder>
                  <pattern>%d %-5level [%thread] %logger{0} - %msg%n</pattern>
                </encoder>
              </appender>
              <logger name="org.apache.zookeeper.server.NIOServerCnxn" level="WARN"/>
              <root level="INFO">
                <appender-ref ref="console"/>
              </root>
            </configuration>
            """;

    private final Path folder;

    private MemberFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes {@code folder}, with the {@code settings} of the server that calls itself {@code id}. */
    static MemberFolder create(Path folder, int id, Map<String, String> settings) throws IOException {
        Files.createDirectory(folder);
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(data.resolve("myid"), Integer.toString(id));
        Files.writeString(folder.resolve("logback.xml"), LOGBACK);
        String lines = settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining());
        Files.writeString(folder.resolve("zoo.cfg"), "dataDir=" + data + "\n" + lines);
        return new MemberFolder(folder);
    }

    /** Has the server look up names in {@code hosts}, and nowhere else; answers the JVM option for that. */
    String useHosts(String hosts) throws IOException {
        Path file = Files.writeString(folder.resolve("hosts"), hosts);
        return "-Djdk.net.hosts.file=" + file;
    }

    /** The process of the server, not yet started. */
    ServerProcess process(List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("-Dlogback.configurationFile=" + folder.resolve("logback.xml"));
        command.addAll(List.of("-cp", libraries()));
        command.add("org.apache.zookeeper.server.quorum.QuorumPeerMain");
        command.add(folder.resolve("zoo.cfg").toString());
        return new ServerProcess(command, folder);
    }

    /** This JVM's jars, without its folders: the classes and settings under test are no business of the server's. */
    private static String libraries() {
        return Stream.of(System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
                .filter(entry -> entry.endsWith(".jar"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
