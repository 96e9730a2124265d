/** Tests of the pictures. */
@NullMarked
package dev.baton.verify.picture;

import org.jspecify.annotations.NullMarked;
