package dev.baton.sources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What holds for the tests of every module, so that none fails where nothing is wrong: on a machine that lacks a program,
 * or that is busy. Each rule is shown to report a violation planted for it.
 */
class TestSourcesTest {
    private static final List<TestSource> ALL = TestSource.all();

    @Test
    void testsOfAllModulesAreRead() {
        assertThat(ALL).extracting(TestSource::name).anyMatch(name -> name.contains("backend-etcd/src/test/"));
        assertThat(ALL).extracting(TestSource::name).anyMatch(name -> name.contains("lab/servers/src/test/"));
        assertThat(ALL).hasSizeGreaterThan(200);
    }

    /** A set-up that finds no server is skipped, and the class with it; a tear-down that then throws makes it fail. */
    @Test
    void tearDownsUseNothingThatASkippedSetUpHasNotMade() {
        assertKept(TestSource::unsafeTearDowns);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@BeforeAll/@AfterAll/cluster.close();",
                "@BeforeEach/@AfterAll/cluster.close();",
                "@BeforeEach/@AfterEach/cluster.close();",
                "@BeforeAll/@AfterAll/end();",
                "@BeforeAll/@AfterAll/if (cluster != null) {\n            cluster.close();\n        }",
            })
    void tearDownThatNeedsItsSetUpIsReported(String planted) {
        assertThat(tearDown(planted, "").unsafeTearDowns())
                .singleElement()
                .asString()
                .contains("uses cluster");
    }

    @Test
    void tearDownOfEachIsNotRunWhereTheSetUpOfAllWasSkipped() {
        assertThat(tearDown("@BeforeAll/@AfterEach/cluster.awaitServing();", "").unsafeTearDowns())
                .isEmpty();
        assertThat(tearDown("@BeforeAll/@AfterAll/", "@AutoClose\n    ").unsafeTearDowns())
                .isEmpty();
    }

    @Test
    void waitsHaveAGenerousBound() {
        assertKept(TestSource::shortWaits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "await().until(() -> leads());",
                "await().pollInterval(SOON)\n                .until(() -> leads());",
                "await().atMost(Duration.ofSeconds(59)).until(() -> leads());",
                "await().atMost(seconds(30)).until(() -> leads());",
                "await().atMost(SHORT).until(() -> leads());",
                "assertThat(latch.await(2, TimeUnit.SECONDS)).isTrue();",
                "stage.get(10, SECONDS);",
                "process.waitFor(SHORT.toSeconds(), TimeUnit.SECONDS);",
                "future.orTimeout(900, TimeUnit.MILLISECONDS);",
                "future.completeOnTimeout(process, 5, TimeUnit.SECONDS);",
                "assertThat(future).succeedsWithin(Duration.ofSeconds(5));",
                "assertThat(future).failsWithin(5, TimeUnit.SECONDS);",
                "assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();",
                "thread.join(10_000);",
                "queue.poll(SHORT.toMillis(), TimeUnit.MILLISECONDS);",
                "socket.setSoTimeout(SHORT_MILLIS);",
                "private static final Duration LIMIT = Duration.ofSeconds(30);",
                "private static final int LIMIT_MILLIS = 20_000;",
                "@Timeout(30)",
                "@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)"
            })
    void shortWaitIsReported(String planted) {
        assertThat(statement(planted).shortWaits()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "await().atMost(Duration.ofSeconds(60)).until(() -> leads());",
                "await().atMost(PATIENCE).until(() -> leads());",
                "latch.await(2, TimeUnit.MINUTES);",
                "latch.await();",
                "terms.get(0).await();",
                "assertThat(String.join(etcd, 0)).isEmpty();",
                "socket.setSoTimeout(0);",
                "socket.setSoTimeout(QUIET_MILLIS);",
                "@Timeout(120)"
            })
    void generousWaitIsNot(String right) {
        assertThat(statement(right).shortWaits()).isEmpty();
    }

    /** How fast it is, benchmarks say, as ratios. */
    @Test
    void noTestMeasuresTheMachine() {
        assertKept(TestSource::speeds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));",
                "assertThat(elapsed)\n                .as(\"quick\")\n                .isLessThanOrEqualTo(LIMIT);"
            })
    void speedIsReported(String planted) {
        assertThat(statement(planted).speeds()).hasSize(1);
    }

    private static void assertKept(Function<TestSource, List<String>> rule) {
        assertThat(ALL.stream().flatMap(source -> rule.apply(source).stream())).isEmpty();
    }

    private static TestSource statement(String statement) {
        return TestSource.of("Planted.java", """
                import static org.awaitility.Awaitility.await;

                class Planted {
                    private static final Duration PATIENCE = Duration.ofMinutes(2);
                    private static final Duration SHORT = Duration.ofSeconds(20);
                    private static final int SHORT_MILLIS = 20_000;
                    private static final int QUIET_MILLIS = 300;

                    // A comment ends with its line; /* so does this. */
                    @Test
                    void planted() {
                        %s
                    }
                }
                """.formatted(statement));
    }

    /** Before, after, and what the tear-down does. */
    private static TestSource tearDown(String planted, String annotation) {
        String[] parts = planted.split("/", 3);
        return TestSource.of("Planted.java", """
                class Planted {
                    %sprivate Cluster cluster;

                    %s
                    void start() {
                        cluster = Cluster.start();
                    }

                    %s
                    void stop() throws Exception {
                        %s
                    }

                    private void end() {
                        cluster.close();
                    }
                }
                """.formatted(annotation, parts[0], parts[1], parts[2]));
    }
}
