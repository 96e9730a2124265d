package dev.baton.examples;

import dev.baton.LeaderElection;
import dev.baton.kubernetes.KubernetesBackend;

/** The program in README.md: of all the processes that run it against one cluster, one reconciles. */
public final class TwelveLines {
    private TwelveLines() {}

    // begin: README.md
    public static void main(String[] args) throws InterruptedException {
        var backend = KubernetesBackend.connect();
        LeaderElection.on(backend, "orders/reconciler")
                .onStartedLeading(term -> {
                    while (term.acceptsWork()) {
                        System.out.println("reconciling with token " + term.fencingToken());
                        Thread.sleep(1_000);
                    }
                })
                .start();
        Thread.currentThread().join();
    }
    // end: README.md
}
