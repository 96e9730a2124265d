/**
 * The rules of the SPI as tests: a backend is proved by extending {@link dev.baton.conformance.LockBackendConformance}
 * and saying, with a {@link dev.baton.conformance.BackendHarness}, how to open it and what may be done to its store.
 */
@NullMarked
package dev.baton.conformance;

import org.jspecify.annotations.NullMarked;
