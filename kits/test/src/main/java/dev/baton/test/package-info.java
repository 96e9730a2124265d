/** What the test of a service that leads needs: a backend in its hands, and time. */
@NullMarked
package dev.baton.test;

import org.jspecify.annotations.NullMarked;
