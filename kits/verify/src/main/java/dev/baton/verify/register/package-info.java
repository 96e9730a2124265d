/**
 * Judges leaders' writes: checks a register by the operations that its callers recorded, with or without a fence that
 * compares tokens.
 */
@NullMarked
package dev.baton.verify.register;

import org.jspecify.annotations.NullMarked;
