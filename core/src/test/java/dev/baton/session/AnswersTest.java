package dev.baton.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.fixture.VirtualRuntime;
import dev.baton.fixture.VirtualTime;
import dev.baton.spi.BackendException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whatever a step of a backend throws, whoever waits for its answer hears why. */
class AnswersTest {
    private final VirtualTime time = new VirtualTime(1);
    private final Answers answers = new Answers(
            new Lane(time, LoggerFactory.getLogger(Lane.class)),
            new VirtualRuntime(time),
            what -> new BackendException("did not answer in time to " + what),
            () -> new BackendException("closed"));

    private String failureOf(Throwable thrown) {
        CompletionStage<Object> stage =
                answers.answer(time.now().plus(Duration.ofSeconds(5)), () -> "acquire test/it", answer -> {
                    throw sneaky(thrown);
                });
        time.settle();
        return stage.toCompletableFuture()
                .handle((done, failure) -> String.valueOf(failure.getMessage()))
                .getNow("nothing");
    }

    private static RuntimeException sneaky(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return (RuntimeException) thrown;
    }

    @Test
    void missingClassIsSaidAtOnceAndNotTakenForAStoreThatIsSilent() {
        assertThat(failureOf(new NoClassDefFoundError("io/etcd/jetcd/Client")))
                .startsWith("could not acquire test/it: NoClassDefFoundError: io.etcd.jetcd.Client is missing");
    }

    @Test
    void reasonIsPartOfTheSentence() {
        assertThat(failureOf(new IllegalStateException("the disk is full")))
                .isEqualTo("could not acquire test/it: java.lang.IllegalStateException: the disk is full");
    }
}
