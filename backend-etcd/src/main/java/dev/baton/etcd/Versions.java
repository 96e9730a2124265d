package dev.baton.etcd;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The known faults of a version of etcd's server.
 *
 * @param unsafe why no leader should be elected on it, or null
 * @param faults its other known faults
 */
record Versions(@Nullable String unsafe, List<String> faults) {
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6}).*");

    /**
     * Returns the faults of {@code version}, as a server reports it. A version that is not readable, or newer than all
     * known ones, has none.
     */
    static Versions of(String version) {
        Matcher matcher = NUMBERS.matcher(version);
        if (!matcher.matches()) {
            return new Versions(null, List.of());
        }
        int minor = Integer.parseInt(matcher.group(1)) * 1000 + Integer.parseInt(matcher.group(2));
        int patch = Integer.parseInt(matcher.group(3));
        List<String> faults = new ArrayList<>();
        if (minor < 3005 || (minor == 3005 && patch < 13)) {
            faults.add(
                    "a former leader that was paused and resumes may renew leases without being the leader, and revoke"
                            + " leases that are alive (etcd#15247)");
        }
        if (minor == 3005 && patch < 3) {
            faults.add("a member that is killed under load may lose writes that it acknowledged (etcd#13766)");
        }
        boolean unsafe = minor < 3005 || (minor == 3005 && patch < 23) || (minor == 3006 && patch < 5);
        return new Versions(
                unsafe ? "it can renew a lease that it has already revoked (etcd#14758)" : null, List.copyOf(faults));
    }
}
