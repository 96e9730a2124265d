package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.baton.spi.ElectionName;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An API server in memory, over HTTP on loopback: it keeps each request as it came, answers as a real one does, and
 * answers otherwise where the test says so. {@code AnswersIT} holds its words beside a real one's.
 */
final class MemoryApiServer implements AutoCloseable {
    /**
     * One request.
     *
     * @param from the client's port, which tells its connections apart
     */
    record Asked(String method, String uri, Headers headers, String protocol, String text, int from) {
        boolean is(String ofMethod, String ofUri) {
            return method.equals(ofMethod) && uri.equals(ofUri);
        }

        boolean isWatch() {
            return uri.contains("watch=1");
        }

        boolean isList() {
            return uri.contains("Selector=") && !isWatch();
        }

        ObjectNode body() {
            try {
                return Json.parse(text);
            } catch (IOException e) {
                throw new AssertionError("the body of " + method + " " + uri + " is no JSON: " + text, e);
            }
        }
    }

    /** One answer. */
    record Told(int code, String text, Map<String, String> headers) {
        static Told of(int code, ObjectNode body) {
            return new Told(code, Json.text(body), Map.of());
        }

        Told with(String header, String value) {
            return new Told(code, text, Map.of(header, value));
        }
    }

    /** What is answered in the server's stead; null resets the connection. */
    interface Fault {
        @Nullable Told answer(Asked asked, MemoryApiServer server);
    }

    private record Rule(Predicate<Asked> which, AtomicInteger left, Fault fault) {}

    private record Watch(String collection, String uri, BlockingQueue<String> lines) {}

    private static final String END = "";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "memory-api-server");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Asked> log = new CopyOnWriteArrayList<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final Map<String, ObjectNode> objects = new TreeMap<>();
    private long version = 1_000;
    private int uids;
    /** Whether watches are told of nothing. */
    volatile boolean mute;

    MemoryApiServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    // -- the script -----------------------------------------------------------------------------------------------

    /** The next {@code times} requests that {@code which} names meet with {@code fault}. */
    void when(Predicate<Asked> which, int times, Fault fault) {
        rules.add(new Rule(which, new AtomicInteger(times), fault));
    }

    void when(Predicate<Asked> which, int times, Told told) {
        when(which, times, (asked, self) -> told);
    }

    /** All requests so far, events aside. */
    List<Asked> log() {
        return log.stream().filter(asked -> !asked.uri().endsWith("/events")).toList();
    }

    List<Asked> log(Predicate<Asked> which) {
        return log.stream().filter(which).toList();
    }

    void forget() {
        log.clear();
    }

    /** What stands at {@code path}, as an administrator sees it. */
    synchronized @Nullable ObjectNode get(String path) {
        ObjectNode found = objects.get(path);
        return found == null ? null : found.deepCopy();
    }

    /** Writes {@code object} whatever stands there. */
    synchronized ObjectNode put(String path, ObjectNode object) {
        return store(path, object.deepCopy(), objects.containsKey(path) ? "MODIFIED" : "ADDED");
    }

    synchronized void delete(String path) {
        ObjectNode gone = objects.remove(path);
        if (gone != null) {
            Json.child(gone, "metadata").put("resourceVersion", Long.toString(++version));
            tell(path, "DELETED", gone);
        }
    }

    /** Says {@code line} to each watch. */
    void say(String line) {
        watches.forEach(watch -> watch.lines.add(line));
    }

    void endWatches() {
        say(END);
    }

    int openWatches() {
        return watches.size();
    }

    // -- its words ------------------------------------------------------------------------------------------------

    static ObjectNode status(int code, String reason, String message) {
        return Json.object()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("message", message)
                .put("reason", reason)
                .put("code", code);
    }

    static ObjectNode name(ObjectNode status, String group, String resource, String name) {
        ObjectNode details = status.putObject("details").put("name", name);
        if (!group.isEmpty()) {
            details.put("group", group);
        }
        details.put("kind", resource);
        return status;
    }

    /** An object of {@code election}, without a record. */
    static ObjectNode object(LockObject kind, ElectionName election) {
        ObjectNode object = Json.object().put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
        object.putObject("metadata")
                .put("name", election.name())
                .put("namespace", election.namespace())
                .put("uid", "uid-0")
                .put("resourceVersion", "7");
        return object;
    }

    // -- serving --------------------------------------------------------------------------------------------------

    private void handle(HttpExchange http) throws IOException {
        try (http) {
            byte[] bytes = http.getRequestBody().readAllBytes();
            Asked asked = new Asked(
                    http.getRequestMethod(),
                    http.getRequestURI().toString(),
                    http.getRequestHeaders(),
                    http.getProtocol(),
                    new String(bytes, StandardCharsets.UTF_8),
                    http.getRemoteAddress().getPort());
            log.add(asked);
            Rule rule = rule(asked);
            if (rule == null && asked.isWatch()) {
                watch(http, asked);
                return;
            }
            Told told = rule == null ? serve(asked) : rule.fault.answer(asked, this);
            if (told != null) {
                told.headers().forEach(http.getResponseHeaders()::set);
                http.getResponseHeaders().set("Content-Type", "application/json");
                byte[] text = told.text().getBytes(StandardCharsets.UTF_8);
                http.sendResponseHeaders(told.code(), text.length);
                http.getResponseBody().write(text);
            }
        }
    }

    private @Nullable Rule rule(Asked asked) {
        for (Rule rule : rules) {
            if (rule.left.get() > 0 && rule.which.test(asked) && rule.left.getAndDecrement() > 0) {
                return rule;
            }
        }
        return null;
    }

    /** As a real one answers. */
    Told serve(Asked asked) {
        String path = asked.uri().replaceFirst("\\?.*", "");
        if (path.endsWith("/events")) {
            return Told.of(201, asked.body());
        }
        return switch (asked.method()) {
            case "GET" -> asked.uri().contains("Selector=") ? list(path, asked.uri()) : read(path);
            case "POST" -> create(path, asked.body());
            case "PUT" -> update(path, asked.body());
            default -> Told.of(405, status(405, "MethodNotAllowed", "not here"));
        };
    }

    private static String resource(String collection) {
        return collection.substring(collection.lastIndexOf('/') + 1);
    }

    private static String group(String path) {
        return path.startsWith("/apis/") ? path.split("/", -1)[2] : "";
    }

    private static Told named(int code, String reason, String path) {
        int slash = path.lastIndexOf('/');
        String collection = path.substring(0, slash);
        String name = path.substring(slash + 1);
        return Told.of(
                code,
                name(
                        status(code, reason, reason + " " + resource(collection) + " \"" + name + "\""),
                        group(path),
                        resource(collection),
                        name));
    }

    private synchronized Told read(String path) {
        ObjectNode found = objects.get(path);
        return found == null ? named(404, "NotFound", path) : Told.of(200, found);
    }

    private synchronized Told create(String collection, ObjectNode body) {
        String path = collection + "/" + Json.name(body);
        return objects.containsKey(path) ? named(409, "AlreadyExists", path) : Told.of(201, store(path, body, "ADDED"));
    }

    private synchronized Told update(String path, ObjectNode body) {
        ObjectNode current = objects.get(path);
        String uid = body.path("metadata").path("uid").asText();
        if (current == null) {
            // As a real one: without a uid it is created anew, whatever version was named.
            return uid.isEmpty() ? Told.of(201, store(path, body, "ADDED")) : named(409, "Conflict", path);
        }
        boolean stands = Json.resourceVersion(body).equals(Json.resourceVersion(current))
                && (uid.isEmpty()
                        || uid.equals(current.path("metadata").path("uid").asText()));
        return stands ? Told.of(200, store(path, body, "MODIFIED")) : named(409, "Conflict", path);
    }

    private ObjectNode store(String path, ObjectNode object, String type) {
        ObjectNode metadata = Json.child(object, "metadata");
        ObjectNode before = objects.get(path);
        metadata.put(
                "uid",
                before == null
                        ? "uid-" + ++uids
                        : before.path("metadata").path("uid").asText());
        metadata.put("resourceVersion", Long.toString(++version));
        metadata.putArray("managedFields").addObject().put("manager", "baton");
        objects.put(path, object);
        tell(path, type, object);
        return object;
    }

    private void tell(String path, String type, ObjectNode object) {
        tell(path, type, object, watches);
    }

    private void tell(String path, String type, ObjectNode object, List<Watch> watches) {
        ObjectNode event = Json.object().put("type", type);
        event.set("object", object);
        if (mute) {
            return;
        }
        for (Watch watch : watches) {
            if (path.startsWith(watch.collection + "/") && isSelected(object, watch.uri)) {
                watch.lines.add(Json.text(event));
            }
        }
    }

    private static boolean isSelected(ObjectNode object, String uri) {
        return uri.contains("labelSelector=" + Settings.LABEL)
                ? Settings.isLabelled(object)
                : uri.contains("metadata.name%3D" + Json.name(object));
    }

    private synchronized Told list(String collection, String uri) {
        ObjectNode list = Json.object().put("kind", "LeaseList").put("apiVersion", "coordination.k8s.io/v1");
        list.putObject("metadata").put("resourceVersion", Long.toString(version));
        ArrayNode items = list.putArray("items");
        objects.forEach((path, object) -> {
            if (path.startsWith(collection + "/") && isSelected(object, uri)) {
                items.add(object);
            }
        });
        return Told.of(200, list);
    }

    /** With what has changed since the version from which it watches. */
    private synchronized void begin(Watch watch) {
        long from = Long.parseLong(watch.uri.replaceFirst(".*resourceVersion=", ""));
        objects.forEach((path, object) -> {
            if (Long.parseLong(Json.resourceVersion(object)) > from) {
                tell(path, "MODIFIED", object, List.of(watch));
            }
        });
        watches.add(watch);
    }

    private void watch(HttpExchange http, Asked asked) throws IOException {
        String collection = asked.uri().replaceFirst("\\?.*", "");
        Watch watch = new Watch(collection, asked.uri(), new LinkedBlockingQueue<>());
        http.getResponseHeaders().set("Content-Type", "application/json");
        http.sendResponseHeaders(200, 0);
        begin(watch);
        try (OutputStream out = http.getResponseBody()) {
            out.flush();
            for (String line = watch.lines.take(); !line.equals(END); line = watch.lines.take()) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            watches.remove(watch);
        }
    }

    @Override
    public void close() {
        endWatches();
        server.stop(0);
        threads.shutdownNow();
    }
}
