package dev.baton.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** A jar that is missing or does not fit is called that, and nothing else is. */
class LinkageTest {
    @Test
    void missingClassIsNamedWithTheWayOut() {
        assertThat(Linkage.fault(new NoClassDefFoundError("io/grpc/NameResolver")))
                .isEqualTo(
                        "NoClassDefFoundError: io.grpc.NameResolver is missing, or of another version than what uses it"
                                + " was built against; look for a missing jar, or two versions of one, among the dependencies,"
                                + " for example with mvn dependency:tree");
    }

    @Test
    void methodOfAnotherVersionIsFoundBeneathWhatWrapsIt() {
        Throwable wrapped = new CompletionException(new IllegalStateException(
                new ExceptionInInitializerError(new NoSuchMethodError("'void io.netty.Buf.touch()'"))));
        assertThat(Linkage.describe(wrapped)).startsWith("NoSuchMethodError: 'void io.netty.Buf.touch()' is missing");
    }

    @Test
    void initializerThatThrewIsNoMissingJar() {
        assertThat(Linkage.fault(new ExceptionInInitializerError(new IllegalStateException("no license"))))
                .isNull();
        assertThat(Linkage.fault(new NoClassDefFoundError("Could not initialize class a.B")))
                .isNull();
        assertThat(Linkage.fault(null)).isNull();
        assertThat(Linkage.describe(new IllegalStateException("full"))).endsWith("IllegalStateException: full");
    }
}
