/**
 * What the etcd backend decides, apart from the client library: how long a lease can be counted on, and who is first in
 * line; and the seam below which there are servers. No clock, no thread. Public for the simulator, not for users.
 */
@NullMarked
package dev.baton.etcd.internal;

import org.jspecify.annotations.NullMarked;
