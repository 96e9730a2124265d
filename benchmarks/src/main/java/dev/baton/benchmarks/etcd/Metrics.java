package dev.baton.benchmarks.etcd;

import dev.baton.testing.servers.EtcdCluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * etcd's own counts of what it was asked.
 *
 * @param requests that clients have sent to all members: single ones, and renewals of leases, which go over streams
 * @param proposals that the cluster has committed: writes, and leases granted and revoked
 */
record Metrics(double requests, double proposals) {
    static Metrics read(EtcdCluster cluster) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        double requests = 0;
        double proposals = 0;
        for (int member = 0; member < cluster.members(); member++) {
            String all = http.send(
                            HttpRequest.newBuilder(URI.create(cluster.endpoint(member) + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            // What goes over streams is counted several times there, but every renewal once by whoever keeps the
            // leases.
            requests += sum(all, "grpc_server_started_total{", "grpc_type=\"unary\"");
            requests += sum(all, "etcd_debugging_lease_renewed_total ", "");
            // Every member counts the same ones.
            proposals = Math.max(proposals, sum(all, "etcd_server_proposals_committed_total ", ""));
        }
        return new Metrics(requests, proposals);
    }

    Metrics since(Metrics earlier) {
        return new Metrics(requests - earlier.requests, proposals - earlier.proposals);
    }

    private static double sum(String all, String start, String within) {
        return all.lines()
                .filter(line -> line.startsWith(start) && line.contains(within))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
