/** Programs as a user would write them. */
@NullMarked
package dev.baton.examples;

import org.jspecify.annotations.NullMarked;
