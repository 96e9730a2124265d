package dev.baton.conformance;

import dev.baton.conformance.TcpProxy.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection through a {@link TcpProxy}: the client's half, the target's, and what is on its way between them. */
final class ProxyLink {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyLink.class);
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int HELD_CHUNKS = 64;

    /** How long, in nanoseconds, what just arrived takes to pass. */
    interface Lag {
        long nanos();
    }

    private final InetSocketAddress targetAddress;
    private final InetSocketAddress clientAddress;
    private final SocketChannel client;
    private final SocketChannel target;
    private final SelectionKey clientKey;
    private final SelectionKey targetKey;
    private final Pipe toTarget;
    private final Pipe toClient;
    private boolean connecting;

    ProxyLink(Selector selector, SocketChannel client, InetSocketAddress targetAddress) throws IOException {
        this.targetAddress = targetAddress;
        this.client = client;
        this.clientAddress = (InetSocketAddress) client.getRemoteAddress();
        this.target = SocketChannel.open();
        this.clientKey = register(client, selector);
        this.targetKey = register(target, selector);
        this.toTarget = new Pipe(client, target);
        this.toClient = new Pipe(target, client);
    }

    private static SelectionKey register(SocketChannel channel, Selector selector) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel.register(selector, 0);
    }

    /** Moves what may pass now, and returns in how many nanoseconds more may pass without a word from the selector. */
    long move(long now, Set<Direction> holes, Lag lag) {
        try {
            if (!target.isConnected() && !connect(holes)) {
                return Long.MAX_VALUE;
            }
            boolean upOpen = !holes.contains(Direction.TO_TARGET);
            boolean downOpen = !holes.contains(Direction.TO_CLIENT);
            long wait = Math.min(toTarget.move(now, upOpen, lag), toClient.move(now, downOpen, lag));
            if (toTarget.ended && toClient.ended) {
                client.close();
                target.close();
                return Long.MAX_VALUE;
            }
            clientKey.interestOps(toTarget.readOps(upOpen) | toClient.writeOps());
            targetKey.interestOps(toClient.readOps(downOpen) | toTarget.writeOps());
            return wait;
        } catch (IOException e) {
            LOG.debug("resetting the link from {} to {}", client, targetAddress, e);
            reset();
            return Long.MAX_VALUE;
        }
    }

    /** A handshake needs both ways; answers whether it is done. */
    private boolean connect(Set<Direction> holes) throws IOException {
        if (!holes.isEmpty()) {
            targetKey.interestOps(0);
            return false;
        }
        boolean connected = connecting ? target.finishConnect() : target.connect(targetAddress);
        connecting = !connected;
        targetKey.interestOps(connected ? 0 : SelectionKey.OP_CONNECT);
        return connected;
    }

    /** The client's end, which it keeps when it is over. */
    InetSocketAddress clientAddress() {
        return clientAddress;
    }

    boolean isOver() {
        return !client.isOpen();
    }

    /** Ends both halves with a reset. */
    void reset() {
        abort(client);
        abort(target);
    }

    private static void abort(SocketChannel channel) {
        try {
            if (channel.isOpen()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            channel.close();
        } catch (IOException e) {
            LOG.debug("aborting {}", channel, e);
        }
    }

    /** A stretch of the stream, or with no bytes its end, and when it is due at the other side. */
    private record Chunk(ByteBuffer bytes, boolean last, long due) {}

    /** One way of the link. */
    private static final class Pipe {
        private final SocketChannel from;
        private final SocketChannel to;
        private final Deque<Chunk> held = new ArrayDeque<>();
        private final ByteBuffer arrived = ByteBuffer.allocate(CHUNK_BYTES);
        private boolean allRead;
        private boolean full;
        private boolean ended;

        Pipe(SocketChannel from, SocketChannel to) {
            this.from = from;
            this.to = to;
        }

        long move(long now, boolean open, Lag lag) throws IOException {
            if (!open) {
                full = false;
                return Long.MAX_VALUE;
            }
            read(now, lag);
            return write(now);
        }

        private void read(long now, Lag lag) throws IOException {
            while (!allRead && held.size() < HELD_CHUNKS) {
                int count = from.read(arrived.clear());
                if (count == 0) {
                    return;
                }
                allRead = count < 0;
                held.addLast(new Chunk(copy(arrived.flip()), allRead, dueAfterOthers(now + lag.nanos())));
            }
        }

        private static ByteBuffer copy(ByteBuffer bytes) {
            return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        }

        private long dueAfterOthers(long due) {
            return held.isEmpty() || held.getLast().due() - due < 0
                    ? due
                    : held.getLast().due();
        }

        private long write(long now) throws IOException {
            full = false;
            while (!held.isEmpty()) {
                Chunk next = held.getFirst();
                if (next.due() - now > 0) {
                    return next.due() - now;
                }
                to.write(next.bytes());
                if (next.bytes().hasRemaining()) {
                    full = true;
                    return Long.MAX_VALUE;
                }
                held.removeFirst();
                if (next.last()) {
                    to.shutdownOutput();
                    ended = true;
                }
            }
            return Long.MAX_VALUE;
        }

        int readOps(boolean open) {
            return open && !allRead && held.size() < HELD_CHUNKS ? SelectionKey.OP_READ : 0;
        }

        int writeOps() {
            return full ? SelectionKey.OP_WRITE : 0;
        }
    }
}
