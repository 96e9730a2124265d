package dev.baton.campaign;

import java.time.Duration;

/**
 * One act of a campaign, as the seed has it; what it meets with depends on the servers.
 *
 * @param fault to make
 * @param leader whether the leader is struck, whoever that is then
 * @param victim who is struck otherwise, by number
 * @param lasting how long the fault lasts, if it does
 * @param quiet how long the leader is left alone before
 */
record Draw(Fault fault, boolean leader, int victim, Duration lasting, Duration quiet) {}
