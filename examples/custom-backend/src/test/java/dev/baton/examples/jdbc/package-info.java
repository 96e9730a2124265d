@NullMarked
package dev.baton.examples.jdbc;

import org.jspecify.annotations.NullMarked;
