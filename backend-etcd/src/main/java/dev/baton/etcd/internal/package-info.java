/**
 * The decisions of the etcd backend, apart from the client library: how long a lease is certain to live, and which
 * candidate is first in line; and the interfaces to the servers. No clock, no thread. Public for the simulator, not for
 * users.
 */
@NullMarked
package dev.baton.etcd.internal;

import org.jspecify.annotations.NullMarked;
