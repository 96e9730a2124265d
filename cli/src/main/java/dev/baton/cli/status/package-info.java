/**
 * {@code baton status}. A {@code StatusReader}, one for each kind of store, looks at elections and answers with a
 * {@code Status}, which says the same of all stores. {@code StatusText} shows it as tables, {@code StatusTree} as JSON and
 * YAML, and {@code StatusChanges} what is new since the look before.
 */
@NullMarked
package dev.baton.cli.status;

import org.jspecify.annotations.NullMarked;
