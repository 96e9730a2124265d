package dev.baton.testing.servers;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** Starts the server that its argument names, prints its process id, and never closes it. */
final class ForgetfulMain {
    private ForgetfulMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        System.out.println(start(args[0]));
        new CountDownLatch(1).await();
    }

    private static long start(String server) throws IOException {
        return switch (server) {
            case "zookeeper" -> ZooKeeperEnsemble.builder().start().pid(0);
            case "etcd" -> EtcdCluster.builder().start().pid(0);
            case "kube-apiserver" -> KubeApiServer.shared().pid();
            default -> throw new IllegalArgumentException(server + " is none of the servers");
        };
    }
}
