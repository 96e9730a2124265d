/** Types for Baton's own modules, not for users. They may change with any version. */
@NullMarked
package dev.baton.internal;

import org.jspecify.annotations.NullMarked;
