package dev.baton.cli.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * The properties of the output.
 *
 * @param live whether lines can be redrawn: a terminal that is not dumb
 * @param colour whether to use colours: live, and NO_COLOR is unset
 * @param unicode whether the locale's charset is UTF-8; without it all output is ASCII
 */
public record Terminal(PrintStream out, PrintStream err, boolean live, boolean colour, boolean unicode) {

    /**
     * The terminal that the baton script detected and passed as {@code -Dbaton.tty=true}: System.console() has another
     * meaning since Java 22.
     */
    public static Terminal detect() {
        Map<String, String> env = System.getenv();
        boolean tty = Boolean.getBoolean("baton.tty");
        boolean live = tty && !"dumb".equals(env.get("TERM"));
        boolean unicode = isUtf8(env);
        return new Terminal(
                stream(FileDescriptor.out, unicode),
                stream(FileDescriptor.err, unicode),
                live,
                live && env.getOrDefault("NO_COLOR", "").isEmpty(),
                unicode);
    }

    public Terminal withoutColour() {
        return new Terminal(out, err, live, false, unicode);
    }

    /** The locale by POSIX's rule: the first of the three variables that is set. */
    static boolean isUtf8(Map<String, String> env) {
        for (String variable : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String locale = env.getOrDefault(variable, "");
            if (!locale.isEmpty()) {
                return locale.toLowerCase(Locale.ROOT).replace("-", "").contains("utf8");
            }
        }
        return false;
    }

    /** A writer on one of the two streams, in the locale's charset. */
    public PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, charset(unicode)), true);
    }

    private static PrintStream stream(FileDescriptor descriptor, boolean unicode) {
        return new PrintStream(new FileOutputStream(descriptor), true, charset(unicode));
    }

    private static Charset charset(boolean unicode) {
        return unicode ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII;
    }
}
