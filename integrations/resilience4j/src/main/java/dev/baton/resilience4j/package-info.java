/** Resilience4j around any backend: what standbys send is limited, what keeps a term alive is not. */
@NullMarked
package dev.baton.resilience4j;

import org.jspecify.annotations.NullMarked;
