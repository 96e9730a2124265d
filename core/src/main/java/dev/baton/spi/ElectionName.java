package dev.baton.spi;

import dev.baton.internal.Required;
import java.util.regex.Pattern;

/**
 * The name of one contest, {@code namespace/name}, as in {@code orders/reconciler}.
 *
 * <p>Both parts use the alphabet that every store accepts (Kubernetes' own rule for object names): lower-case letters,
 * digits, {@code -} and, in the name, {@code .}, beginning and ending with a letter or digit. Exactly one slash: an
 * election nested below another would share its keys on stores that list by prefix.
 *
 * @param namespace 1 to 63 characters
 * @param name 1 to 253 characters
 */
public record ElectionName(String namespace, String name) {
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");

    /** @throws IllegalArgumentException naming the part, the rule and the way out */
    public ElectionName {
        if (!NAMESPACE.matcher(Required.given("namespace", namespace)).matches()) {
            throw new IllegalArgumentException("election namespace \"" + Printable.value(namespace)
                    + "\" must be 1 to 63 lower-case letters, digits or '-', beginning and ending with a letter or"
                    + " digit; rename it, for example \"orders\"");
        }
        if (!NAME.matcher(Required.given("name", name)).matches()) {
            throw new IllegalArgumentException("election name \"" + Printable.value(name)
                    + "\" must be 1 to 253 lower-case letters, digits, '-' or '.', beginning and ending with a letter"
                    + " or digit; rename it, for example \"reconciler\"");
        }
    }

    /**
     * Parses {@code namespace/name}.
     *
     * @throws IllegalArgumentException naming the value, the rule and the way out
     */
    public static ElectionName parse(String election) {
        int slash = Required.given("election", election).indexOf('/');
        if (slash < 0 || election.indexOf('/', slash + 1) >= 0) {
            throw new IllegalArgumentException("election \"" + Printable.value(election)
                    + "\" must be written namespace/name with exactly one slash; for example \"orders/reconciler\"");
        }
        return new ElectionName(election.substring(0, slash), election.substring(slash + 1));
    }

    /** {@code namespace/name}. */
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
