/** Fleets on two stores. */
@NullMarked
package dev.baton.migration;

import org.jspecify.annotations.NullMarked;
