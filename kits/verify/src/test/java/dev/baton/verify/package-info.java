/** Tests of the checkers, each against a good log and against one in which its rule was broken on purpose. */
@NullMarked
package dev.baton.verify;

import org.jspecify.annotations.NullMarked;
