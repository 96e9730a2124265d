@NullMarked
package dev.baton.campaign.peer;

import org.jspecify.annotations.NullMarked;
