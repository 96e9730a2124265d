/** The command's access to stores: the kinds of stores, their addresses, and single requests without retries. */
@NullMarked
package dev.baton.cli.store;

import org.jspecify.annotations.NullMarked;
