@NullMarked
package dev.baton.campaign;

import org.jspecify.annotations.NullMarked;
