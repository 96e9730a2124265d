package dev.baton.etcd.internal;

import org.jspecify.annotations.Nullable;

/**
 * A change of one key, as a watch reports it.
 *
 * @param revision at which the key changed
 * @param entry the key's new state, or null if the key was deleted
 */
public record Change(String key, long revision, @Nullable Entry entry) {}
