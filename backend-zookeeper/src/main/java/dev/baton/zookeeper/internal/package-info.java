/**
 * The decisions of the ZooKeeper backend, apart from the client library: how long a session is certain to live, and which
 * candidate is first in line; and the interfaces to the servers. No clock, no thread. Public for the simulator, not for
 * users.
 */
@NullMarked
package dev.baton.zookeeper.internal;

import org.jspecify.annotations.NullMarked;
