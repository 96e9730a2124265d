/**
 * What others elect with, as contenders. Each is used as a careful user would: one that contends again where the peer does
 * not by itself, and stops its work before it gives up what it holds.
 */
@NullMarked
package dev.baton.campaign.peer;

import org.jspecify.annotations.NullMarked;
