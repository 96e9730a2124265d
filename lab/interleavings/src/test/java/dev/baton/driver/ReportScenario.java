package dev.baton.driver;

import dev.baton.interleaving.Holds;
import dev.baton.machine.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;

/** What the work reports reaches the machine once and in order. */
public class ReportScenario {
    private final AtomicInteger brought = new AtomicInteger();
    private final Report report = new Report(Terms.TERM, brought::incrementAndGet);
    private final Machine machine = new Machine();

    @Operation
    public void works() {
        report.began();
        report.returned(null);
        report.stopped();
    }

    @Operation
    public void tells() {
        report.deliver(machine);
        report.deliver(machine);
    }

    @Validate
    public void allWasTold() {
        Holds.that(brought.get() == 3, brought);
        report.deliver(machine);
        Holds.that(machine.told.equals(List.of("began", "returned", "stopped")), machine.told);
        Holds.that(!report.isBehind(), "behind");
    }

    private static final class Machine implements Report.Listener {
        private final List<String> told = new ArrayList<>();

        @Override
        public boolean began(Term term) {
            return told.add("began");
        }

        @Override
        public boolean returned(Term term, @Nullable String failure) {
            return told.add("returned");
        }

        @Override
        public boolean cancelled(Term term, String why) {
            return told.add("cancelled");
        }

        @Override
        public boolean stopped(Term term) {
            return told.add("stopped");
        }
    }
}
