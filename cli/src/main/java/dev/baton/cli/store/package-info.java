/** How the command reaches stores: which kinds there are, where they are, and single requests that are not repeated. */
@NullMarked
package dev.baton.cli.store;

import org.jspecify.annotations.NullMarked;
