/** Elections on ZooKeeper: ephemeral sequential nodes in line, and one heartbeat a session. */
@NullMarked
package dev.baton.zookeeper;

import org.jspecify.annotations.NullMarked;
