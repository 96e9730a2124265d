/**
 * What the ZooKeeper backend decides, apart from the client library: when a session can still be counted on, and who is
 * first in line; and the seam below which there are servers. No clock, no thread. Public for the simulator, not for users.
 */
@NullMarked
package dev.baton.zookeeper.internal;

import org.jspecify.annotations.NullMarked;
