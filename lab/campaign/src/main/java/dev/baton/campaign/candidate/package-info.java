/** What a candidate is told, and what it has to answer, whichever way it elects. */
@NullMarked
package dev.baton.campaign.candidate;

import org.jspecify.annotations.NullMarked;
