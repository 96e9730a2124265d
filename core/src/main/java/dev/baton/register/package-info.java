/** Turns any compare-and-set register into a {@link dev.baton.spi.LockBackend} by client-go's algorithm. */
@NullMarked
package dev.baton.register;

import org.jspecify.annotations.NullMarked;
