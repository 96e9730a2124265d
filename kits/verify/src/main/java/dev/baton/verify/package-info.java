/**
 * Judges elections by their logs: reads the events of candidates, from lines of JSON or flight recordings, and reports
 * broken promises, uncertain ones, and what happened, in plain words.
 */
@NullMarked
package dev.baton.verify;

import org.jspecify.annotations.NullMarked;
