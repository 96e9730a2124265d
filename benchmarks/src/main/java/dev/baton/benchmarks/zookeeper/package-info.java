/** What is measured on ZooKeeper. */
@NullMarked
package dev.baton.benchmarks.zookeeper;

import org.jspecify.annotations.NullMarked;
