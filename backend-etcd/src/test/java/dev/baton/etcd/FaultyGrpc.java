package dev.baton.etcd;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.HandlerRegistry;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gRPC proxy on loopback before one member, and what can happen above TCP: writes, reads or watches are refused,
 * requests are repeated or answered by something else, watches fall silent. One of these is in force at a time.
 */
final class FaultyGrpc implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FaultyGrpc.class);
    private static final String TRANSACTION = "etcdserverpb.KV/Txn";
    private static final String RANGE = "etcdserverpb.KV/Range";
    private static final String WATCH = "etcdserverpb.Watch/Watch";

    /** As etcd says it of a user who has no role for a key. */
    private static final Status DENIED = Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied");

    /** What gRPC makes of what a web server answers to a path that it does not know. */
    private static final Status NOT_FOUND =
            Status.UNIMPLEMENTED.withDescription("HTTP status code 404\ninvalid content-type: text/plain");

    /** As etcd answers whoever may not read what is to be watched. */
    private static final byte[] WATCH_DENIED = WatchResponse.newBuilder()
            .setWatchId(-1)
            .setCreated(true)
            .setCanceled(true)
            .setCancelReason("rpc error: code = PermissionDenied desc = etcdserver: permission denied")
            .build()
            .toByteArray();

    private enum Fault {
        NONE,
        REFUSES_WRITES,
        REFUSES_READS,
        REFUSES_WATCHES,
        MISROUTES,
        REPEATS,
        DEAF
    }

    private final ManagedChannel member;
    private final Server server;
    private final AtomicInteger transactions = new AtomicInteger();
    private final AtomicInteger watches = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;

    private FaultyGrpc(InetSocketAddress member) throws IOException {
        this.member = Grpc.newChannelBuilderForAddress(
                        member.getHostString(), member.getPort(), InsecureChannelCredentials.create())
                .build();
        this.server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .fallbackHandlerRegistry(new Everything())
                .build()
                .start();
    }

    static FaultyGrpc before(InetSocketAddress member) throws IOException {
        return new FaultyGrpc(member);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }

    /** Transactions that write are refused; others are carried out. */
    void refuse() {
        fault = Fault.REFUSES_WRITES;
    }

    /** Whatever would read is refused, transactions that compare and watches too. */
    void refuseReads() {
        fault = Fault.REFUSES_READS;
    }

    /** Watches that would be made are refused. */
    void refuseWatches() {
        fault = Fault.REFUSES_WATCHES;
    }

    /** Each call that begins is answered as by a server that is none of etcd's. */
    void misroute() {
        fault = Fault.MISROUTES;
    }

    /** Each request that is answered once is carried out twice, and the second answer told. */
    void repeat() {
        fault = Fault.REPEATS;
    }

    /** Watches are made, and tell of nothing. */
    void deafen() {
        fault = Fault.DEAF;
    }

    void heal() {
        fault = Fault.NONE;
    }

    /** How many transactions have come by. */
    int transactions() {
        return transactions.get();
    }

    /** How many watches were made by way of this. */
    int watches() {
        return watches.get();
    }

    @Override
    public void close() {
        server.shutdownNow();
        member.shutdownNow();
    }

    private final class Everything extends HandlerRegistry {
        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
            MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setFullMethodName(name)
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setRequestMarshaller(Bytes.ALL)
                    .setResponseMarshaller(Bytes.ALL)
                    .build();
            return ServerMethodDefinition.create(method, new Passing());
        }
    }

    /** Passes each call on as it is, message by message. */
    private final class Passing implements ServerCallHandler<byte[], byte[]> {
        @Override
        public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> from, Metadata headers) {
            if (fault == Fault.MISROUTES) {
                from.close(NOT_FOUND, new Metadata());
                return new ServerCall.Listener<>() {};
            }
            ClientCall<byte[], byte[]> to = member.newCall(from.getMethodDescriptor(), CallOptions.DEFAULT);
            Answers answers = new Answers(from, to);
            to.start(answers, headers);
            from.request(1);
            return new Requests(from, to, answers);
        }
    }

    /** What a client says. */
    private final class Requests extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> from;
        private final ClientCall<byte[], byte[]> to;
        private final Answers answers;
        private final String method;

        Requests(ServerCall<byte[], byte[]> from, ClientCall<byte[], byte[]> to, Answers answers) {
            this.from = from;
            this.to = to;
            this.answers = answers;
            this.method = from.getMethodDescriptor().getFullMethodName();
        }

        @Override
        public void onMessage(byte[] message) {
            boolean transaction = method.equals(TRANSACTION);
            if (transaction) {
                transactions.incrementAndGet();
            }
            if (isDenied(method, message)) {
                answers.refused = true;
                from.close(DENIED, new Metadata());
                to.cancel("refused", null);
                return;
            }
            if (isWatchDenied(method, message)) {
                answers.tell(WATCH_DENIED);
                from.request(1);
                return;
            }
            if (fault == Fault.REPEATS && transaction) {
                carryOut(message);
            }
            to.sendMessage(message);
            from.request(1);
        }

        /** Once more than it is asked for, whatever comes of it. */
        private void carryOut(byte[] message) {
            MethodDescriptor<byte[], byte[]> once = from.getMethodDescriptor().toBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .build();
            try {
                byte[] unused = ClientCalls.blockingUnaryCall(member, once, CallOptions.DEFAULT, message);
            } catch (StatusRuntimeException e) {
                log.debug("what is asked twice was refused the first time", e);
            }
        }

        @Override
        public void onHalfClose() {
            if (!answers.refused) {
                to.halfClose();
            }
        }

        @Override
        public void onCancel() {
            to.cancel("the client has cancelled it", null);
        }
    }

    /** Whether the member would not do it for a user who lacks the permission. */
    private boolean isDenied(String method, byte[] message) {
        return switch (fault) {
            case REFUSES_WRITES ->
                method.equals(TRANSACTION)
                        && steps(transaction(message))
                                .anyMatch(step -> step.getRequestCase() != RequestOp.RequestCase.REQUEST_RANGE);
            case REFUSES_READS -> method.equals(RANGE) || (method.equals(TRANSACTION) && reads(transaction(message)));
            default -> false;
        };
    }

    private static boolean reads(TxnRequest transaction) {
        return transaction.getCompareCount() > 0
                || steps(transaction).anyMatch(step -> step.getRequestCase() == RequestOp.RequestCase.REQUEST_RANGE);
    }

    private static Stream<RequestOp> steps(TxnRequest transaction) {
        return Stream.concat(transaction.getSuccessList().stream(), transaction.getFailureList().stream());
    }

    private static TxnRequest transaction(byte[] message) {
        try {
            return TxnRequest.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isWatchDenied(String method, byte[] message) {
        boolean refused = fault == Fault.REFUSES_WATCHES || fault == Fault.REFUSES_READS;
        try {
            return refused
                    && method.equals(WATCH)
                    && WatchRequest.parseFrom(message).hasCreateRequest();
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the member says. */
    private final class Answers extends ClientCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> from;
        private final ClientCall<byte[], byte[]> to;
        private final boolean watch;
        /** By this proxy, which has answered already. */
        private volatile boolean refused;

        private boolean begun;

        Answers(ServerCall<byte[], byte[]> from, ClientCall<byte[], byte[]> to) {
            this.from = from;
            this.to = to;
            this.watch = from.getMethodDescriptor().getFullMethodName().equals(WATCH);
        }

        @Override
        public void onHeaders(Metadata headers) {
            begin(headers);
            to.request(1);
        }

        private synchronized void begin(Metadata headers) {
            if (!begun) {
                begun = true;
                from.sendHeaders(headers);
            }
        }

        synchronized void tell(byte[] message) {
            begin(new Metadata());
            from.sendMessage(message);
        }

        @Override
        public void onMessage(byte[] message) {
            if (!watch || isToBeTold(message)) {
                tell(message);
            }
            to.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (!refused) {
                from.close(status, trailers);
            }
        }
    }

    private boolean isToBeTold(byte[] message) {
        try {
            WatchResponse said = WatchResponse.parseFrom(message);
            if (said.getCreated()) {
                watches.incrementAndGet();
            }
            return fault != Fault.DEAF || said.getCreated() || said.getCanceled();
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A message as it is. */
    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        ALL;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
