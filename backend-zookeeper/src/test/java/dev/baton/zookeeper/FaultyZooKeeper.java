package dev.baton.zookeeper;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A proxy of ZooKeeper's protocol on loopback before one server, and what can happen above TCP: writes or reads are refused, watches
 * fall silent. One of these is in force at a time.
 */
final class FaultyZooKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FaultyZooKeeper.class);

    private static final Set<Integer> WRITES = Set.of(
            OpCode.create,
            OpCode.create2,
            OpCode.createContainer,
            OpCode.createTTL,
            OpCode.delete,
            OpCode.setData,
            OpCode.multi);

    /** What takes the permission to read; whether there is a node, anybody may ask. */
    private static final Set<Integer> READS =
            Set.of(OpCode.getData, OpCode.getChildren, OpCode.getChildren2, OpCode.addWatch);

    /** Of what a watch tells, which answers nothing. */
    private static final int WATCH_EVENT = -1;

    private enum Fault {
        NONE,
        REFUSES_WRITES,
        REFUSES_READS,
        DEAF
    }

    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger sessions = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;

    private FaultyZooKeeper(InetSocketAddress server) throws IOException {
        this.server = server;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    static FaultyZooKeeper before(InetSocketAddress server) throws IOException {
        return new FaultyZooKeeper(server);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Whatever would write is answered as where the permission to was taken. */
    void refuse() {
        fault = Fault.REFUSES_WRITES;
    }

    /** Whatever would read is answered as where the permission to was taken; so no new watch is left. */
    void refuseReads() {
        fault = Fault.REFUSES_READS;
    }

    /** What watches tell is lost. */
    void deafen() {
        fault = Fault.DEAF;
    }

    void heal() {
        fault = Fault.NONE;
    }

    /** How often a client has connected by way of this and had its session. */
    int sessions() {
        return sessions.get();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            log.debug("a proxy was not closed in good order", e);
        }
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket to = new Socket(server.getAddress(), server.getPort());
            sockets.add(client);
            sockets.add(to);
            Connection connection = new Connection(client, to);
            start("requests", connection::requests);
            start("answers", connection::answers);
        }
    }

    /** One client's connection; where one way ends, so does the other. A frame is its length and what is in it; the first one each way opens the session. */
    private final class Connection {
        private final Socket client;
        private final Socket to;
        /** Requests that were refused, whose answers are still to come. */
        private final Set<Integer> refused = ConcurrentHashMap.newKeySet();

        Connection(Socket client, Socket to) {
            this.client = client;
            this.to = to;
        }

        private void requests() throws IOException {
            DataInputStream in = new DataInputStream(client.getInputStream());
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(to.getOutputStream()))) {
                write(out, read(in));
                while (true) {
                    ByteBuffer frame = read(in);
                    write(out, isRefused(frame.getInt(Integer.BYTES)) ? harmless(frame.getInt(0)) : frame);
                }
            }
        }

        /** A question in the place of what is refused: it is answered in turn, and the answer is made into a refusal. */
        private ByteBuffer harmless(int number) {
            refused.add(number);
            byte[] root = "/".getBytes(StandardCharsets.US_ASCII);
            return ByteBuffer.allocate(3 * Integer.BYTES + root.length + 1)
                    .putInt(number)
                    .putInt(OpCode.exists)
                    .putInt(root.length)
                    .put(root)
                    .put((byte) 0)
                    .flip();
        }

        private void answers() throws IOException {
            DataInputStream in = new DataInputStream(to.getInputStream());
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream()))) {
                write(out, read(in));
                sessions.incrementAndGet();
                while (true) {
                    ByteBuffer frame = read(in);
                    int number = frame.getInt(0);
                    if (refused.remove(number)) {
                        write(out, refusal(frame));
                    } else if (number != WATCH_EVENT || fault != Fault.DEAF) {
                        write(out, frame);
                    }
                }
            }
        }

        /** The number, the store's last change, and why not. */
        private ByteBuffer refusal(ByteBuffer answer) {
            return ByteBuffer.allocate(2 * Integer.BYTES + Long.BYTES)
                    .putInt(answer.getInt(0))
                    .putLong(answer.getLong(Integer.BYTES))
                    .putInt(Code.NOAUTH.intValue())
                    .flip();
        }
    }

    private boolean isRefused(int request) {
        return switch (fault) {
            case REFUSES_WRITES -> WRITES.contains(request);
            case REFUSES_READS -> READS.contains(request);
            default -> false;
        };
    }

    private static ByteBuffer read(DataInputStream in) throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return ByteBuffer.wrap(frame);
    }

    private static void write(DataOutputStream out, ByteBuffer frame) throws IOException {
        out.writeInt(frame.remaining());
        byte[] content = new byte[frame.remaining()];
        frame.duplicate().get(content);
        out.write(content);
        out.flush();
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (EOFException | SocketException e) {
                        log.debug("{} have ended", name, e);
                    } catch (IOException e) {
                        log.warn("{} broke off", name, e);
                    }
                },
                "faulty-zookeeper-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException;
    }
}
