/** A process whose threads are simulated: candidates, the code of others that they call, and what has to hold of them. */
@NullMarked
package dev.baton.simulation.threads.process;

import org.jspecify.annotations.NullMarked;
