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
 * @param messages that clients have sent to all members: requests, and what goes over streams
 * @param proposals that the cluster has committed: writes, and leases granted and revoked
 */
record Metrics(double messages, double proposals) {
    static Metrics read(EtcdCluster cluster) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        double messages = 0;
        double proposals = 0;
        for (int member = 0; member < cluster.members(); member++) {
            String all = http.send(
                            HttpRequest.newBuilder(URI.create(cluster.endpoint(member) + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            messages += sum(all, "grpc_server_msg_received_total{");
            // Every member counts the same ones.
            proposals = Math.max(proposals, sum(all, "etcd_server_proposals_committed_total "));
        }
        return new Metrics(messages, proposals);
    }

    Metrics since(Metrics earlier) {
        return new Metrics(messages - earlier.messages, proposals - earlier.proposals);
    }

    private static double sum(String all, String start) {
        return all.lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
