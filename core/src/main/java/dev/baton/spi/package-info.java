/** The contract between an election and the store that decides it; its rules are numbered in {@code docs/spi-specification.md}. */
@NullMarked
package dev.baton.spi;

import org.jspecify.annotations.NullMarked;
