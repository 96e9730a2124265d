package dev.baton.event;

import dev.baton.spi.Printable;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** {@code dev.baton.Election} in a JDK Flight Recorder recording. */
@Name("dev.baton.Election")
@Label("Election")
@Category("Baton")
@StackTrace(false)
final class FlightRecord extends Event {
    @Label("Type")
    String type = "";

    @Label("Election")
    String election = "";

    @Label("Identity")
    String identity = "";

    @Label("Monotonic Nanos")
    long mono;

    @Label("Valid Until (Monotonic Nanos)")
    long validUntil;

    @Label("Token")
    @Nullable String token;

    @Label("Holder")
    @Nullable String holder;

    @Label("Reason")
    @Nullable String reason;

    @Label("Detail")
    @Nullable String detail;

    static void commit(ElectionEvent event) {
        FlightRecord flight = new FlightRecord();
        if (!flight.isEnabled()) {
            return;
        }
        flight.type = event.type().text();
        flight.election = event.election().toString();
        flight.identity = Printable.value(event.identity());
        flight.mono = event.at().nanos();
        flight.validUntil = event.validUntil() == null ? 0 : event.validUntil().nanos();
        flight.token = event.token() == null ? null : event.token().toString();
        flight.holder = event.holder() == null ? null : Printable.value(event.holder());
        flight.reason = event.reason() == null ? null : event.reason().name();
        flight.detail = event.detail() == null ? null : Printable.text(event.detail());
        flight.commit();
    }
}
