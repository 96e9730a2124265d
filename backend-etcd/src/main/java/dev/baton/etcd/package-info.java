/** Elections on etcd: keys on one lease a session, in the order of their creation. */
@NullMarked
package dev.baton.etcd;

import org.jspecify.annotations.NullMarked;
