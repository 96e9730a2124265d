@NullMarked
package dev.baton.simulation.exhaustive;

import org.jspecify.annotations.NullMarked;
