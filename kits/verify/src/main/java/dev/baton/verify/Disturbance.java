package dev.baton.verify;

/**
 * What was done to a candidate, or to the store, while they were watched: to be drawn beside what came of it.
 *
 * @param lane whose: the name of a candidate's lane, or of one that the picture gets for it
 * @param from when it began, in nanoseconds on the line of the verdict's clocks
 * @param to when it was over
 * @param what in a word or two
 */
public record Disturbance(String lane, long from, long to, String what) {}
