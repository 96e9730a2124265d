package dev.baton;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Imports run one way, and time comes from one place. Each rule is shown to report a violation planted for it. */
class ArchitectureTest {
    private static final String CORE = "dev.baton";
    private static final String PLANTED = "dev.baton.planted";

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(CORE);

    private static final JavaClasses VIOLATIONS = new ClassFileImporter().importPackages(PLANTED);

    static List<Arguments> layers() {
        return List.of(
                Arguments.of("spi", Set.of("spi", "internal"), "KnowsTheMachine"),
                Arguments.of("event", Set.of("event", "spi", "internal"), "KnowsTheMachineToo"),
                Arguments.of("machine", Set.of("machine", "event", "spi", "internal"), "KnowsTheDriver"),
                Arguments.of("driver", Set.of("driver", "machine", "event", "spi", "internal"), "KnowsTheApi"),
                Arguments.of("register", Set.of("register", "spi", "internal"), "KnowsTheEvents"),
                Arguments.of("internal.session", Set.of("internal.session", "spi", "internal"), "KnowsTheRegisterToo"),
                Arguments.of("", Set.of("", "driver", "machine", "event", "spi", "internal"), "KnowsTheRegister"));
    }

    @ParameterizedTest(name = "{0} imports {1} only")
    @MethodSource
    void layers(String layer, Set<String> mayUse, String planted) {
        assertKept(imports(CORE, layer, mayUse));
        assertReported(imports(PLANTED, layer, mayUse), planted);
    }

    @Test
    void packagesFormNoCycle() {
        assertKept(noCycles(CORE));
        assertReported(noCycles(PLANTED), "Cycle");
    }

    @Test
    void timeAndChanceComeFromTheTimekeeper() {
        assertKept(noClockOfItsOwn());
        for (String call : List.of("nanoTime", "currentTimeMillis", "random", "now", "sleep")) {
            assertReported(noClockOfItsOwn(), "." + call + "(");
        }
    }

    /** A log may block: who is on the loop gets a logger of the runtime's, whose lines are written elsewhere. */
    @Test
    void loggersComeFromTheRuntime() {
        assertKept(noLoggerOfItsOwn());
        assertReported(noLoggerOfItsOwn(), "LoggerFactory.getLogger(");
    }

    /** The one exception is the runtime on real clocks: were it renamed or its clocks moved, the rule would be empty. */
    @Test
    void runtimeIsTheOneThatReadsTheClocks() {
        assertThat(PRODUCT.get("dev.baton.spi.ThreadedRuntime").getMethodCallsFromSelf())
                .extracting(call -> call.getTarget().getFullName())
                .contains("java.lang.System.nanoTime()", "java.time.Instant.now()");
    }

    // -- rules ----------------------------------------------------------------------------------------------------

    private static ArchRule imports(String root, String layer, Set<String> mayUse) {
        return noClasses()
                .that(describe("are of " + layer, type -> layerOf(root, type).equals(layer)))
                .should()
                .dependOnClassesThat(describe(
                        "are of ours but not of " + mayUse,
                        type -> isWithin(root, type) && !mayUse.contains(layerOf(root, type))))
                .allowEmptyShould(false);
    }

    private static ArchRule noCycles(String root) {
        return slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public String getDescription() {
                        return "packages of " + root;
                    }

                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return isWithin(root, type)
                                ? SliceIdentifier.of(type.getPackageName())
                                : SliceIdentifier.ignore();
                    }
                })
                .should()
                .beFreeOfCycles();
    }

    private static ArchRule noClockOfItsOwn() {
        return noClasses()
                .that(describe(
                        "are not the runtime on real clocks",
                        type -> !type.getName().startsWith("dev.baton.spi.ThreadedRuntime")))
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class);
    }

    private static ArchRule noLoggerOfItsOwn() {
        Set<String> handOn =
                Set.of("dev.baton.spi.ThreadedRuntime", "dev.baton.spi.BackendRuntime", "dev.baton.event.EventSink");
        return noClasses()
                .that(describe("hand on no loggers", type -> !handOn.contains(type.getName())))
                .should()
                .callMethod(LoggerFactory.class, "getLogger", String.class)
                .orShould()
                .callMethod(LoggerFactory.class, "getLogger", Class.class);
    }

    private static boolean isWithin(String root, JavaClass type) {
        return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
    }

    private static String layerOf(String root, JavaClass type) {
        return isWithin(root, type) && type.getPackageName().length() > root.length()
                ? type.getPackageName().substring(root.length() + 1)
                : "";
    }

    private static void assertKept(ArchRule rule) {
        rule.check(PRODUCT);
    }

    private static void assertReported(ArchRule rule, String violation) {
        EvaluationResult result = rule.evaluate(VIOLATIONS);
        assertThat(result.hasViolation()).as(rule.getDescription()).isTrue();
        assertThat(result.getFailureReport().getDetails()).anyMatch(detail -> detail.contains(violation));
    }
}
