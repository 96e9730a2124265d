/** Rules for the text of every module's tests. */
@NullMarked
package dev.baton.sources;

import org.jspecify.annotations.NullMarked;
