/**
 * The threads of one process under a scheduler that decides every interleaving: the production code of the shell, rewritten
 * as it is loaded so that whatever it waits for, locks, or reads is a decision of the scheduler's, in virtual time.
 */
@NullMarked
package dev.baton.simulation.threads;

import org.jspecify.annotations.NullMarked;
