/** Tests of how stores are reached. */
@NullMarked
package dev.baton.cli.store;

import org.jspecify.annotations.NullMarked;
