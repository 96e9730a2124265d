package dev.baton.zookeeper;

import java.time.Duration;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFrameworkFactory;

/** The settings of one {@link ZooKeeperBackend}. */
record Settings(
        String connectString,
        String basePath,
        Duration tickTime,
        int epoch,
        Duration connectionTimeout,
        Consumer<CuratorFrameworkFactory.Builder> curator) {}
