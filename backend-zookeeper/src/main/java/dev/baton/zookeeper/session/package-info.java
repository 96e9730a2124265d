/**
 * What the ZooKeeper backend decides, apart from the client library: when a session can still be counted on, and who is
 * first in line. No clock, no thread, no server. Public for the simulator, not for users.
 */
@NullMarked
package dev.baton.zookeeper.session;

import org.jspecify.annotations.NullMarked;
