/** Carries the machine's effects out: timers, backend calls, callbacks, events. */
@NullMarked
package dev.baton.driver;

import org.jspecify.annotations.NullMarked;
