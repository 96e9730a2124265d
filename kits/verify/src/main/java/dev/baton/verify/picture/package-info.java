/** Timelines as pictures: lanes of bars and marks, drawn as SVG that is legible on light and on dark ground. */
@NullMarked
package dev.baton.verify.picture;

import org.jspecify.annotations.NullMarked;
