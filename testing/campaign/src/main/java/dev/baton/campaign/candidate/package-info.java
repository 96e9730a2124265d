/** A candidate that elects in one way or another, in a process of its own, and tells what it believes and what it does. */
@NullMarked
package dev.baton.campaign.candidate;

import org.jspecify.annotations.NullMarked;
