/** An etcd cluster, and channels to its members, in virtual time: what the etcd backend runs upon. */
@NullMarked
package dev.baton.simulation.etcd;

import org.jspecify.annotations.NullMarked;
