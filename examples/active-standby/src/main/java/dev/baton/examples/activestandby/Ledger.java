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
 * The resource that only a leader may write: a file of numbered lines, {@code token number writer}, shared by processes
 * of one machine. It compares tokens: it refuses a line with a smaller token than the last line's, even if the writer
 * takes itself for the leader.
 *
 * <p>The file's lock makes comparing and writing one step. A process that is stopped between the two blocks all others;
 * a database server would not have this weakness. A process has one instance for a file, for any number of threads. A
 * process killed or interrupted during a write leaves half a line, which the next writer removes.
 */
final class Ledger {
    private static final Pattern LINE = Pattern.compile("(\\d{10}-\\d{19}) (\\d{1,19}) (.+)");
    /**
     * The size of the file's end in which the last line is searched, in bytes; the longest line has a quarter of it.
     */
    private static final int TAIL = 4096;

    private final Path path;

    Ledger(Path path) {
        this.path = path;
    }

    /** @param number 1 for the first line, one more for each further line */
    record Entry(FencingToken token, long number, String writer) {
        /** @throws IllegalArgumentException when {@code line} is not a line of a ledger */
        static Entry parse(String line) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("not a line of a ledger: " + Printable.value(line));
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
     * @throws IllegalStateException when the last line has a greater token, so another candidate has led since
     * @throws IOException when the file cannot be written, or is not a ledger
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

    /** @param end the start of the next line: the bytes after it are half a line of a killed writer */
    private record Tail(@Nullable Entry last, long end) {}

    private Tail tail(FileChannel file) throws IOException {
        long size = file.size();
        if (size == 0) {
            return new Tail(null, 0);
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(size, TAIL));
        long from = size - buffer.capacity();
        while (buffer.hasRemaining() && file.read(buffer, from + buffer.position()) >= 0) {}
        // One character a byte, so that positions in the text are positions in the file.
        String text = new String(buffer.array(), ISO_8859_1);
        int end = text.lastIndexOf('\n') + 1;
        int begin = text.lastIndexOf('\n', end - 2) + 1;
        try {
            String line = new String(buffer.array(), begin, Math.max(0, end - 1 - begin), UTF_8);
            return new Tail(Entry.parse(line), from + end);
        } catch (IllegalArgumentException e) {
            throw new IOException(path + " is not a ledger; name another file, or delete it", e);
        }
    }
}
