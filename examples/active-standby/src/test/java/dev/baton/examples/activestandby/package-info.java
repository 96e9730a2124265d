@NullMarked
package dev.baton.examples.activestandby;

import org.jspecify.annotations.NullMarked;
