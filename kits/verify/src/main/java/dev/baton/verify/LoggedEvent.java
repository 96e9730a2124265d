package dev.baton.verify;

import dev.baton.event.ElectionEvent;

/**
 * One event, and where it was read.
 *
 * @param event what a candidate said
 * @param origin where it stands
 */
public record LoggedEvent(ElectionEvent event, Origin origin) {}
