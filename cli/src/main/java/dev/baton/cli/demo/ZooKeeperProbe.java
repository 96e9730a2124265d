package dev.baton.cli.demo;

import dev.baton.cli.store.ZooKeeperAccess;
import java.io.IOException;
import java.time.Duration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** Writes to a node below the base path, and deletes all nodes there at the end. */
final class ZooKeeperProbe implements Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ZooKeeper client;
    private final String basePath;

    private ZooKeeperProbe(ZooKeeper client, String basePath) {
        this.client = client;
        this.basePath = basePath;
    }

    /** @throws IOException when ZooKeeper does not answer */
    static ZooKeeperProbe connect(String endpoints, String basePath) throws IOException, InterruptedException {
        ZooKeeper client =
                ZooKeeperAccess.connect(endpoints, PATIENCE, "leave --endpoints out to use an embedded server");
        ZooKeeperProbe probe = new ZooKeeperProbe(client, basePath);
        probe.prepare(endpoints);
        return probe;
    }

    private void prepare(String endpoints) throws IOException, InterruptedException {
        try {
            String withoutChroot = ZooKeeperAccess.withoutChroot(client, endpoints);
            if (withoutChroot != null) {
                client.close();
                throw new IOException(withoutChroot);
            }
            for (String path : new String[] {basePath, node()}) {
                client.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
        } catch (KeeperException e) {
            client.close();
            throw new IOException("ZooKeeper did not let the demo create " + basePath + " (" + e.code() + ")", e);
        }
    }

    private String node() {
        return basePath + "/round-trips";
    }

    @Override
    public void write() throws IOException, InterruptedException {
        try {
            client.setData(node(), new byte[0], -1);
        } catch (KeeperException e) {
            throw new IOException(e.toString(), e);
        }
    }

    @Override
    public void cleanUp() throws IOException, InterruptedException {
        try {
            ZKUtil.deleteRecursive(client, basePath);
            client.close();
        } catch (KeeperException e) {
            throw new IOException("could not delete " + basePath + ": " + e, e);
        }
    }
}
