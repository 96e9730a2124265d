package dev.baton.campaign;

import java.time.Duration;
import java.util.Optional;

/**
 * One act of a campaign, as the seed has it; what it meets with depends on the servers.
 *
 * @param fault to make
 * @param beside what else is made at the same time, of the store or its record, if anything
 * @param leader whether the leader is struck, whoever that is then
 * @param victim who is struck otherwise, by number
 * @param lasting how long the faults last, if they do
 * @param quiet how long the leader is left alone before
 */
record Draw(Fault fault, Optional<Fault> beside, boolean leader, int victim, Duration lasting, Duration quiet) {}
