@NullMarked
package dev.baton.simulation;

import org.jspecify.annotations.NullMarked;
