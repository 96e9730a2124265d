package dev.baton.verify;

/**
 * A fault that a test or an operator caused at a candidate or the store; a picture shows it beside its effects.
 *
 * @param lane the name of a candidate's lane, or of a lane that the picture adds for the fault
 * @param from when it began, in nanoseconds on the line of the verdict's clocks
 * @param to when it was over
 * @param what the fault, in a word or two
 */
public record Disturbance(String lane, long from, long to, String what) {}
