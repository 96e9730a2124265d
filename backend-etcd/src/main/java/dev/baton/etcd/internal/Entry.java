package dev.baton.etcd.internal;

/**
 * One key and what etcd keeps of it.
 *
 * @param created the revision at which the key came into being, for this time
 * @param modified the revision at which it was last written
 * @param lease the lease that it ends with; 0 for none
 */
public record Entry(String key, String value, long created, long modified, long lease) {}
