package dev.baton.conformance;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP proxy on loopback, whose network can be made to fail while it runs.
 *
 * <p>One fault is in force at a time: each of {@link #pass}, {@link #blackHole()}, {@link #strand}, {@link #refuse},
 * {@link #cut} and {@link #delay} replaces the one before, and is in force when it returns. Each throws
 * {@link IllegalStateException} once the proxy is closed. What passes, passes in order and complete;
 * no fault loses a byte from the middle of a stream, as none in a TCP network does.
 *
 * <p>Safe for use by many threads. One daemon thread serves all connections, and ends with {@link #close}.
 */
public final class TcpProxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpProxy.class);

    /** One of the two ways of a connection. */
    public enum Direction {
        /** What clients send. */
        TO_TARGET,
        /** What the target answers. */
        TO_CLIENT
    }

    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int HOLD_ATTEMPTS = 2_000;
    private static final long HOLD_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Set<Direction> ALL = EnumSet.allOf(Direction.class);
    private static final Set<Direction> NONE = EnumSet.noneOf(Direction.class);

    private final InetSocketAddress address;
    private final Selector selector;
    private final Thread thread;
    private final Object lock = new Object();
    /** Guarded by {@link #lock}. */
    private final Queue<Command> commands = new ArrayDeque<>();
    /** Guarded by {@link #lock}. */
    private boolean closed;

    /** Written by the thread. */
    private volatile InetSocketAddress target;

    // What follows belongs to the thread.
    private final List<ProxyLink> links = new ArrayList<>();
    private final Set<ProxyLink> stranded = new HashSet<>();
    private NetworkChannel front;
    private Set<Direction> holes = NONE;
    private Predicate<InetSocketAddress> whose = client -> true;
    /** What {@link #whose} has answered. */
    private final Map<ProxyLink, Boolean> struck = new HashMap<>();

    private ProxyLink.Lag lag = () -> 0;

    private record Command(Change change, CompletableFuture<@Nullable Void> done) {}

    private interface Change {
        void apply() throws IOException;
    }

    private TcpProxy(InetSocketAddress bind, InetSocketAddress target) throws IOException {
        this.target = target;
        this.selector = Selector.open();
        try {
            ServerSocketChannel server = listenOn(bind);
            this.front = server;
            this.address = (InetSocketAddress) server.getLocalAddress();
        } catch (IOException e) {
            selector.close();
            throw e;
        }
        this.thread = new Thread(this::run, "tcp-proxy-" + address.getPort() + "-to-" + target.getPort());
        thread.setDaemon(true);
    }

    /** A proxy to {@code target}, on a free port of 127.0.0.1. */
    public static TcpProxy to(InetSocketAddress target) throws IOException {
        return between(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0), target);
    }

    /**
     * A proxy that listens on {@code bind} and connects to {@code target}.
     *
     * @throws IllegalArgumentException if {@code bind} is not a loopback address
     * @throws java.net.BindException if {@code bind} is taken
     */
    public static TcpProxy between(InetSocketAddress bind, InetSocketAddress target) throws IOException {
        if (bind.isUnresolved() || !bind.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(bind + " must be a loopback address: a test opens no port to the world");
        }
        TcpProxy proxy = new TcpProxy(bind, target);
        proxy.thread.start();
        return proxy;
    }

    /** The address for clients. */
    public InetSocketAddress address() {
        return address;
    }

    /** The address for clients, as {@code 127.0.0.1:port}. */
    public String connectString() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** Heals the network: everything passes at once, what was held back first. */
    public void pass() {
        inForce(() -> {
            heal();
            listen();
        });
    }

    /**
     * Takes all connections, old and new, and lets nothing pass either way: neither data nor the end of a connection.
     *
     * <p>As in a partitioned TCP network, neither peer gets an error, and what they sent meanwhile arrives once it heals.
     */
    public void blackHole() {
        blackHole(ALL, client -> true);
    }

    /** As {@link #blackHole()}, but only for what goes in {@code direction}; no client can open a connection through it. */
    public void blackHole(Direction direction) {
        blackHole(EnumSet.of(direction), client -> true);
    }

    /**
     * As {@link #blackHole(Direction)}, for what goes in any of {@code directions} on the connections of some clients; those
     * of others pass.
     *
     * @param clients picks them by the address of their end; asked once for each connection, by the thread that serves all
     *     of them, and so to be answered at once
     */
    public void blackHole(Set<Direction> directions, Predicate<InetSocketAddress> clients) {
        Set<Direction> closed = Set.copyOf(directions);
        inForce(() -> {
            heal();
            listen();
            holes = closed;
            whose = clients;
        });
    }

    /**
     * Lets nothing pass on the connections that are open, either way, without an error; new ones pass. So does a firewall
     * that has forgotten its connections, or a server whose address has moved to another machine.
     */
    public void strand() {
        inForce(() -> {
            heal();
            listen();
            stranded.addAll(links);
        });
    }

    /** Refuses new connections; those that are open pass. */
    public void refuse() {
        inForce(() -> {
            heal();
            stopListening();
        });
    }

    /** Resets every connection and refuses new ones. */
    public void cut() {
        inForce(() -> {
            heal();
            stopListening();
            links.forEach(ProxyLink::reset);
            links.clear();
        });
    }

    /** Resets every connection, and leads those that are opened from now on to {@code other}; heals the network. */
    public void redirect(InetSocketAddress other) {
        inForce(() -> {
            heal();
            listen();
            target = other;
            links.forEach(ProxyLink::reset);
            links.clear();
        });
    }

    /**
     * Delays what passes, both ways, without changing its order.
     *
     * @param mean of the delay of what arrives together
     * @param jitter the delay is spread evenly over mean ± jitter
     * @param seed of the spread
     * @throws IllegalArgumentException if mean − jitter is below zero
     */
    public void delay(Duration mean, Duration jitter, long seed) {
        if (jitter.isNegative() || mean.compareTo(jitter) < 0) {
            throw new IllegalArgumentException("delay " + mean + " ± " + jitter + " must not fall below zero");
        }
        long least = mean.minus(jitter).toNanos();
        long beyondMost = mean.plus(jitter).toNanos() + 1;
        SplittableRandom random = new SplittableRandom(seed);
        inForce(() -> {
            heal();
            listen();
            lag = () -> random.nextLong(least, beyondMost);
        });
    }

    /** Resets every connection and ends the thread; a second call does nothing. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        selector.wakeup();
        joinThread();
    }

    private void joinThread() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void inForce(Change change) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("the proxy to " + target + " is closed");
            }
            commands.add(new Command(change, done));
        }
        selector.wakeup();
        done.join();
    }

    private void run() {
        try {
            while (applyCommands()) {
                accept();
                turn();
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("proxy from {} to {} failed", address, target, e);
        } finally {
            shutDown();
        }
    }

    /** Moves what may be moved, and waits for the next thing to do. */
    private void turn() throws IOException {
        long now = System.nanoTime();
        long wait = Long.MAX_VALUE;
        for (Iterator<ProxyLink> each = links.iterator(); each.hasNext(); ) {
            ProxyLink link = each.next();
            wait = Math.min(wait, link.move(now, holesOf(link), lag));
            if (link.isOver()) {
                each.remove();
                struck.remove(link);
            }
        }
        selector.selectedKeys().clear();
        if (wait == Long.MAX_VALUE) {
            selector.select();
        } else {
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(wait)));
        }
    }

    private Set<Direction> holesOf(ProxyLink link) {
        if (stranded.contains(link)) {
            return ALL;
        }
        boolean all = holes.isEmpty() || struck.computeIfAbsent(link, one -> whose.test(one.clientAddress()));
        return all ? holes : NONE;
    }

    /** Answers whether to go on. */
    private boolean applyCommands() throws IOException {
        synchronized (lock) {
            for (Command command = commands.poll(); command != null; command = commands.poll()) {
                try {
                    command.change().apply();
                    // Closed channels let go of their sockets only when the selector has passed over them.
                    selector.selectNow();
                    command.done().complete(null);
                } catch (IOException | RuntimeException e) {
                    command.done().completeExceptionally(e);
                }
            }
            return !closed;
        }
    }

    private void accept() throws IOException {
        if (!(front instanceof ServerSocketChannel server)) {
            return;
        }
        for (SocketChannel client = server.accept(); client != null; client = server.accept()) {
            links.add(new ProxyLink(selector, client, target));
        }
    }

    private void heal() {
        holes = NONE;
        whose = client -> true;
        struck.clear();
        lag = () -> 0;
        stranded.clear();
    }

    private void listen() throws IOException {
        if (!(front instanceof ServerSocketChannel)) {
            front.close();
            front = listenOn(address);
        }
    }

    private void stopListening() throws IOException {
        if (front instanceof ServerSocketChannel) {
            front.close();
            selector.selectNow();
            front = holdPort();
        }
    }

    private ServerSocketChannel listenOn(InetSocketAddress bind) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(bind);
            server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /**
     * A socket that is bound but does not listen: connecting to it is refused, and nobody else can take the port. Until
     * a process that this JVM is just starting has closed what it inherited, it holds the socket that listened here.
     */
    private SocketChannel holdPort() throws IOException {
        SocketChannel holder = SocketChannel.open();
        try {
            holder.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            for (int attempt = 1; ; attempt++) {
                try {
                    return holder.bind(address);
                } catch (BindException e) {
                    if (attempt == HOLD_ATTEMPTS) {
                        throw e;
                    }
                    LockSupport.parkNanos(HOLD_PAUSE_NANOS);
                }
            }
        } catch (IOException e) {
            holder.close();
            throw e;
        }
    }

    private void shutDown() {
        links.forEach(ProxyLink::reset);
        links.clear();
        try {
            front.close();
            selector.close();
        } catch (IOException e) {
            LOG.warn("closing the proxy from {} to {}", address, target, e);
        }
        synchronized (lock) {
            closed = true;
            commands.forEach(command -> command.done()
                    .completeExceptionally(new IllegalStateException("the proxy to " + target + " is closed")));
            commands.clear();
        }
    }
}
