/**
 * The rules of the SPI as tests: to prove a backend, extend {@link dev.baton.conformance.LockBackendConformance} and
 * write a {@link dev.baton.conformance.BackendHarness}, which opens the backend and injects faults into its store.
 */
@NullMarked
package dev.baton.conformance;

import org.jspecify.annotations.NullMarked;
