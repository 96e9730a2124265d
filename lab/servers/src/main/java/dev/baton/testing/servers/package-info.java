/** Real servers for tests, on loopback, and the faults to put them through; for Linux, since they use its signals and 127/8. */
@NullMarked
package dev.baton.testing.servers;

import org.jspecify.annotations.NullMarked;
