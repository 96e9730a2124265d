/** Tests of the register's checker. */
@NullMarked
package dev.baton.verify.register;

import org.jspecify.annotations.NullMarked;
