package dev.baton.etcd.internal;

/**
 * One key as etcd stores it.
 *
 * @param created the revision at which the key was created (again)
 * @param modified the revision at which the key was last written
 * @param lease the lease with which the key ends; 0 for none
 */
public record Entry(String key, String value, long created, long modified, long lease) {}
