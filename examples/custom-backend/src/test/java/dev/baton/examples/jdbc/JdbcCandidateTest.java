package dev.baton.examples.jdbc;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class JdbcCandidateTest {
    @Test
    void addressThatIsNoneIsNotRepeatedWithThePasswordInIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcCandidate.postgres("jdbc:postgres://host/x?user=root&password=s3cret"))
                .withMessageContaining("must be as in jdbc:postgresql://host/database")
                .withMessageNotContaining("s3cret")
                .withNoCause();
    }
}
