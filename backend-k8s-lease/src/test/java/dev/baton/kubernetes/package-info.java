@NullMarked
package dev.baton.kubernetes;

import org.jspecify.annotations.NullMarked;
