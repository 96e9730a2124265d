@NullMarked
package dev.baton.resilience4j;

import org.jspecify.annotations.NullMarked;
