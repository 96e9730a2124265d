package dev.baton.etcd;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A gRPC server on loopback that keeps each request as it came, and answers what the test says. */
final class FakeEtcd implements AutoCloseable {
    /** The head of a call. */
    record Head(String method, Metadata metadata) {}

    final List<Head> heads = new CopyOnWriteArrayList<>();
    final List<TxnRequest> transactions = new CopyOnWriteArrayList<>();
    final List<LeaseGrantRequest> grants = new CopyOnWriteArrayList<>();
    final List<LeaseKeepAliveRequest> keepAlives = new CopyOnWriteArrayList<>();
    final List<LeaseRevokeRequest> revokes = new CopyOnWriteArrayList<>();
    final List<WatchRequest> watches = new CopyOnWriteArrayList<>();
    final List<StreamObserver<WatchResponse>> watchers = new CopyOnWriteArrayList<>();
    /** What every call fails with; null for none. */
    volatile @Nullable Status fails;

    volatile TxnResponse answer = TxnResponse.getDefaultInstance();
    private final Server server;

    FakeEtcd() throws IOException {
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new Kv())
                .addService(new Leases())
                .addService(new Watches())
                .addService(new Maintenance())
                .intercept(new Heads())
                .build()
                .start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getPort();
    }

    /** The heads of the calls of this method. */
    List<Head> heads(String method) {
        return heads.stream()
                .filter(head -> head.method().endsWith("/" + method))
                .toList();
    }

    static ResponseHeader header() {
        return ResponseHeader.newBuilder().setRevision(42).setRaftTerm(7).build();
    }

    private <T> void tell(StreamObserver<T> to, T value) {
        Status status = fails;
        if (status != null) {
            to.onError(status.asRuntimeException());
        } else {
            to.onNext(value);
            to.onCompleted();
        }
    }

    private final class Heads implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            heads.add(new Head(call.getMethodDescriptor().getFullMethodName(), metadata));
            return next.startCall(call, metadata);
        }
    }

    private final class Kv extends KVGrpc.KVImplBase {
        @Override
        public void txn(TxnRequest request, StreamObserver<TxnResponse> to) {
            transactions.add(request);
            tell(to, answer);
        }
    }

    private final class Leases extends LeaseGrpc.LeaseImplBase {
        @Override
        public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> to) {
            grants.add(request);
            tell(
                    to,
                    LeaseGrantResponse.newBuilder()
                            .setHeader(header())
                            .setID(0xabc)
                            .setTTL(17)
                            .build());
        }

        @Override
        public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> to) {
            revokes.add(request);
            tell(to, LeaseRevokeResponse.newBuilder().setHeader(header()).build());
        }

        @Override
        public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> to) {
            return new Heard<>() {
                @Override
                public void onNext(LeaseKeepAliveRequest request) {
                    keepAlives.add(request);
                    tell(
                            to,
                            LeaseKeepAliveResponse.newBuilder()
                                    .setHeader(header())
                                    .setID(request.getID())
                                    .setTTL(request.getID() == 0xdead ? 0 : 16)
                                    .build());
                }
            };
        }
    }

    private final class Watches extends WatchGrpc.WatchImplBase {
        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> to) {
            watchers.add(to);
            return new Heard<>() {
                @Override
                public void onNext(WatchRequest request) {
                    watches.add(request);
                }
            };
        }
    }

    private final class Maintenance extends MaintenanceGrpc.MaintenanceImplBase {
        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> to) {
            tell(
                    to,
                    StatusResponse.newBuilder()
                            .setHeader(header())
                            .setVersion("3.6.6")
                            .build());
        }
    }

    private abstract static class Heard<T> implements StreamObserver<T> {
        @Override
        public void onError(Throwable thrown) {
            // The client has ended it.
        }

        @Override
        public void onCompleted() {
            // Likewise.
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
