package dev.baton.cli;

/**
 * One promise, and what became of it.
 *
 * @param promise what was promised
 * @param measured what was seen
 * @param bound what it was held against
 * @param kept whether it was kept
 */
record Verdict(String promise, String measured, String bound, boolean kept) {}
