package dev.baton.etcd;

import dev.baton.spi.ElectionName;
import dev.baton.spi.FencingToken;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The keys of the claims that were granted, by their tokens. Any thread. */
final class Fences {
    private final Map<Term, String> keys = new ConcurrentHashMap<>();

    private record Term(ElectionName election, FencingToken token) {}

    void put(ElectionName election, FencingToken token, String key) {
        keys.put(new Term(election, token), key);
    }

    void remove(ElectionName election, FencingToken token) {
        keys.remove(new Term(election, token));
    }

    @Nullable String key(ElectionName election, FencingToken token) {
        return keys.get(new Term(election, token));
    }
}
