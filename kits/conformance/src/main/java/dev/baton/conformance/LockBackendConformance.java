package dev.baton.conformance;

import java.nio.file.Path;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;

/**
 * Proves a {@link dev.baton.spi.LockBackend}: extend this class, implement {@link #harness()}, and run it with JUnit 5.
 *
 * <p>The name of a test has the number of its rule in {@code docs/spi-specification.md}. A {@code required} test must
 * pass with every backend. An {@code optional} test passes with most; it is skipped, with the observation, where it
 * does not. A {@code stochastic} test depends on chance: its failure proves a fault, its success proves less. A test
 * that needs a fault that the harness cannot inject is skipped with the reason.
 *
 * <p>The kit judges safety by the answers that each instance got and their times, on the one monotonic clock of this
 * JVM: a slow machine makes the kit slower, not wrong. At the end, {@code target/conformance/NAME.json} and {@code
 * NAME.txt} have the outcome of each test ({@link ConformanceReport}).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.MethodName.class)
@ExtendWith(ConformanceExtension.class)
@ResourceLock(value = GrantRules.WHOLE_STORE, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
public abstract class LockBackendConformance extends ContentionRules {

    /**
     * Opens the backend and injects faults into its store. Called once; the kit closes the harness after the last test.
     */
    protected abstract BackendHarness harness() throws Exception;

    /**
     * The folder of the reports: {@code target/conformance}, or the system property {@value ConformanceReport#FOLDER}.
     */
    protected Path reports() {
        return ConformanceReport.folder();
    }
}
