/** A ZooKeeper ensemble, and ZooKeeper's client library, in virtual time: what the ZooKeeper backend runs upon. */
@NullMarked
package dev.baton.simulation.zookeeper;

import org.jspecify.annotations.NullMarked;
