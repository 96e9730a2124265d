package dev.baton.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.kubernetes.Answers.Meaning;
import dev.baton.kubernetes.Answers.Request;
import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.LockBackend;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Records in objects of an API server.
 *
 * <p>Every update names the version and the uid that it replaces: without the uid, a PUT to a deleted object would
 * re-create it. An update that the server answered as a creation is undone.
 */
final class KubernetesRegister implements Register {

    /** Kubernetes' own rule for names of objects, beyond the general one: each part between dots is a label. */
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    /** A request times out while there is time left for another one within the machine's own deadline for a call. */
    private static final double SHARE_OF_RENEW_DEADLINE = 0.4;

    /**
     * The longest Retry-After that a standby heeds, in retryPeriods: shorter than the leaseDuration it contends for.
     */
    private static final int MOST_RETRY_PERIODS = 5;

    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,18}");

    private final Settings settings;
    private final LockObject object;
    private final BackendRuntime runtime;
    private final Logger log;
    private final ApiServer server;
    private final Messages messages;
    private final Watches watches;
    private final Map<ElectionName, Duration> patience = new ConcurrentHashMap<>();
    private final Map<ElectionName, Duration> retryPeriods = new ConcurrentHashMap<>();
    /** The claim of this process that holds an election, as far as is known. */
    private final Map<ElectionName, Held> held = new ConcurrentHashMap<>();

    private final Map<ElectionName, String> oddities = new ConcurrentHashMap<>();

    /**
     * A claim that holds its election.
     *
     * @param begun the version at which its term began, the number of its token; {@link #UNKNOWN} while the response
     *     with it is missing. For the {@link TokenMark} alone
     */
    private record Held(String nonce, long begun) {
        static final long UNKNOWN = -1;

        /** What is known after {@code next}; its response may have arrived before an earlier one. */
        Held then(Held next) {
            return nonce.equals(next.nonce) && begun > next.begun ? this : next;
        }
    }

    KubernetesRegister(Settings settings, BackendRuntime runtime, ApiServer server) {
        this.settings = settings;
        this.object = settings.object();
        this.runtime = runtime;
        this.log = runtime.logger(KubernetesRegister.class);
        this.server = server;
        this.messages = new Messages(server.url(), object, server.secrets());
        this.watches = new Watches(this, object, server, runtime);
    }

    @Override
    public String kind() {
        return object.text();
    }

    @Override
    public BackendRuntime runtime() {
        return runtime;
    }

    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        if (!SUBDOMAIN.matcher(election.name()).matches()) {
            throw new IllegalArgumentException("election name \"" + election.name()
                    + "\" must be a DNS subdomain on Kubernetes: letters and digits at both ends of each part between"
                    + " dots; rename it, for example \"reconciler.orders\"");
        }
        Duration share = Duration.ofNanos((long) (timing.renewDeadline().toNanos() * SHARE_OF_RENEW_DEADLINE));
        patience.merge(election, share, KubernetesRegister::shorter);
        retryPeriods.merge(election, timing.retryPeriod(), KubernetesRegister::shorter);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** How long a request may take. */
    Duration patience(ElectionName election) {
        return patience.getOrDefault(
                election, ElectionTiming.DEFAULT.renewDeadline().dividedBy(2));
    }

    @Override
    public CompletionStage<Optional<Entry>> read(ElectionName election) {
        CompletableFuture<Optional<Entry>> answer = new CompletableFuture<>();
        ask(Request.GET, election, null, answer, response -> {
            switch (means(Request.GET, election, response)) {
                case DONE -> answer.complete(Optional.of(seen(election, response.body())));
                case GONE -> answer.complete(Optional.empty());
                default -> answer.completeExceptionally(messages.refused("get", election, response, false));
            }
        });
        return answer;
    }

    private Meaning means(Request request, ElectionName election, Response response) {
        return Answers.of(request, response, object, election);
    }

    @Override
    public CompletionStage<Entry> write(ElectionName election, @Nullable Entry expected, LeaderRecord next) {
        return expected == null ? create(election, next) : update(election, expected, next);
    }

    private CompletionStage<Entry> create(ElectionName election, LeaderRecord next) {
        CompletableFuture<Entry> answer = new CompletableFuture<>();
        ObjectNode made = settings.newObject(election);
        object.format().write(made, next);
        ask(
                Request.CREATE,
                election,
                made,
                answer,
                response -> written(Request.CREATE, election, next, false, response, answer));
        return answer;
    }

    private CompletionStage<Entry> update(ElectionName election, Entry expected, LeaderRecord next) {
        CompletableFuture<Entry> answer = new CompletableFuture<>();
        ObjectNode changed = replacement(expected);
        object.format().write(changed, next);
        boolean renews = renews(expected.record(), next);
        markToken(election, changed, renews ? next : null);
        ask(
                Request.UPDATE,
                election,
                changed,
                answer,
                response -> written(Request.UPDATE, election, next, renews, response, answer));
        return answer;
    }

    private void written(
            Request request,
            ElectionName election,
            LeaderRecord next,
            boolean renews,
            Response response,
            CompletableFuture<Entry> answer) {
        String verb = verb(request);
        switch (means(request, election, response)) {
            case DONE -> {
                Entry entry = written(election, response.body(), !renews);
                if (entry.record().nonce().equals(next.nonce())) {
                    answer.complete(entry);
                } else {
                    answer.completeExceptionally(messages.refused(verb, election, response, false));
                }
            }
            case GONE, ELSEWHERE -> answer.completeExceptionally(new ConflictException(response.message()));
            case RECREATED -> undo(election, seen(election, response.body()), answer);
            case NOT_WRITTEN -> answer.completeExceptionally(messages.refused(verb, election, response, true));
            case UNKNOWN -> answer.completeExceptionally(messages.refused(verb, election, response, false));
        }
    }

    /** Whether {@code next} continues the term of {@code last}; a new term has an acquireTime of its own. */
    private static boolean renews(LeaderRecord last, LeaderRecord next) {
        return !next.isFree()
                && next.nonce().equals(last.nonce())
                && next.acquireTime().equals(last.acquireTime());
    }

    /** @param renewal the record of a term that continues; null where a term begins or ends */
    private void markToken(ElectionName election, ObjectNode changed, @Nullable LeaderRecord renewal) {
        Held by = held.get(election);
        if (renewal == null) {
            TokenMark.clear(changed);
        } else if (by != null && by.nonce().equals(renewal.nonce()) && by.begun() != Held.UNKNOWN) {
            TokenMark.write(changed, by.begun(), by.nonce());
        }
    }

    /** The object with its version and uid, and without managedFields, which the server maintains. */
    private static ObjectNode replacement(Entry expected) {
        if (!(expected.raw() instanceof ObjectNode stored)) {
            throw new IllegalArgumentException("the entry " + expected + " did not come from this register");
        }
        ObjectNode copy = stored.deepCopy();
        Json.child(copy, "metadata").remove("managedFields");
        return copy;
    }

    /** A write of Baton's must not bring a deleted object back: releases the record again, if the server permits it. */
    private void undo(ElectionName election, Entry created, CompletableFuture<Entry> answer) {
        ObjectNode freed = replacement(created);
        TokenMark.clear(freed);
        LeaderRecord was = created.record();
        object.format()
                .write(
                        freed,
                        new LeaderRecord(
                                "", "", Duration.ofSeconds(1), was.acquireTime(), was.renewTime(), was.transitions()));
        ask(Request.UPDATE, election, freed, answer, response -> {
            if (means(Request.UPDATE, election, response) == Meaning.DONE) {
                answer.completeExceptionally(new ConflictException(messages.recreated(election)));
            } else {
                answer.completeExceptionally(new BackendException(messages.recreated(election)));
            }
        });
    }

    private interface Reading {
        void take(Response response);
    }

    private static String verb(Request request) {
        return request.name().toLowerCase(Locale.ROOT);
    }

    private void ask(
            Request request,
            ElectionName election,
            @Nullable ObjectNode body,
            CompletableFuture<?> answer,
            Reading reading) {
        String verb = verb(request);
        if (!server.respite(object.path(election), longestRespite(election)).isZero()) {
            answer.completeExceptionally(messages.mustWait(verb, election));
            return;
        }
        Duration wait = patience(election);
        server.send(object.path(election), method(request), path(request, election), body, wait)
                .whenComplete((response, failure) -> {
                    if (response == null) {
                        answer.completeExceptionally(messages.unanswered(verb, election, wait, failure));
                        return;
                    }
                    try {
                        reading.take(response);
                    } catch (Throwable e) {
                        // Whatever the object contains: a stage that never completes would wedge the election.
                        answer.completeExceptionally(e);
                    }
                });
    }

    private static String method(Request request) {
        return switch (request) {
            case GET -> "GET";
            case CREATE -> "POST";
            case UPDATE -> "PUT";
        };
    }

    private String path(Request request, ElectionName election) {
        return request == Request.CREATE ? object.path(election.namespace()) : object.path(election);
    }

    /**
     * How much of a Retry-After to heed: a few retryPeriods, or one for a leader. A busy server is no reason to change
     * leaders, nor to leave an election without a leader.
     */
    private Duration longestRespite(ElectionName election) {
        Duration retryPeriod = retryPeriods.getOrDefault(election, ElectionTiming.DEFAULT.retryPeriod());
        return held.containsKey(election) ? retryPeriod : retryPeriod.multipliedBy(MOST_RETRY_PERIODS);
    }

    private Entry seen(ElectionName election, ObjectNode found) {
        Entry entry = entry(election, found);
        held.computeIfPresent(
                election, (name, by) -> by.nonce().equals(entry.record().nonce()) ? by : null);
        watches.known(election, entry.revision());
        return entry;
    }

    /** @param begins whether the write began or ended a term, rather than renewed it */
    private Entry written(ElectionName election, ObjectNode found, boolean begins) {
        Entry entry = seen(election, found);
        if (!entry.record().isFree()) {
            Held now = new Held(entry.record().nonce(), begins ? entry.revision() : Held.UNKNOWN);
            held.merge(election, now, Held::then);
        }
        return entry;
    }

    /**
     * The record in an object, with its revision.
     *
     * @throws BackendException when its resourceVersion is not a number
     */
    Entry entry(ElectionName election, ObjectNode found) {
        String version = Json.resourceVersion(found);
        String odd = object.format().oddity(found);
        if (odd == null) {
            oddities.remove(election);
        } else if (!odd.equals(oddities.put(election, odd))) {
            log.warn("{}", messages.odd(election, odd));
        }
        return new Entry(object.format().read(found), revision(election, version), found);
    }

    long revision(ElectionName election, String resourceVersion) {
        if (NUMBER.matcher(resourceVersion).matches()) {
            try {
                return Long.parseLong(resourceVersion);
            } catch (NumberFormatException e) {
                throw messages.noNumber(election, resourceVersion);
            }
        }
        throw messages.noNumber(election, resourceVersion);
    }

    @Override
    public LockBackend.Observation watch(ElectionName election, RegisterWatcher watcher) {
        return watches.watch(election, watcher);
    }

    @Override
    public void close() {
        runtime.close();
        server.close();
    }
}
