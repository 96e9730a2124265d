package dev.baton.cli.demo;

import dev.baton.spi.FencingToken;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event that a candidate, the ledger or the demo itself recorded: a flat JSON object with at least {@code mono},
 * {@code type} and {@code identity}.
 *
 * <p>{@code mono} is {@link System#nanoTime()}, which on Linux is CLOCK_MONOTONIC, counted from the boot of the
 * machine: it makes the facts of several processes on one host comparable.
 */
record Fact(Map<String, Object> fields) {
    /** The identity of the demo itself, in facts that are not a candidate's. */
    static final String DEMO = "demo";

    Fact {
        if (!(fields.get("mono") instanceof Long) || !fields.containsKey("type") || !fields.containsKey("identity")) {
            throw new IllegalArgumentException("not a fact, for want of mono, type or identity: " + fields);
        }
    }

    /** A fact with the present time. */
    static Fact now(String type, String identity) {
        return at(System.nanoTime(), type, identity);
    }

    static Fact at(long mono, String type, String identity) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("mono", mono);
        fields.put("type", type);
        fields.put("identity", identity);
        return new Fact(fields);
    }

    /** @throws IllegalArgumentException when {@code json} is not a flat object with the three fields */
    static Fact parse(String json) {
        return new Fact(Json.parse(json));
    }

    Fact with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new Fact(more);
    }

    long mono() {
        return number("mono");
    }

    String type() {
        return text("type");
    }

    String who() {
        return text("identity");
    }

    boolean is(String type) {
        return type().equals(type);
    }

    boolean by(String identity) {
        return who().equals(identity);
    }

    /** The token in this fact, in its sortable text form; empty without one. */
    String token() {
        return text("token");
    }

    /** Whether this fact has the same term as {@code other}. */
    boolean sameTerm(Fact other) {
        return by(other.who()) && token().equals(other.token());
    }

    String text(String name) {
        return String.valueOf(fields.getOrDefault(name, ""));
    }

    long number(String name) {
        return fields.get(name) instanceof Long number ? number : 0;
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    String toJson() {
        return Json.write(fields);
    }

    /** {@code 12}, or {@code 1-12} in epoch 1. */
    static String brief(@Nullable String token) {
        if (token == null || token.isEmpty()) {
            return "-";
        }
        FencingToken parsed = FencingToken.parse(token);
        return parsed.epoch() == 0 ? Long.toString(parsed.number()) : parsed.epoch() + "-" + parsed.number();
    }
}
