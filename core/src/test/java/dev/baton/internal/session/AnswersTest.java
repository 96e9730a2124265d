package dev.baton.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.fixture.Sneaky;
import dev.baton.fixture.VirtualRuntime;
import dev.baton.fixture.VirtualTime;
import dev.baton.spi.BackendException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whatever a step of a backend throws, its answer fails with that cause. */
class AnswersTest {
    private final VirtualTime time = new VirtualTime(1);
    private final Answers answers = new Answers(
            new InlineSerialExecutor(time, LoggerFactory.getLogger(InlineSerialExecutor.class)),
            new VirtualRuntime(time),
            what -> new BackendException("did not answer in time to " + what),
            () -> new BackendException("closed"));

    private String failureOf(Throwable thrown) {
        CompletionStage<Object> stage =
                answers.answer(time.now().plus(Duration.ofSeconds(5)), () -> "acquire test/it", answer -> {
                    throw Sneaky.thrown(thrown);
                });
        time.settle();
        return stage.toCompletableFuture()
                .handle((done, failure) -> String.valueOf(failure.getMessage()))
                .getNow("nothing");
    }

    @Test
    void missingClassIsSaidAtOnceAndNotTakenForAStoreThatIsSilent() {
        assertThat(failureOf(new NoClassDefFoundError("io/etcd/jetcd/Client")))
                .startsWith("could not acquire test/it: NoClassDefFoundError: io.etcd.jetcd.Client is missing");
    }

    /** What a lane logs of a step that threw. */
    private String logged(Throwable thrown) {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger("of a lane");
        log.setAdditive(false);
        log.addAppender(lines);
        new InlineSerialExecutor(time, log).execute(() -> {
            throw Sneaky.thrown(thrown);
        });
        log.detachAppender(lines);
        return lines.list.get(0).getFormattedMessage();
    }

    @Test
    void stepThatMeetsAMissingClassIsCalledThatAndNoDefect() {
        assertThat(logged(new NoClassDefFoundError("io/etcd/jetcd/Client")))
                .startsWith("a step of a backend failed; NoClassDefFoundError: io.etcd.jetcd.Client is missing")
                .doesNotContain("defect");
        assertThat(logged(new IllegalStateException("the disk is full")))
                .isEqualTo("a step of a backend failed; this is a defect in Baton");
    }

    @Test
    void whatNoMethodDeclaresIsAnsweredAsWell() {
        assertThat(failureOf(new Exception("sneaked")))
                .isEqualTo("could not acquire test/it: java.lang.Exception: sneaked");
    }

    @Test
    void reasonIsPartOfTheSentence() {
        assertThat(failureOf(new IllegalStateException("the disk is full")))
                .isEqualTo("could not acquire test/it: java.lang.IllegalStateException: the disk is full");
    }
}
