package dev.baton.campaign;

import java.time.Duration;

/**
 * What came of one fault, by what the candidates claimed.
 *
 * @param struck the fault
 * @param changed whether somebody else leads after it
 * @param leaderless the longest time in which nobody led that began while it lasted
 * @param afterHealing how long nobody led after it was healed
 */
record Effect(Struck struck, boolean changed, Duration leaderless, Duration afterHealing) {}
