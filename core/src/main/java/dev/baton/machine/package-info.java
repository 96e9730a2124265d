/** The election's decisions: pure, sans-IO, (state, event, now) to (state, effects). */
@NullMarked
package dev.baton.machine;

import org.jspecify.annotations.NullMarked;
