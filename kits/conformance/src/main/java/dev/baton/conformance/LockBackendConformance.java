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
 * Proves a {@link dev.baton.spi.LockBackend}: extend this class, answer {@link #harness()}, and run it with JUnit 5.
 *
 * <p>Tests are named after the rule of {@code docs/spi-specification.md} that they show. What is {@code required} has to
 * hold of every backend; what is {@code optional} holds of most, and where it does not the test is skipped with what was
 * seen; what is {@code stochastic} rests on chance, so that passing proves less, and failing as much. A test that needs
 * what the harness cannot do is skipped with that reason.
 *
 * <p>Safety is judged by what each party was told and when, on the one monotonic clock of this JVM: a slow machine makes
 * the kit slower, not wrong. At the end, {@code target/conformance/NAME.json} and {@code NAME.txt} tell the outcome of
 * each rule ({@link ConformanceReport}).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.MethodName.class)
@ExtendWith(ConformanceExtension.class)
@ResourceLock(value = GrantRules.WHOLE_STORE, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
public abstract class LockBackendConformance extends ContentionRules {

    /** How to open the backend and what may be done to its store. Called once; the kit closes it after the last test. */
    protected abstract BackendHarness harness() throws Exception;

    /** Where the reports go: {@code target/conformance}, unless {@value ConformanceReport#FOLDER} says otherwise. */
    protected Path reports() {
        return ConformanceReport.folder();
    }
}
