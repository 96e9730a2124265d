/** A candidate in a process of its own, which tells what it believes and what it does. */
@NullMarked
package dev.baton.campaign.process;

import org.jspecify.annotations.NullMarked;
