package dev.baton.campaign.process;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate tells: a file with a line of JSON for each thing, written at once, so that a process that is killed has
 * told all but perhaps half of its last line.
 *
 * <p>Events of elections stand in it as {@code baton verify} reads them. All other lines have no {@code election}:
 *
 * <pre>{@code
 * {"mono":7,"type":"began","token":42}                 its API says that it leads; no token where the API has none
 * {"mono":7,"type":"ended"}                            its API says that it does so no more
 * {"mono":7,"type":"claims","from":5,"to":7}           asked again and again from then to then, it always said that it leads
 * {"mono":7,"type":"asked","call":1,"register":"fenced","kind":"write","token":42,"value":2,"basedOn":1}
 * {"mono":9,"type":"answered","call":1,"outcome":"done","value":2}
 * }</pre>
 *
 * <p>{@code mono} is this machine's monotonic clock in nanoseconds, which its processes share. Safe for use by many threads.
 */
final class Diary implements Appendable, AutoCloseable {
    private final OutputStream out;

    private Diary(OutputStream out) {
        this.out = out;
    }

    static Diary at(Path file) throws IOException {
        return new Diary(new FileOutputStream(file.toFile(), true));
    }

    void began(@Nullable Long token) {
        tell("began", token == null ? "" : ",\"token\":" + token);
    }

    void ended() {
        tell("ended", "");
    }

    /** @param from, to of the monotonic clock */
    void claims(long from, long to) {
        tell("claims", ",\"from\":" + from + ",\"to\":" + to);
    }

    /** @param value to write, or null for a read; {@code basedOn} what it was made of */
    void asked(long call, String register, @Nullable Long token, @Nullable Long value, @Nullable Long basedOn) {
        tell(
                "asked",
                ",\"call\":" + call + ",\"register\":\"" + register + "\",\"kind\":\""
                        + (value == null ? "read" : "write") + "\"" + (token == null ? "" : ",\"token\":" + token)
                        + (value == null ? "" : ",\"value\":" + value)
                        + (basedOn == null ? "" : ",\"basedOn\":" + basedOn));
    }

    /** @param value read or written, or null when it was refused */
    void answered(long call, @Nullable Long value) {
        tell(
                "answered",
                ",\"call\":" + call + ",\"outcome\":\"" + (value == null ? "refused" : "done") + "\""
                        + (value == null ? "" : ",\"value\":" + value));
    }

    private void tell(String type, String more) {
        append("{\"mono\":" + System.nanoTime() + ",\"type\":\"" + type + "\"" + more + "}\n");
    }

    /** @throws UncheckedIOException when it cannot be written: a candidate of which nothing is known is of no use */
    @Override
    public synchronized Diary append(CharSequence text) {
        try {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("the diary cannot be written", e);
        }
    }

    @Override
    public Diary append(CharSequence text, int start, int end) {
        return append(text.subSequence(start, end));
    }

    @Override
    public Diary append(char letter) {
        return append(Character.toString(letter));
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
