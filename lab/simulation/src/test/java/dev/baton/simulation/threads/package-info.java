/** Tests of the simulated threads. */
@NullMarked
package dev.baton.simulation.threads;

import org.jspecify.annotations.NullMarked;
