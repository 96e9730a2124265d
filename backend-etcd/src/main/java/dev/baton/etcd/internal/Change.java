package dev.baton.etcd.internal;

import org.jspecify.annotations.Nullable;

/**
 * What a watch tells of one key.
 *
 * @param revision at which it changed
 * @param entry what there is now, or null when the key was deleted
 */
public record Change(String key, long revision, @Nullable Entry entry) {}
