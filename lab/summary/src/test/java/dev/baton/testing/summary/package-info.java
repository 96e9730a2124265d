@NullMarked
package dev.baton.testing.summary;

import org.jspecify.annotations.NullMarked;
