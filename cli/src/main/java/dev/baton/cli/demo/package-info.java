/**
 * {@code baton demo}: an election of real processes, as a play in four scenes. Its terms: <dl> <dt>plan <dd>The
 * settings of a demo: the timing, the venue, and the number of candidates. <dt>venue, stage <dd>The kind of store that
 * decides the election, with its bound of a failover; and that store once it is ready. <dt>backstage <dd>A venue's
 * tools to set up its store: a directory, the guardian, the leftovers, the journal. <dt>cast, actor, part <dd>All
 * candidate processes; the demo's control of one of them, for commands and signals; and the command-line arguments of
 * one. {@code Candidate} is the program that such a process runs. <dt>job, ledger <dd>The work of a leader, which is to
 * write; and the resource that it writes to, which compares fencing tokens. <dt>fact, journal <dd>One event that a
 * candidate, the ledger or the demo recorded; and all of them. <dt>scene, act <dd>One of the four parts of the play;
 * and its action on the leader: to ask for a hand-over, to kill it, to stop it. <dt>term <dd>One leadership,
 * reconstructed from facts. <dt>promise, verdict <dd>A guarantee of the timing; and whether the facts kept it.
 * <dt>probe, round trip <dd>A small write to the store beside the election; and how long one takes, which widens the
 * bounds on a busy machine. <dt>screen, line, glyph <dd>The timeline on the terminal; one event on it; and the sign at
 * its beginning. <dt>leftovers, guardian <dd>The resources to remove at the end; and the shell that removes them if the
 * demo itself is killed. </dl>
 */
@NullMarked
package dev.baton.cli.demo;

import org.jspecify.annotations.NullMarked;
