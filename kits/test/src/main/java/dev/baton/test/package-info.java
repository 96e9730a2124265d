/** For tests of services that lead: a backend and a clock that the test controls. */
@NullMarked
package dev.baton.test;

import org.jspecify.annotations.NullMarked;
