/**
 * {@code baton demo}: an election of real processes, as a play in four scenes. Its words, each for one thing:
 *
 * <dl>
 *   <dt>plan
 *   <dd>What the demo is asked for: the timing, the venue, and how many candidates.
 *   <dt>venue, stage
 *   <dd>The kind of store that decides the election, with how soon it says that a leader is gone; and that store once it
 *       is ready.
 *   <dt>backstage
 *   <dd>What a venue needs to set up its store: a directory, the guardian, the leftovers, the journal.
 *   <dt>cast, actor, part
 *   <dd>All candidate processes; the demo's hold on one of them, by which it sends commands and signals; and the
 *       command-line arguments of one. {@code Candidate} is the program that such a process runs.
 *   <dt>job, ledger
 *   <dd>The work of a leader, which is to write; and what it writes to, which compares fencing tokens.
 *   <dt>fact, journal
 *   <dd>One thing that happened, as a candidate, the ledger or the demo saw it; and all of them.
 *   <dt>scene, act
 *   <dd>One of the four parts of the play; and what it does to the leader: asks it to hand over, kills it, stops it.
 *   <dt>term
 *   <dd>One leadership, put together from facts.
 *   <dt>promise, verdict
 *   <dd>What the timing guarantees; and whether the facts kept it.
 *   <dt>probe, round trip
 *   <dd>A small write to the store beside the election; and how long one takes, by which bounds grow on a busy machine.
 *   <dt>screen, line, glyph
 *   <dd>The timeline on the terminal; one event on it; and the sign at its beginning.
 *   <dt>leftovers, guardian
 *   <dd>What has to be removed in the end, however that comes; and the shell that does it if the demo itself is killed.
 * </dl>
 */
@NullMarked
package dev.baton.cli.demo;

import org.jspecify.annotations.NullMarked;
