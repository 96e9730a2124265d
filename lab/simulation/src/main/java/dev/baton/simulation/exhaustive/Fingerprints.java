package dev.baton.simulation.exhaustive;

import dev.baton.register.LeaderRecord;
import dev.baton.register.Register.Entry;
import dev.baton.simulation.Mistakes;
import dev.baton.simulation.Mutants;
import dev.baton.spi.Claim;
import dev.baton.spi.FencingToken;
import dev.baton.spi.Holder;
import dev.baton.spi.Moment;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Takes the fingerprints of worlds.
 *
 * <p>They are taken of the values themselves: the machine's state, what the register adapter remembers, and what is
 * captured by every pending continuation, which is where a call that is under way keeps its state. Times are relative to
 * now, revisions to the store's, nonces are numbered as they are met; names are left out, and of the two orders of the
 * candidates the one with the smaller print counts. What only people read is left out as well.
 */
final class Fingerprints {
    private static final int NONE = -7;

    private final Map<Class<?>, Shape> shapes = new HashMap<>();
    private final Map<Class<?>, Map<String, Field>> named = new HashMap<>();

    Fingerprint of(SmallWorld world) {
        Fingerprint one = new Walk(world, 0).print();
        Fingerprint other = new Walk(world, 1).print();
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** The fields of a class; its number only has to tell it from others, since lambdas have no stable name. */
    private record Shape(long number, boolean known, List<Field> fields) {}

    private Shape shape(Class<?> type) {
        Shape shape = shapes.get(type);
        if (shape == null) {
            boolean known = type.isHidden() || type.isRecord() || isMistaken(type);
            shape = new Shape(shapes.size(), known, known ? fields(type) : List.of());
            shapes.put(type, shape);
        }
        return shape;
    }

    private static boolean isMistaken(Class<?> type) {
        Class<?> host = type.getNestHost();
        return host == Mutants.class || host == Mistakes.class || host == TakeoverTooSoon.class;
    }

    private static List<Field> fields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    private @Nullable Object field(Object owner, String name) {
        Class<?> type = owner.getClass();
        Field field = named.computeIfAbsent(type, of -> new HashMap<>())
                .computeIfAbsent(
                        name,
                        wanted -> fields(type).stream()
                                .filter(any -> any.getName().equals(wanted))
                                .findFirst()
                                .orElseThrow(() -> new IllegalStateException(type + " has no " + wanted)));
        return get(field, owner);
    }

    private Object part(Object owner, String name) {
        return Objects.requireNonNull(field(owner, name), name);
    }

    private static @Nullable Object get(Field field, Object owner) {
        try {
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Stamp(@Nullable String nonce, Instant at) {}

    private final class Walk {
        private final SmallWorld world;
        private final int first;
        private final Map<String, Integer> nonces = new LinkedHashMap<>();
        private final Map<Stamp, Integer> acquired = new HashMap<>();
        private final Map<Stamp, Integer> renewed = new HashMap<>();
        private final IdentityHashMap<Object, Integer> met = new IdentityHashMap<>();
        private @Nullable Contender whose;
        private long high = 0x243F6A8885A308D3L;
        private long low = 0x13198A2E03707344L;

        Walk(SmallWorld world, int first) {
            this.world = world;
            this.first = first;
        }

        Fingerprint print() {
            put(world.faults());
            put(world.now() / SmallWorld.UNIT);
            walk(world.entry());
            if (world.entry() != null && !world.entry().record().isFree()) {
                put(Math.min(
                        world.now() - world.checks().committedAt(),
                        world.entry().record().leaseDuration().toNanos()));
            }
            walk(world.checks().newest());
            for (int i = 0; i < SmallWorld.CANDIDATES; i++) {
                contender(world.contender((first + i) % SmallWorld.CANDIDATES));
            }
            for (int i = 0; i < SmallWorld.CANDIDATES; i++) {
                leftByTheDead((first + i) % SmallWorld.CANDIDATES);
            }
            nonces();
            return new Fingerprint(high, low);
        }

        private void put(long value) {
            high = Long.rotateLeft((high ^ value) * 0xBF58476D1CE4E5B9L, 31) * 0x94D049BB133111EBL + 1;
            low = Long.rotateLeft((low + value) * 0x9FB21C651E98DF25L, 27) * 0xD6E8FEB86659FD93L + 3;
        }

        // -- the parts --------------------------------------------------------------------------------------------

        private void contender(Contender contender) {
            whose = contender;
            put(contender.isPaused() ? 1 : 0);
            put(contender.isClosing() ? 1 : 0);
            put(contender.isStopped() ? 1 : 0);
            Object driver = contender.driver();
            walk(field(part(driver, "machine"), "state"));
            Object live = field(part(driver, "term"), "live");
            walk(live == null ? null : field(live, "stage"));
            Map<?, ?> views = (Map<?, ?>) part(contender.plain(), "views");
            views.values().forEach(this::view);
            walk(contender.backend());
            walk(part(contender.plain(), "register"));
            walk(part(driver, "callbacks"));
            Contender.Work work = contender.work();
            put((work.isRunning() ? 1 : 0) + (work.mayReturn() ? 2 : 0) + (work.mayStop() ? 4 : 0));
            for (Checks.Reign reign : world.checks().reigns()) {
                if (reign.contender() == contender) {
                    reign(reign);
                }
            }
            List<LocalRuntime.LocalTimer> timers = contender.runtime().timers();
            for (LocalRuntime.LocalTimer timer : timers) {
                put(timer.due() - world.now());
                walk(timer.task());
            }
            for (Message message : world.messages()) {
                if (message.from() == contender) {
                    message(message, timers);
                }
            }
            for (Contender.Change change : contender.changes()) {
                put(change.opens() ? 1 : 0);
                put(change.revision() - world.revision());
                walk(change.entry());
            }
            put(NONE);
        }

        private void leftByTheDead(int slot) {
            for (Message message : world.messages()) {
                if (message.from().isDead() && message.from().slot() == slot) {
                    message(message, List.of());
                }
            }
            put(NONE);
        }

        private void view(Object view) {
            Object seen = part(view, "lastSeen");
            walk(field(seen, "entry"));
            put((long) part(seen, "revision") - world.revision());
            long lease = (long) part(seen, "leaseNanos");
            put(lease);
            put(Math.max(0, lease - (world.now() - ((Moment) part(seen, "seenAt")).nanos())));
            walk(field(view, "known"));
            walk(field(view, "live"));
            walk(field(view, "holder"));
            Map<?, ?> claims = (Map<?, ?>) part(view, "claims");
            claims.entrySet().stream()
                    .sorted(Comparator.comparing(entry -> ((Claim) entry.getKey()).nonce()))
                    .forEach(entry -> claim(entry.getKey(), entry.getValue()));
            put(NONE);
        }

        private void claim(Object claim, Object record) {
            walk(claim);
            walk(field(record, "written"));
            walk(field(record, "token"));
            walk(field(record, "unread"));
            Collection<?> unknown = (Collection<?>) part(record, "unknown");
            unknown.stream().map(sent -> (Long) part(sent, "place")).sorted().forEach(this::walk);
            put(NONE);
        }

        private void reign(Checks.Reign reign) {
            walk(reign.token());
            walk(reign.until());
            nonce(reign.nonce());
            walk(reign.ended());
            put(reign.flags());
            walk(reign.work());
        }

        private void message(Message message, List<LocalRuntime.LocalTimer> timers) {
            put(message.isUnheard() ? 1 : 0);
            put(message.patience() == null ? NONE : timers.indexOf(message.patience()));
            put(message.isLate() ? 1 : 0);
            put(message.isWrite() ? 1 : 0);
            walk(message.expected());
            walk(message.next());
            walk(message.reply());
            if (message.next() != null) {
                put(world.checks().isAfterTheEnd(message.next().nonce(), message.sentAt()) ? 1 : 0);
            }
        }

        private void nonces() {
            for (String nonce : nonces.keySet()) {
                put(world.checks().flags(nonce));
            }
        }

        // -- any value --------------------------------------------------------------------------------------------

        private void walk(@Nullable Object value) {
            if (value == null) {
                put(NONE);
            } else if (value instanceof Boolean flag) {
                put(flag ? 1 : 0);
            } else if (value instanceof Integer number) {
                put(number);
            } else if (value instanceof Long number) {
                number(number);
            } else if (value instanceof Enum<?> constant) {
                put(constant.name().hashCode());
            } else if (value instanceof String text) {
                nonce(text);
            } else if (value instanceof Moment moment) {
                put(moment.nanos() - world.now());
            } else if (value instanceof Duration duration) {
                put(duration.toNanos());
            } else if (value instanceof FencingToken token) {
                put(token.number() - world.revision());
            } else if (value instanceof Claim claim) {
                nonce(claim.nonce());
            } else {
                walkMore(value);
            }
        }

        private void walkMore(Object value) {
            if (value instanceof Entry entry) {
                put(entry.revision() - world.revision());
                walk(entry.record());
            } else if (value instanceof LeaderRecord record) {
                nonce(record.nonce());
                walk(record.leaseDuration());
                acquired(record.nonce(), record.isFree() ? null : record.acquireTime());
                renewed(record);
            } else if (value instanceof Holder holder) {
                walk(holder.nonce());
                walk(holder.token());
                acquired(holder.nonce(), holder.acquired());
            } else if (value instanceof Optional<?> optional) {
                walk(optional.orElse(null));
            } else if (value instanceof CompletionStage<?>) {
                long age = whose == null ? -1 : whose.runtime().age(value);
                put(age >= 0 ? age : met(value));
            } else if (value instanceof Throwable) {
                put(shape(value.getClass()).number);
            } else if (value instanceof Collection<?> collection) {
                collection.forEach(this::walk);
                put(NONE);
            } else if (value instanceof Map<?, ?> map) {
                map.forEach((key, kept) -> {
                    walk(key);
                    walk(kept);
                });
                put(NONE);
            } else if (value.getClass().isArray()) {
                for (int i = 0; i < Array.getLength(value); i++) {
                    walk(Array.get(value, i));
                }
            } else {
                object(value);
            }
        }

        private void object(Object value) {
            Class<?> type = value.getClass();
            Shape shape = shape(type);
            put(shape.number);
            if (type.getName().endsWith(".RegisterClaim")) {
                walk(field(value, "claim"));
                return;
            }
            boolean machine = type.getPackageName().equals("dev.baton.machine");
            if (!shape.known || (!type.isRecord() && met.containsKey(value))) {
                return;
            }
            if (!type.isRecord()) {
                met(value);
            }
            for (Field field : shape.fields) {
                Object part = get(field, value);
                if (machine) {
                    ofMachine(field.getName(), part);
                } else {
                    walk(part);
                }
            }
        }

        private long calls;

        /** What only counts, is only told, or is only waited for and has come. */
        private void ofMachine(String name, @Nullable Object part) {
            switch (name) {
                case "config", "claims" -> {}
                case "calls" -> calls = (long) Objects.requireNonNull(part);
                case "trouble", "refusal" -> put(part == null ? 0 : 1);
                case "failures" -> put(Math.min((int) Objects.requireNonNull(part), 3));
                case "races" -> put(world.bounds().longest() ? (int) Objects.requireNonNull(part) : 0);
                case "call", "pending" -> {
                    long call = (long) Objects.requireNonNull(part);
                    put(call == 0 ? 0 : 1 + calls - call);
                }
                case "tryAt", "notBefore", "lapse", "askAt", "contendAt", "beginBy" ->
                    put(Math.max(-1, ((Moment) Objects.requireNonNull(part)).nanos() - world.now()));
                default -> walk(part);
            }
        }

        /** A small number is a revision, which counts from the store's; others are themselves. */
        private void number(long number) {
            boolean revision = number > 0 && number < SmallWorld.UNIT / 1_000;
            put(revision ? 1 : 0);
            put(revision ? number - world.revision() : number);
        }

        private int met(Object value) {
            return met.computeIfAbsent(value, other -> met.size());
        }

        /** When a claim was acquired only tells one acquisition of that claim from another. */
        private void acquired(@Nullable String nonce, @Nullable Instant at) {
            if (at == null) {
                put(NONE);
                return;
            }
            put(acquired.computeIfAbsent(new Stamp(nonce, at), any -> acquired.size()));
            put(mayWriteAgain(nonce) && at.equals(world.moment().wall()) ? 1 : 0);
        }

        /** When a record was renewed tells it from the same claim's other records, and whether the next has to be later. */
        private void renewed(LeaderRecord record) {
            if (record.isFree()) {
                return;
            }
            Instant at = record.renewTime();
            put(renewed.computeIfAbsent(new Stamp(record.nonce(), at), any -> renewed.size()));
            long ahead = Duration.between(world.moment().wall(), at).toNanos();
            put(mayWriteAgain(record.nonce()) ? Math.max(-1, ahead) : NONE);
        }

        private boolean mayWriteAgain(@Nullable String nonce) {
            return nonce != null
                    && (world.contender(0).wrote(nonce) || world.contender(1).wrote(nonce));
        }

        private void nonce(@Nullable String text) {
            if (text == null || text.length() != 36) {
                put(NONE);
                return;
            }
            int slot = text.charAt(Contender.SLOT_IN_NONCE) - '0';
            put((slot + first) % SmallWorld.CANDIDATES);
            put(nonces.computeIfAbsent(text, met -> nonces.size()));
        }
    }
}
