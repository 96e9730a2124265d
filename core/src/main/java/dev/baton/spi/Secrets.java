package dev.baton.spi;

import dev.baton.internal.Required;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hides the secrets of a process in its messages: libraries repeat secrets in theirs.
 *
 * <p>It hides the values that it knows, in Base64 too, and text that looks like a secret: the user info of a URL, the
 * value of an {@code Authorization} header, what follows {@code password=} and its like, JSON web tokens, and private
 * keys.
 */
public final class Secrets {
    /** Stands where a secret was. */
    public static final String HIDDEN = "(hidden)";

    /** Hides text that looks like a secret, and knows no values. */
    static final Secrets NONE_KNOWN = new Secrets();

    /** Shorter ones would be found in words that are none. */
    private static final int SHORTEST = 4;

    /** Tokens are replaced as they expire; so many of the latest are known. */
    private static final int MOST = 32;

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private static final List<Look> LOOKS = List.of(
            new Look("-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]*(-----END [A-Z ]{0,20}PRIVATE KEY-----)?", HIDDEN),
            // To the last @: an unencoded password may contain one, and a slash.
            new Look("(?<=://)[^\\s\"'<>]{0,1000}@", HIDDEN + "@"),
            new Look("(?<=jdbc:oracle:[a-z]{1,8}:)[^\\s\"'@]{1,1000}@", HIDDEN + "@"),
            new Look("\\beyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]*)?", HIDDEN),
            new Look(
                    "\\b(Bearer|Basic) +(?!(?:tokens?|auth|authentication|authorization|credentials?|scheme)\\b)[^\\s\"',;()]{4,}",
                    "$1 " + HIDDEN),
            new Look("\\b(bearer|basic) +(?![a-z]+\\b)[A-Za-z0-9._~+/=:-]{4,}", "$1 " + HIDDEN),
            new Look(
                    "(?i)(\\bAuthorization\"?\\s{0,3}[:=]\\s{0,3}\"?)(?!\\(hidden\\))(?!(bearer|basic) )[^\\s\",;]+",
                    "$1" + HIDDEN),
            new Look(
                    "(?i)(\\b[a-z_.-]{0,30}(?:password|passwd|passphrase|pwd|secret|key-?data|api[_-]?key|(?:access|id|refresh|auth|bearer|oauth)[_-]?token)"
                            + "[\"']?\\s{0,3}[=:]\\s{0,3})(?!\\(hidden\\))(\"[^\"]*\"|'[^']*'|[^\\s,;&\"']+)",
                    "$1" + HIDDEN),
            new Look("(?i)([\"']token[\"']\\s{0,3}:\\s{0,3})(\"[^\"]*\"|'[^']*'|[^\\s,;&\"'}]+)", "$1" + HIDDEN));

    private final ConcurrentLinkedDeque<String> known = new ConcurrentLinkedDeque<>();

    /** How a kind of secret looks. */
    private record Look(Pattern pattern, String instead) {
        Look(String pattern, String instead) {
            this(Pattern.compile(pattern), instead);
        }
    }

    private Secrets() {}

    /** These; what is null, or shorter than four characters, is none. */
    public static Secrets of(Collection<@Nullable String> values) {
        Secrets secrets = new Secrets();
        Required.given("values", values).forEach(secrets::learn);
        return secrets;
    }

    /** One more; of those, the latest 32 are known. Any thread. */
    public void learn(@Nullable String value) {
        if (value == null) {
            return;
        }
        learn(value.strip(), SHORTEST);
        for (String part : BLANKS.split(value.strip(), -1)) {
            learn(part, 2 * SHORTEST);
        }
    }

    private void learn(String secret, int shortest) {
        if (secret.length() < shortest || known.contains(secret)) {
            return;
        }
        known.addFirst(secret);
        while (known.size() > MOST) {
            known.pollLast();
        }
    }

    /**
     * The address of a server, or several, with nothing but the scheme left of what precedes the last {@code @}. For
     * refusing one that has user info: a password in it may have commas and slashes, so it cannot be taken apart first.
     */
    public static String hideUserInfo(String address) {
        int at = Required.given("address", address).lastIndexOf('@');
        int scheme = address.indexOf("://");
        return at < 0
                ? Printable.text(address)
                : Printable.text((scheme < 0 || scheme > at ? "" : address.substring(0, scheme + 3))
                        + HIDDEN
                        + address.substring(at));
    }

    /** {@code text} without secrets. */
    public String hide(String text) {
        String left = text;
        List<String> longestFirst = known.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        for (String secret : longestFirst) {
            left = left.replace(secret, HIDDEN).replace(base64(secret), HIDDEN);
        }
        for (Look look : LOOKS) {
            Matcher found = look.pattern().matcher(left);
            left = found.find() ? found.replaceAll(look.instead()) : left;
        }
        return left;
    }

    private static String base64(String secret) {
        return Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A failure without secrets in its messages and those of its causes, which are {@linkplain Printable#text printable}
     * as well; {@code failure} itself where there is nothing to hide. Another one names the original type in its
     * {@code toString()}.
     */
    public Throwable hide(Throwable failure) {
        return hide(failure, new IdentityHashMap<>());
    }

    private Throwable hide(Throwable failure, Map<Throwable, Throwable> seen) {
        Throwable done = seen.get(failure);
        if (done != null) {
            return done;
        }
        // A failure may be among its own causes.
        seen.put(failure, failure);
        String said = failure.toString();
        String shown = Printable.text(hide(said));
        Throwable cause = failure.getCause();
        Throwable shownCause = cause == null ? null : hide(cause, seen);
        List<Throwable> suppressed = List.of(failure.getSuppressed());
        List<Throwable> shownSuppressed =
                suppressed.stream().map(each -> hide(each, seen)).toList();
        if (shown.equals(said) && shownCause == cause && shownSuppressed.equals(suppressed)) {
            return failure;
        }
        Throwable reworded = new Reworded(shown, failure.getStackTrace(), shownCause);
        shownSuppressed.forEach(reworded::addSuppressed);
        seen.put(failure, reworded);
        return reworded;
    }

    /** A printable copy of a failure. Its {@code toString()} begins with the type of the original. */
    @SuppressWarnings("OverrideThrowableToString")
    private static final class Reworded extends Exception {
        private static final long serialVersionUID = 1L;

        Reworded(String shown, StackTraceElement[] trace, @Nullable Throwable cause) {
            super(shown, cause);
            setStackTrace(trace);
        }

        @Override
        public String toString() {
            return Objects.requireNonNullElse(getMessage(), "");
        }
    }
}
