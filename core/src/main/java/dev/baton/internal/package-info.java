/** What Baton's own modules share and users have no use for. It may change with any version. */
@NullMarked
package dev.baton.internal;

import org.jspecify.annotations.NullMarked;
