/** What happened in an election, as data: logged, recorded, checked. */
@NullMarked
package dev.baton.event;

import org.jspecify.annotations.NullMarked;
