package dev.baton.simulation;

import dev.baton.driver.LiveTerm;
import dev.baton.driver.TermCallbacks;
import dev.baton.event.EndReason;
import dev.baton.event.TermPhase;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What one candidate does while it leads: it reads, thinks and writes, asks its term before each step, and stops when
 * told to, unless the weather is bad.
 */
final class SimulatedWork implements TermCallbacks {
    private static final long MILLI = 1_000_000;

    private final Node node;
    private final World world;
    private final Invariants invariants;
    private final SplittableRandom random;
    private @Nullable Run current;

    SimulatedWork(Node node, SplittableRandom random) {
        this.node = node;
        this.world = node.world();
        this.invariants = world.invariants();
        this.random = random;
    }

    @Override
    public void start(LiveTerm term, WorkReport report) {
        Run run = new Run(term, report);
        current = run;
        invariants.submitted(node, term);
        if (strikes(Fault.START_REJECTED)) {
            run.cancel("the executor rejected it");
        } else {
            later(
                    strikes(Fault.START_HANGS)
                            ? world.weather().spell()
                            : world.weather().moment(),
                    run::begin);
        }
    }

    @Override
    public void interrupt(LiveTerm term) {
        run().interrupt();
    }

    @Override
    public void stop(LiveTerm term, EndReason reason, WorkReport report) {
        invariants.stopBegins(node, term);
        later(
                strikes(Fault.STOP_HANGS)
                        ? world.weather().spell()
                        : world.weather().moment(),
                () -> {
                    invariants.stopEnds(node, term);
                    report.stopped();
                });
    }

    @Override
    public void draining(LiveTerm term, EndReason reason) {
        run().hear();
    }

    @Override
    public void ended(LiveTerm term, EndReason reason) {
        run().hear();
    }

    @Override
    public void leaderChanged(@Nullable Holder holder) {
        // Nobody here wants to know.
    }

    private Run run() {
        if (current == null) {
            throw world.violation("no callback before the first term");
        }
        return current;
    }

    private boolean strikes(Fault fault) {
        return world.weather().strikes(fault);
    }

    private void later(long nanos, Runnable task) {
        world.at(world.now() + nanos, node, task);
    }

    /** One onStartedLeading. */
    private final class Run {
        private final LiveTerm term;
        private final FencingToken token;
        private final WorkReport report;
        private final boolean attentive = random.nextBoolean();
        private boolean begun;
        private boolean settled;

        Run(LiveTerm term, WorkReport report) {
            this.term = term;
            this.token = term.term().token();
            this.report = report;
        }

        void begin() {
            if (settled) {
                return;
            }
            begun = true;
            invariants.workBegins(node, term);
            report.began();
            if (strikes(Fault.START_THROWS)) {
                later(world.weather().moment(), () -> finish(new IllegalStateException("bad start")));
            } else if (strikes(Fault.WORK_RETURNS_EARLY)) {
                later(world.weather().spell(), () -> finish(null));
            }
            cycle(world.fenced());
            cycle(world.unfenced());
        }

        void cancel(String why) {
            if (!settled) {
                settled = true;
                invariants.workCancelled(node, term);
                report.cancelled(why);
            }
        }

        void interrupt() {
            if (begun) {
                windDown();
            } else {
                cancel("the term ended before it began");
            }
        }

        /** The term drains or has ended; some work looks, some waits to be interrupted. */
        void hear() {
            if (begun && attentive) {
                windDown();
            }
        }

        private void windDown() {
            if (!settled) {
                later(
                        strikes(Fault.WORK_IGNORES_INTERRUPT) ? world.weather().spell() : random.nextLong(200 * MILLI),
                        () -> finish(null));
            }
        }

        private void finish(@Nullable Throwable failure) {
            if (!settled) {
                settled = true;
                invariants.workReturns(node, term);
                report.returned(failure);
            }
        }

        // -- reading and writing ----------------------------------------------------------------------------------

        private boolean mayGoOn() {
            TermPhase phase = term.phase();
            invariants.asked(node, term, phase);
            return !settled && phase != TermPhase.ENDED;
        }

        /** Reads, thinks, writes, and begins again once the write has arrived: one at a time. */
        private void cycle(SharedResource resource) {
            later(random.nextLong(node.config().timing().renewDeadline().toNanos() / 2), () -> {
                if (mayGoOn()) {
                    send(() -> read(resource, resource.read(token)));
                }
            });
        }

        private void read(SharedResource resource, long version) {
            later(world.weather().moment(), () -> {
                if (version >= 0 && mayGoOn()) {
                    send(() -> {
                        resource.write(token, version);
                        cycle(resource);
                    });
                }
            });
        }

        /** To the resource, from a thread that may stall between asking and acting. */
        private void send(Runnable arrival) {
            long stall = strikes(Fault.WORK_STALLS) ? world.weather().spell() : 0;
            world.at(world.now() + stall + world.weather().moment(), null, arrival);
        }
    }
}
