/**
 * Judges elections by what they say happened: reads the events that candidates told, as lines of JSON or from flight
 * recordings, and answers with what was broken, what cannot be told, and what happened, in plain words.
 */
@NullMarked
package dev.baton.verify;

import org.jspecify.annotations.NullMarked;
