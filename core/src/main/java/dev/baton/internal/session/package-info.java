/**
 * What backends share whose terms live on a session with the store: where their decisions run, how they answer, and whom
 * they tell. A {@linkplain dev.baton.register register} needs none of it.
 */
@NullMarked
package dev.baton.internal.session;

import org.jspecify.annotations.NullMarked;
