package dev.baton.conformance;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds threads of a client library, or of the runtime, that the backend's code blocks, by sampling all stacks. A
 * thread that the backend's own code started may block.
 */
final class BlockedThreads {
    /** A thread seen this often in a row in the same call did not merely pass through it. */
    private static final int LOOKS = 4;

    private static final Set<String> RUNNING_BUT_WAITING = Set.of(
            "park", "poll", "epollWait", "wait", "kevent", "socketRead0", "read0", "socketAccept", "accept0", "sleep");

    private final Set<String> packages;
    private final Duration shortest;
    private final Map<Long, Seen> seen = new HashMap<>();
    private final Map<String, String> found = new TreeMap<>();

    private record Seen(String where, long since, int looks) {}

    /**
     * @param shortest the shortest wait that counts: longer than a wait for a lock whose owner a busy machine does not
     *     run
     */
    BlockedThreads(Set<String> packages, Duration shortest) {
        this.packages = packages;
        this.shortest = shortest;
    }

    /** The threads found, each with the place where it waited. */
    Map<String, String> found() {
        return found;
    }

    void look() {
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            Optional<String> where = thread == Thread.currentThread() ? Optional.empty() : waitsIn(thread, stack);
            if (where.isEmpty()) {
                seen.remove(thread.getId());
                return;
            }
            long now = System.nanoTime();
            Seen before = seen.get(thread.getId());
            Seen again = before != null && before.where.equals(where.get())
                    ? new Seen(before.where, before.since, before.looks + 1)
                    : new Seen(where.get(), now, 1);
            seen.put(thread.getId(), again);
            if (again.looks >= LOOKS && now - again.since >= shortest.toNanos()) {
                found.put(thread.getName(), again.where);
            }
        });
    }

    private Optional<String> waitsIn(Thread thread, StackTraceElement[] stack) {
        if (stack.length == 0 || !isWaiting(thread.getState(), stack[0])) {
            return Optional.empty();
        }
        Optional<StackTraceElement> backends =
                Arrays.stream(stack).filter(this::isBackends).findFirst();
        Optional<StackTraceElement> outermost =
                Arrays.stream(stack).filter(frame -> !isOfTheJdk(frame)).reduce((inner, outer) -> outer);
        boolean begunByOthers = outermost.isPresent() && !isBackends(outermost.get()) && !isATest(outermost.get());
        return begunByOthers ? backends.map(frame -> "waits in " + stack[0] + " below " + frame) : Optional.empty();
    }

    private static boolean isWaiting(Thread.State state, StackTraceElement innermost) {
        return switch (state) {
            case WAITING, TIMED_WAITING, BLOCKED -> true;
            case RUNNABLE -> innermost.isNativeMethod() && RUNNING_BUT_WAITING.contains(innermost.getMethodName());
            default -> false;
        };
    }

    private boolean isBackends(StackTraceElement frame) {
        String name = frame.getClassName();
        int end = name.lastIndexOf('.');
        return end > 0 && packages.contains(name.substring(0, end));
    }

    private static boolean isOfTheJdk(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("sun.");
    }

    private static boolean isATest(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.startsWith("org.junit.")
                || name.startsWith("org.apache.maven.")
                || name.startsWith("com.intellij.")
                || name.startsWith("org.eclipse.");
    }
}
