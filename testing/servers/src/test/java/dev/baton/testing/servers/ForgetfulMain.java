package dev.baton.testing.servers;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** Starts an ensemble of one member, prints its process id, and never closes it. */
final class ForgetfulMain {
    private ForgetfulMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.builder().start();
        System.out.println(ensemble.pid(0));
        new CountDownLatch(1).await();
    }
}
