package dev.baton.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Since when terms lead, written and read. */
class TermTimesTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00.123456Z");

    private final TermTimes times = new TermTimes();

    @Test
    void whatIsWrittenIsRead_toTheMillisecond() {
        times.begun(12, NOON);
        times.begun(7, NOON.plusSeconds(1));
        assertThat(times.text()).isEqualTo("12 2026-01-02T12:00:00.123Z\n7 2026-01-02T12:00:01.123Z");
        assertThat(TermTimes.of(7, "41\n" + times.text())).isEqualTo("2026-01-02T12:00:01.123Z");
        assertThat(TermTimes.of(2, times.text())).isNull();
    }

    @Test
    void aTermBeginsOnceAndEnds() {
        times.begun(12, NOON);
        times.begun(12, NOON.plusSeconds(9));
        assertThat(TermTimes.of(12, times.text())).isEqualTo("2026-01-02T12:00:00.123Z");
        times.ended(12);
        assertThat(times.text()).isEmpty();
    }

    @Test
    void theNewestAreToldOf() {
        for (int i = 0; i < TermTimes.MOST + 1; i++) {
            times.begun(i, NOON);
        }
        assertThat(times.text().lines()).hasSize(TermTimes.MOST);
        assertThat(TermTimes.of(0, times.text())).isNull();
        assertThat(TermTimes.of(TermTimes.MOST, times.text())).isNotNull();
    }

    @Test
    void whatOthersWroteTellsNothing() {
        assertThat(TermTimes.of(12, "")).isNull();
        assertThat(TermTimes.of(12, "12 noon")).isNull();
        assertThat(TermTimes.of(12, "12")).isNull();
    }
}
