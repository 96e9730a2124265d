/**
 * The common parts of backends whose terms live on a session with the store: the executor of their decisions, their
 * answers, and their observers. A {@linkplain dev.baton.register register} uses none of them.
 */
@NullMarked
package dev.baton.internal.session;

import org.jspecify.annotations.NullMarked;
