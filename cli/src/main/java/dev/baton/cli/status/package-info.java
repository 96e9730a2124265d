/**
 * {@code baton status}. A {@code StatusReader}, one for each kind of store, reads elections and returns a {@code
 * Status}, which is the same for all stores. {@code StatusText} shows it as tables, {@code StatusTree} as JSON and
 * YAML, and {@code StatusChanges} shows the changes since the read before.
 */
@NullMarked
package dev.baton.cli.status;

import org.jspecify.annotations.NullMarked;
