/**
 * The orders in which threads may come to what they share in the core, explored by a model checker, Lincheck: its agent puts
 * a point at each access to shared memory, lock and wait of the unchanged classes, also of the JDK's, where the schedule may
 * go on with another thread, and it shows the order that led to a failure. A scenario is a class that stands beside the one it
 * is about; each of its operations is what one thread does, all at once, and its validation is what holds afterwards.
 *
 * <p>Lincheck rather than JCStress: the faults looked for here are of order, such as a wake-up lost between two looks or a
 * permit given after the drain began. JCStress looks for those of memory that is seen late, which takes processors to
 * itself, minutes a class, and a harness beside JUnit; a schedule is explored on two busy processors alike. What memory
 * may show late is therefore not looked for here: in these scenarios every thread sees each write at once, and a missing
 * {@code volatile} is not found.
 *
 * <p>The whole process under one schedule, with its timers and its lack of memory, is what {@code lab/simulate threads} runs,
 * by our own rewriting of the same classes. Here is somebody else's, with every step of the JDK's classes. {@code Watchdog},
 * {@code ThreadedRuntime} and {@code ElectionDriver} are left to it: what they promise is by the clock.
 *
 * <p>Scenarios have threads of Lincheck's only: {@code Lincheck.runConcurrentTest}, whose threads are the test's, finds
 * nothing on Java 25.
 */
@NullMarked
package dev.baton.interleaving;

import org.jspecify.annotations.NullMarked;
