/**
 * Every history of a small world: two candidates, a handful of time units, and at each step everything that could happen
 * next. What runs is the production code; a world is reached by running its steps again from the start.
 */
@NullMarked
package dev.baton.simulation.exhaustive;

import org.jspecify.annotations.NullMarked;
