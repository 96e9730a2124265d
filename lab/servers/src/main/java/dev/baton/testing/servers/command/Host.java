package dev.baton.testing.servers.command;

import dev.baton.testing.servers.ControlPlane;
import dev.baton.testing.servers.ControlPlane.State;
import dev.baton.testing.servers.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A control plane and what it answers to the commands; its processes end with this JVM. */
final class Host {
    /** The name under which the process that hosts the others is noted. */
    static final String NAME = "host";

    private static final Pattern HOST = Pattern.compile("host-(\\d)");

    private final ControlPlane plane;
    private final Home home;
    private final LocalTime since = LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS);

    private Host(ControlPlane plane, Home home) {
        this.plane = plane;
        this.home = home;
    }

    /** Starts the control plane and serves until the JVM is told to end. */
    static void run(Home home, ControlPlane.Topology topology) throws IOException {
        // Noted first, so that it can be ended while it starts.
        NotedProcesses.write(home.processes(), self());
        Host host = new Host(ControlPlane.start(topology), home);
        Files.copy(host.plane.kubeconfig(), home.kubeconfig(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                host.plane.candidate("default").kubeconfig(),
                home.candidateKubeconfig(),
                StandardCopyOption.REPLACE_EXISTING);
        host.note();
        home.serve(host::answer);
    }

    private String answer(String line) {
        String[] words = line.split(" ", 2);
        String of = words.length > 1 ? words[1] : "";
        return switch (words[0]) {
            case "addresses" -> addresses();
            case "status" -> addresses() + "\n" + status();
            case "kill" -> change(of, plane::kill, plane::killHost);
            case "pause" -> change(of, plane::pause, plane::pauseHost);
            case "resume" -> change(of, plane::resume, plane::resumeHost);
            case "start" -> change(of, this::start, plane::startHost);
            default -> throw new IllegalArgumentException(words[0] + " is unknown here");
        };
    }

    private void start(Part part) {
        if (plane.state(part) != State.DOWN) {
            throw new IllegalStateException(part + " is there already");
        }
        plane.start(part);
    }

    private String change(String name, Consumer<Part> part, IntConsumer host) {
        Matcher matcher = HOST.matcher(name);
        if (matcher.matches()) {
            int number = Integer.parseInt(matcher.group(1));
            if (number >= plane.hosts()) {
                throw new IllegalArgumentException(
                        "there is no " + name + ", the hosts are host-0 to host-" + (plane.hosts() - 1));
            }
            host.accept(number);
        } else {
            part.accept(Part.named(name));
        }
        note();
        return status();
    }

    private void note() {
        try {
            NotedProcesses.write(
                    home.processes(),
                    Stream.concat(
                            self(),
                            plane.parts().stream()
                                    .filter(part -> plane.state(part) != State.DOWN)
                                    .flatMap(part ->
                                            NotedProcesses.Noted.of(part.toString(), plane.pid(part)).stream())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<NotedProcesses.Noted> self() {
        return NotedProcesses.Noted.of(NAME, ProcessHandle.current().pid()).stream();
    }

    private String addresses() {
        return """
                %s etcd, up since %s
                kubeconfig     %s
                for candidates %s
                load balancer  %s, statistics %s
                API servers    %s
                etcd           %s
                """.formatted(
                        plane.topology().toString().toLowerCase(Locale.ROOT),
                        since,
                        home.kubeconfig(),
                        home.candidateKubeconfig(),
                        plane.url(),
                        plane.statisticsUrl(),
                        String.join(",", plane.apiServerUrls()),
                        plane.etcd().endpoints());
    }

    private String status() {
        List<Part> leaders = leaders();
        StringBuilder table = new StringBuilder(row("PART", "HOST", "PID", "STATE", "READY", ""));
        for (Part part : plane.parts()) {
            State state = plane.state(part);
            table.append(row(
                    part.toString(),
                    hostOf(part),
                    state == State.DOWN ? "-" : Long.toString(plane.pid(part)),
                    state.toString().toLowerCase(Locale.ROOT),
                    plane.isReady(part) ? "yes" : "no",
                    leaders.contains(part) ? "leads" : ""));
        }
        table.append('\n');
        for (Part.Kind kind : List.of(Part.Kind.SCHEDULER, Part.Kind.CONTROLLER_MANAGER)) {
            table.append(
                    "Lease kube-%s: %s%n".formatted(kind, plane.holder(kind).orElse("no holder, or no answer")));
        }
        return table.toString();
    }

    private List<Part> leaders() {
        return Stream.of(Part.Kind.ETCD, Part.Kind.SCHEDULER, Part.Kind.CONTROLLER_MANAGER)
                .flatMap(kind -> plane.leader(kind).stream())
                .toList();
    }

    private String hostOf(Part part) {
        return IntStream.range(0, plane.hosts())
                .filter(host -> plane.host(host).contains(part))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining());
    }

    private static String row(String part, String host, String pid, String state, String ready, String note) {
        return "%-22s%-6s%-9s%-9s%-7s%s"
                        .formatted(part, host, pid, state, ready, note)
                        .stripTrailing() + "\n";
    }
}
