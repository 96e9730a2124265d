package dev.baton.examples.activestandby;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.baton.spi.FencingToken;
import dev.baton.spi.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The resource that only a leader may write: a file of numbered lines, {@code token number writer}, shared by processes of
 * one machine. It compares tokens: a line with a smaller token than the last one's is refused, whatever its writer believes.
 *
 * <p>The file's lock makes comparing and writing one step. A process that is stopped between the two holds up all others;
 * a server of its own, as a database is, would not. A process has one instance for a file, for any number of threads. One
 * that is killed or interrupted while it writes leaves half a line, which the next writer removes.
 */
final class Ledger {
    private static final Pattern LINE = Pattern.compile("(\\d{10}-\\d{19}) (\\d{1,19}) (.+)");
    /** Where the last line is looked for, in bytes; the longest takes a quarter of it. */
    private static final int TAIL = 4096;

    private final Path path;

    Ledger(Path path) {
        this.path = path;
    }

    /** @param number 1 for the first line, one more for each that follows */
    record Entry(FencingToken token, long number, String writer) {
        /** @throws IllegalArgumentException when {@code line} is no line of a ledger */
        static Entry parse(String line) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("no line of a ledger: " + Printable.value(line));
            }
            return new Entry(FencingToken.parse(matcher.group(1)), Long.parseLong(matcher.group(2)), matcher.group(3));
        }

        @Override
        public String toString() {
            return token + " " + number + " " + writer;
        }
    }

    /**
     * Writes the next line.
     *
     * @throws IllegalStateException when the last line has a greater token: another has led since
     * @throws IOException when the file cannot be written, or is something else
     */
    synchronized Entry append(FencingToken token, String writer) throws IOException {
        try (FileChannel file = FileChannel.open(path, CREATE, READ, WRITE)) {
            file.lock(); // until the channel is closed
            Tail tail = tail(file);
            Entry last = tail.last();
            if (last != null && last.token().isAfter(token)) {
                throw new IllegalStateException(path + " refuses token " + token + ": " + Printable.value(last.writer())
                        + " has written with token " + last.token() + " since");
            }
            Entry next = new Entry(token, last == null ? 1 : last.number() + 1, writer);
            file.truncate(tail.end()).position(tail.end());
            ByteBuffer line = ByteBuffer.wrap((next + "\n").getBytes(UTF_8));
            while (line.hasRemaining()) {
                file.write(line);
            }
            return next;
        }
    }

    /** @param end where the next line begins: what follows is half a line, of a writer that was killed */
    private record Tail(@Nullable Entry last, long end) {}

    private Tail tail(FileChannel file) throws IOException {
        long size = file.size();
        if (size == 0) {
            return new Tail(null, 0);
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(size, TAIL));
        long from = size - buffer.capacity();
        while (buffer.hasRemaining() && file.read(buffer, from + buffer.position()) >= 0) {}
        // One character a byte, so that places in the text are places in the file.
        String text = new String(buffer.array(), ISO_8859_1);
        int end = text.lastIndexOf('\n') + 1;
        int begin = text.lastIndexOf('\n', end - 2) + 1;
        try {
            String line = new String(buffer.array(), begin, Math.max(0, end - 1 - begin), UTF_8);
            return new Tail(Entry.parse(line), from + end);
        } catch (IllegalArgumentException e) {
            throw new IOException(path + " is no ledger; name another file, or delete it", e);
        }
    }
}
