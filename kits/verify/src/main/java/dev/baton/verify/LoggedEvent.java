package dev.baton.verify;

import dev.baton.event.ElectionEvent;

/**
 * One event, and its place in a log.
 *
 * @param event the event
 * @param origin its place
 */
public record LoggedEvent(ElectionEvent event, Origin origin) {}
