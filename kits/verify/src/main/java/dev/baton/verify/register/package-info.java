/**
 * Judges what leaders wrote: a register whose operations were recorded by those who called it, with or without a fence that
 * compares tokens.
 */
@NullMarked
package dev.baton.verify.register;

import org.jspecify.annotations.NullMarked;
