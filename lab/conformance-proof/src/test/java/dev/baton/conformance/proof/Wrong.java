package dev.baton.conformance.proof;

import dev.baton.conformance.BackendHarness;
import dev.baton.register.ConflictException;
import dev.baton.register.LeaderRecord;
import dev.baton.register.Register;
import dev.baton.register.RegisterBackend;
import dev.baton.simulation.Mistakes;
import dev.baton.simulation.Mutants;
import dev.baton.spi.Answer;
import dev.baton.spi.BackendException;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.Chance;
import dev.baton.spi.Claim;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.ElectionWatcher;
import dev.baton.spi.FencingToken;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.ForwardingRuntime;
import dev.baton.spi.Holder;
import dev.baton.spi.LockBackend;
import dev.baton.spi.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Backends that each make one mistake, the rules it breaks, and a piece of what the kit has to say about it. */
enum Wrong {
    SAYS_NOTHING_WHEN_REFUSED("1.1", "was answered null, not Refused") {
        @Override
        LockBackend around(LockBackend right) {
            return answering(
                    right, (claim, answer) -> answer instanceof Answer.Granted ? answer : nothing(), Wrong::asItIs);
        }
    },
    ONE_CALL_AT_A_TIME("1.2", "acquired while forty calls were in flight") {
        @Override
        LockBackend around(LockBackend right) {
            Semaphore room = new Semaphore(1);
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                    if (!room.tryAcquire()) {
                        return CompletableFuture.completedFuture(new Answer.Refused(null, Chance.now()));
                    }
                    return right.acquire(claim, deadline).whenComplete((answer, failure) -> room.release());
                }
            };
        }
    },
    WAITS_ON_THE_SENDER("1.3", "baton-memory-sender") {
        @Override
        Register client(Register shared, Link link, BackendRuntime runtime, Duration timeout) {
            return new FaultyRegister(shared, link, runtime, timeout) {
                @Override
                <T> CompletionStage<T> timed(Supplier<CompletionStage<T>> request) {
                    CompletableFuture<T> answer = super.timed(request).toCompletableFuture();
                    try {
                        answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
                    } catch (ExecutionException | TimeoutException e) {
                        return answer;
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return answer;
                }
            };
        }
    },
    PROMISES_TWICE_THE_LEASE("2.1", "ms before") {
        @Override
        LockBackend around(LockBackend right) {
            return granting(
                    right,
                    granted -> new Answer.Granted(
                            granted.sentAt(), granted.guaranteedFor().multipliedBy(2), granted.token()));
        }
    },
    RENEWS_FROM_MEMORY("2.1 4.4 6.2", "before the guarantee of a leader that renews had run out") {
        @Override
        LockBackend around(LockBackend right) {
            return new RenewingFromMemory(right) {
                @Override
                boolean isRemembered(Claim claim) {
                    return claim.timing().leaseDuration().compareTo(LONG) <= 0;
                }
            };
        }
    },
    COUNTS_FROM_THE_ANSWER("2.1", "says that its request was sent") {
        @Override
        LockBackend around(LockBackend right) {
            return new Mutants.ValidityFromReceipt(right);
        }
    },
    COUNTS_TOKENS_IN_THE_PROCESS("2.2", "one of token") {
        @Override
        LockBackend around(LockBackend right) {
            AtomicLong terms = new AtomicLong();
            Map<Long, Long> tokens = new ConcurrentHashMap<>();
            return granting(
                    right,
                    granted -> withNumber(
                            granted,
                            tokens.computeIfAbsent(granted.token().number(), number -> terms.incrementAndGet())));
        }
    },
    TOKEN_OF_THE_RENEWAL("2.2", "a renewal of the term of token") {
        @Override
        LockBackend around(LockBackend right) {
            AtomicLong renewals = new AtomicLong();
            return answering(
                    right,
                    Wrong::asItIs,
                    (claim, answer) -> answer instanceof Answer.Granted granted
                            ? withNumber(granted, granted.token().number() + renewals.incrementAndGet())
                            : answer);
        }
    },
    TAKES_OFF_THE_DRIFT("2.3", "the margin for drift is core's to take") {
        @Override
        LockBackend around(LockBackend right) {
            return answering(
                    right,
                    (claim, answer) -> answer instanceof Answer.Granted granted
                            ? new Answer.Granted(
                                    granted.sentAt(),
                                    Duration.ofNanos(claim.timing().scaledNanos(granted.guaranteedFor())),
                                    granted.token())
                            : answer,
                    Wrong::asItIs);
        }
    },
    TAKES_SILENCE_FOR_NO("3.1", "the backend cannot know the outcome") {
        @Override
        LockBackend around(LockBackend right) {
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                    return right.acquire(claim, deadline)
                            .exceptionally(failure -> new Answer.Refused(null, Chance.now()));
                }
            };
        }
    },
    TRUSTS_THE_IDENTITY("3.3", "identity") {
        @Override
        LockBackend around(LockBackend right) {
            return new Renaming(right, claim -> claim.identity());
        }
    },
    TAKES_A_REFUSED_RENEWAL_FOR_A_LOSS("3.4", "its record stood") {
        @Override
        LockBackend around(LockBackend right) {
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
                    return right.renew(claim, deadline).exceptionally(failure -> {
                        if (isNotWritten(failure)) {
                            return new Answer.Refused(null, Chance.now());
                        }
                        throw new CompletionException(failure);
                    });
                }
            };
        }
    },
    TAKES_A_CONFLICT_FOR_NOTHING_WRITTEN("3.4", "carried out twice") {
        @Override
        LockBackend around(LockBackend right) {
            Answer lostRace = new Answer.Refused(null, Chance.now());
            Set<Claim> lost = ConcurrentHashMap.newKeySet();
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                    return right.acquire(claim, deadline).whenComplete((answer, failure) -> {
                        if (lostRace.equals(answer)) {
                            lost.add(claim);
                        } else {
                            lost.remove(claim);
                        }
                    });
                }

                @Override
                public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
                    return lost.remove(claim) ? done() : right.withdraw(claim, deadline);
                }
            };
        }
    },
    TAKES_A_CONFLICT_FOR_A_LOSS("3.4 6.1", "while each request was carried out twice") {
        @Override
        LockBackend open(Register shared, Link link, BackendRuntime runtime, Duration timeout, Statics statics) {
            Set<String> conflicts = ConcurrentHashMap.newKeySet();
            Register client = new FaultyRegister(shared, link, runtime, timeout) {
                @Override
                public CompletionStage<Entry> write(
                        ElectionName election, @Nullable Entry expected, LeaderRecord next) {
                    return super.write(election, expected, next).whenComplete((entry, failure) -> {
                        if (cause(failure) instanceof ConflictException) {
                            conflicts.add(next.nonce());
                        }
                    });
                }
            };
            return new ForwardingBackend(new RegisterBackend(client, 0)) {
                @Override
                public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
                    conflicts.remove(claim.nonce());
                    return delegate.renew(claim, deadline)
                            .handle((answer, failure) -> conflicts.remove(claim.nonce())
                                    ? CompletableFuture.<Answer>completedFuture(new Answer.Refused(null, Chance.now()))
                                    : settled(answer, failure))
                            .thenCompose(answer -> answer);
                }
            };
        }
    },
    TAKES_ANY_NOT_FOUND_FOR_THE_STORES("3.4 4.2", "while something in between answered") {
        @Override
        Register client(Register shared, Link link, BackendRuntime runtime, Duration timeout) {
            return new FaultyRegister(shared, link, runtime, timeout) {
                @Override
                public CompletionStage<Optional<Entry>> read(ElectionName election) {
                    return super.read(election).exceptionally(failure -> {
                        if (says(failure, Link.NOT_FOUND)) {
                            return Optional.empty();
                        }
                        throw new CompletionException(failure);
                    });
                }

                @Override
                public CompletionStage<Entry> write(
                        ElectionName election, @Nullable Entry expected, LeaderRecord next) {
                    return super.write(election, expected, next).exceptionally(failure -> {
                        throw says(failure, Link.NOT_FOUND)
                                ? new ConflictException("it is gone")
                                : new CompletionException(failure);
                    });
                }
            };
        }
    },
    TAKES_A_REFUSED_LOOK_FOR_NOTHING_THERE("3.4 4.2", "while the store refused to read") {
        @Override
        LockBackend open(Register shared, Link link, BackendRuntime runtime, Duration timeout, Statics statics) {
            Register client = new FaultyRegister(shared, link, runtime, timeout) {
                @Override
                public CompletionStage<Optional<Entry>> read(ElectionName election) {
                    return super.read(election).exceptionally(failure -> {
                        if (says(failure, Link.NOT_PERMITTED_TO_READ)) {
                            return Optional.empty();
                        }
                        throw new CompletionException(failure);
                    });
                }
            };
            return new ForwardingBackend(new RegisterBackend(client, 0)) {
                @Override
                public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
                    return client.read(claim.election())
                            .thenCompose(found -> found.isEmpty()
                                    ? CompletableFuture.completedFuture(new Answer.Refused(null, Chance.now()))
                                    : delegate.renew(claim, deadline));
                }
            };
        }
    },
    RETRIES_WHAT_WAS_REFUSED("4.5", "close() would wait for it") {
        @Override
        LockBackend around(LockBackend right) {
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                    return right.acquire(claim, deadline)
                            .handle((answer, failure) -> failure != null
                                            && isNotWritten(failure)
                                            && runtime().timekeeper().now().isBefore(deadline)
                                    ? later(() -> acquire(claim, deadline))
                                    : settled(answer, failure))
                            .thenCompose(answer -> answer);
                }

                private CompletionStage<Answer> later(Supplier<CompletionStage<Answer>> call) {
                    CompletableFuture<Answer> answer = new CompletableFuture<>();
                    runtime()
                            .timekeeper()
                            .schedule(
                                    PAUSE,
                                    () -> call.get().whenComplete((value, failure) -> {
                                        if (failure != null) {
                                            answer.completeExceptionally(failure);
                                        } else {
                                            answer.complete(value);
                                        }
                                    }));
                    return answer;
                }
            };
        }
    },
    OWES_WHAT_WAS_REFUSED("4.5", "must not wait for the store to accept writes again") {
        @Override
        Register client(Register shared, Link link, BackendRuntime runtime, Duration timeout) {
            return new Mutants.RefusalOwed(super.client(shared, link, runtime, timeout));
        }
    },
    FORGETS_WHAT_HAD_NO_ANSWER("4.1", "1 of its claims still stood") {
        @Override
        LockBackend around(LockBackend right) {
            Set<Claim> unknown = ConcurrentHashMap.newKeySet();
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
                    return right.renew(claim, deadline).whenComplete((answer, failure) -> {
                        if (failure != null) {
                            unknown.add(claim);
                        }
                    });
                }

                @Override
                public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
                    return unknown.contains(claim) ? done() : right.withdraw(claim, deadline);
                }
            };
        }
    },
    CONFIRMS_WHAT_THE_STORE_DID_NOT("4.2", "the store cannot have confirmed it") {
        @Override
        LockBackend around(LockBackend right) {
            return new Mistakes.WithdrawalFailureIgnored(right);
        }
    },
    RENEWAL_CREATES("4.4", "renew of a claim that was") {
        @Override
        LockBackend around(LockBackend right) {
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
                    return right.renew(claim, deadline)
                            .thenCompose(answer -> answer instanceof Answer.Refused
                                    ? right.acquire(claim, deadline)
                                    : CompletableFuture.completedFuture(answer));
                }
            };
        }
    },
    RENEWAL_PUTS_BACK_WHAT_WAS_DELETED("4.4 6.2", "another's acquire after the renew of a claim that was deleted") {
        @Override
        LockBackend open(Register shared, Link link, BackendRuntime runtime, Duration timeout, Statics statics) {
            Register client = client(shared, link, runtime, timeout);
            return new ForwardingBackend(new RegisterBackend(client, 0)) {
                @Override
                public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
                    Moment sentAt = runtime.timekeeper().now();
                    return delegate.renew(claim, deadline)
                            .thenCompose(answer -> answer instanceof Answer.Granted
                                    ? CompletableFuture.completedFuture(answer)
                                    : client.read(claim.election())
                                            .thenCompose(found -> found.isPresent()
                                                    ? CompletableFuture.completedFuture(answer)
                                                    : client.write(claim.election(), null, heldBy(claim))
                                                            .thenApply(entry -> granted(claim, sentAt, entry))));
                }
            };
        }

        private LeaderRecord heldBy(Claim claim) {
            Instant now = Instant.now();
            return new LeaderRecord(
                    claim.identity(), claim.nonce(), claim.timing().leaseDuration(), now, now, 0);
        }

        private Answer granted(Claim claim, Moment sentAt, Register.Entry entry) {
            return new Answer.Granted(sentAt, claim.timing().leaseDuration(), new FencingToken(0, entry.revision()));
        }
    },
    BLANKS_WHATEVER_STANDS("5.1", "the holder's renew after") {
        @Override
        LockBackend open(Register shared, Link link, BackendRuntime runtime, Duration timeout, Statics statics) {
            Register client = client(shared, link, runtime, timeout);
            return new ForwardingBackend(new RegisterBackend(client, 0)) {
                @Override
                public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
                    Instant now = Instant.now();
                    LeaderRecord free = new LeaderRecord("", "", Duration.ofSeconds(1), now, now, 0);
                    return delegate.withdraw(claim, deadline)
                            .thenCompose(done -> client.read(claim.election()))
                            .thenCompose(found ->
                                    found.isEmpty() || found.get().record().isFree()
                                            ? done()
                                            : client.write(claim.election(), found.get(), free)
                                                    .<Void>handle((entry, failure) -> null));
                }
            };
        }
    },
    WAITS_FOR_WHAT_WAS_GIVEN_BACK("5.2", "a holder was withdrawn") {
        @Override
        LockBackend around(LockBackend right) {
            Map<Claim, Moment> refused = new ConcurrentHashMap<>();
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                    Moment now = runtime().timekeeper().now();
                    Moment until = refused.get(claim);
                    if (until != null && now.isBefore(until)) {
                        return CompletableFuture.completedFuture(new Answer.Refused(null, Chance.now()));
                    }
                    return right.acquire(claim, deadline).whenComplete((answer, failure) -> {
                        if (answer instanceof Answer.Refused) {
                            refused.putIfAbsent(claim, now.plus(claim.timing().leaseDuration()));
                        }
                    });
                }
            };
        }
    },
    CRIES_LOST("6.1", "for a claim that is still renewed") {
        @Override
        LockBackend around(LockBackend right) {
            Map<ElectionName, Claim> last = new ConcurrentHashMap<>();
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                    last.put(claim.election(), claim);
                    return right.acquire(claim, deadline);
                }

                @Override
                public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
                    return right.observe(election, timing, new Mistakes.Hearing(watcher) {
                        @Override
                        public void held(Holder holder, Chance chance) {
                            super.held(holder, chance);
                            Claim claim = last.get(election);
                            if (claim != null) {
                                watcher.lost(claim, "somebody holds it");
                            }
                        }
                    });
                }
            };
        }
    },
    CALLS_LOST_WHAT_WAS_NOT_FOUND("6.1", "after something in between had answered") {
        @Override
        LockBackend around(LockBackend right) {
            Map<ElectionName, ElectionWatcher> watchers = new ConcurrentHashMap<>();
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
                    return right.renew(claim, deadline).whenComplete((answer, failure) -> {
                        ElectionWatcher watcher = watchers.get(claim.election());
                        if (watcher != null && failure != null && says(failure, Link.NOT_FOUND)) {
                            watcher.lost(claim, "not found");
                        }
                    });
                }

                @Override
                public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
                    watchers.put(election, watcher);
                    return right.observe(election, timing, watcher);
                }
            };
        }
    },
    LEAVES_THE_LEADER_IN_THE_DARK("6.2", "the leader, which was watching, got only the hints") {
        @Override
        LockBackend around(LockBackend right) {
            return new Mistakes.LostNeverSaid(right);
        }
    },
    TRUSTS_A_WATCH_THAT_IS_NONE("6.2", "that was refused its watch was deleted") {
        @Override
        LockBackend around(LockBackend right) {
            return new RenewingFromMemory(right) {
                private volatile boolean unseen;

                @Override
                boolean isRemembered(Claim claim) {
                    // The mistake: what nobody would tell is taken for what has not happened.
                    return unseen;
                }

                @Override
                public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
                    return right.observe(election, timing, new Mistakes.Hearing(watcher) {
                        @Override
                        public void watching(boolean live) {
                            unseen = !live;
                            super.watching(live);
                        }
                    });
                }
            };
        }
    },
    KEEPS_SAYING_THAT_IT_WATCHES("6.3", "that its watcher got the last about watching is watching(true)") {
        @Override
        LockBackend around(LockBackend right) {
            return hearing(right, watcher -> new Mistakes.Hearing(watcher) {
                @Override
                public void watching(boolean live) {
                    if (live) {
                        super.watching(true);
                    }
                }
            });
        }
    },
    WATCHES_IN_NAME_ONLY("6.3", "a watcher with watching(true) got only the hints") {
        @Override
        LockBackend around(LockBackend right) {
            return hearing(right, watcher -> new Mistakes.Hearing(watcher) {
                @Override
                public void held(Holder holder, Chance chance) {
                    // The mistake: nobody is told.
                }
            });
        }
    },
    NEVER_SAYS_VACANT("6.4", "a standby, which was watching, got only the hints") {
        @Override
        LockBackend around(LockBackend right) {
            return hearing(right, watcher -> new Mistakes.Hearing(watcher) {
                @Override
                public void vacant() {
                    // The mistake: nobody is told.
                }
            });
        }
    },
    ANSWERS_FROM_MEMORY("6.5", "and was not granted, though no other claim held the election") {
        @Override
        LockBackend around(LockBackend right) {
            return new ForwardingBackend(right) {
                private final Map<String, Known> known = new ConcurrentHashMap<>();
                private volatile boolean watching;

                @Override
                public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                    Moment now = right.runtime().timekeeper().now();
                    Known before = watching ? known.get(claim.nonce()) : null;
                    return before != null && now.isBefore(before.until())
                            ? CompletableFuture.completedFuture(before.answer())
                            : right.acquire(claim, deadline).thenApply(answer -> {
                                if (answer instanceof Answer.Refused refused) {
                                    // The mistake: silence is believed for longer than the store promised anything.
                                    Duration believed = Duration.ofNanos(
                                                    refused.chance().nanos())
                                            .multipliedBy(2);
                                    known.put(claim.nonce(), new Known(refused, now.plus(believed)));
                                }
                                return answer;
                            });
                }

                @Override
                public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
                    return right.observe(election, timing, new Mistakes.Hearing(watcher) {
                        @Override
                        public void watching(boolean live) {
                            watching = live;
                            known.clear();
                            super.watching(live);
                        }

                        @Override
                        public void held(Holder holder, Chance chance) {
                            known.clear();
                            super.held(holder, chance);
                        }

                        @Override
                        public void vacant() {
                            known.clear();
                            super.vacant();
                        }
                    });
                }
            };
        }
    },
    WAITS_FOR_A_TURN_THAT_NOBODY_CALLS("6.5", "which might not read for a while, did not come to lead") {
        @Override
        LockBackend around(LockBackend right) {
            Set<ElectionName> inLine = ConcurrentHashMap.newKeySet();
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                    return inLine.contains(claim.election())
                            ? CompletableFuture.completedFuture(new Answer.Refused(null, Chance.now()))
                            : right.acquire(claim, deadline).whenComplete((answer, failure) -> {
                                if (failure != null && says(failure, Link.NOT_PERMITTED_TO_READ)) {
                                    inLine.add(claim.election());
                                }
                            });
                }
            };
        }
    },
    GIVES_UP_A_WATCH_THAT_WAS_REFUSED("6.5", "were refused for a while, and afterwards") {
        @Override
        Register client(Register shared, Link link, BackendRuntime runtime, Duration timeout) {
            return new FaultyRegister(shared, link, runtime, timeout) {
                @Override
                @Nullable Duration pause() {
                    return null;
                }
            };
        }
    },
    NEVER_ENDS_A_WITHDRAWAL("7.1", "withdraw of a store that had fallen silent did not complete") {
        @Override
        LockBackend around(LockBackend right) {
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
                    return unended(right.withdraw(claim, deadline));
                }
            };
        }
    },
    WAITS_FOR_EVER("7.1", "did not complete") {
        @Override
        LockBackend around(LockBackend right) {
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                    return unended(right.acquire(claim, deadline));
                }

                @Override
                public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
                    return unended(right.renew(claim, deadline));
                }
            };
        }
    },
    CLINGS_TO_ITS_CONNECTION("7.2", "none was answered on a new one") {
        @Override
        Register client(Register shared, Link link, BackendRuntime runtime, Duration timeout) {
            return new FaultyRegister(shared, link, runtime, timeout) {
                @Override
                void timedOut() {
                    // The mistake: the next request takes the same connection.
                }
            };
        }
    },
    BELIEVES_OTHERS_CLOCKS("7.3", "whose writer's clock was an hour behind") {
        @Override
        Register client(Register shared, Link link, BackendRuntime runtime, Duration timeout) {
            return new FaultyRegister(shared, link, runtime, timeout) {
                @Override
                Entry understood(Entry entry) {
                    return freeIfOld(entry);
                }

                @Override
                public LockBackend.@Nullable Observation watch(ElectionName election, RegisterWatcher watcher) {
                    return super.watch(election, new RegisterWatcher() {
                        @Override
                        public void live(boolean live) {
                            watcher.live(live);
                        }

                        @Override
                        public void changed(@Nullable Entry entry, long revision) {
                            watcher.changed(entry == null ? null : freeIfOld(entry), revision);
                        }
                    });
                }
            };
        }
    },
    A_SESSION_FOR_EACH_ELECTION("8.1", "twenty elections of one instance and one leaseDuration opened") {
        @Override
        LockBackend around(LockBackend right, Statics statics) {
            return new ForwardingBackend(right) {
                @Override
                public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                    statics.sessions.incrementAndGet();
                    return right.acquire(claim, deadline);
                }
            };
        }
    },
    THROWS_AT_THE_SECOND_CLOSE("8.2", "close() threw at call 2") {
        @Override
        LockBackend around(LockBackend right) {
            return new ForwardingBackend(right) {
                @Override
                public void close() {
                    if (runtime().isClosed()) {
                        throw new IllegalStateException("closed already");
                    }
                    right.close();
                }
            };
        }
    },
    CLOSES_WHEN_THE_STORE_ANSWERS("8.2", "close() of a store that had fallen silent had not returned") {
        @Override
        LockBackend open(Register shared, Link link, BackendRuntime runtime, Duration timeout, Statics statics) {
            return new ForwardingBackend(new RegisterBackend(client(shared, link, runtime, timeout), 0)) {
                @Override
                public void close() {
                    delegate.close();
                    // The mistake has an end, since whoever was killed is never answered.
                    link.request(Wrong::done)
                            .toCompletableFuture()
                            .completeOnTimeout(null, QUIET_CLOSE.toNanos(), TimeUnit.NANOSECONDS)
                            .join();
                }
            };
        }
    },
    LEAVES_A_THREAD_BEHIND("8.2", "threads [left-behind#") {
        @Override
        LockBackend around(LockBackend right) {
            idle("left-behind", new CountDownLatch(1));
            return right;
        }
    },
    CLOSES_ALL_AT_ONCE("8.2", "the backend was closed before the request was sent") {
        @Override
        LockBackend around(LockBackend right, Statics statics) {
            Set<LockBackend> all =
                    statics.instances.computeIfAbsent(Thread.currentThread(), test -> ConcurrentHashMap.newKeySet());
            all.add(right);
            return new ForwardingBackend(right) {
                @Override
                public void close() {
                    all.forEach(LockBackend::close);
                }
            };
        }
    },
    A_THREAD_FOR_EACH_ELECTION("8.3", "200 elections on one instance took") {
        @Override
        LockBackend around(LockBackend right) {
            CountDownLatch closed = new CountDownLatch(1);
            return new ForwardingBackend(right) {
                @Override
                public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
                    idle("for-" + election.name(), closed);
                    return right.observe(election, timing, watcher);
                }

                @Override
                public void close() {
                    right.close();
                    closed.countDown();
                }
            };
        }
    },
    CALLS_BACK_ON_THE_LOOP("8.3", "which is the loop or the caller") {
        @Override
        BackendRuntime runtime(BackendRuntime right) {
            return new ForwardingRuntime(right) {
                @Override
                public Executor callbacks() {
                    return timekeeper()::execute;
                }
            };
        }
    },
    FIRST_COME_FIRST_SERVED("8.4", "left in this order: [acquire later, acquire, renew later, renew]") {
        @Override
        BackendRuntime runtime(BackendRuntime right) {
            return new ForwardingRuntime(right) {
                private final Moment same = right.timekeeper().now();

                @Override
                public <T> CompletionStage<T> send(
                        Priority priority, Moment deadline, Supplier<CompletionStage<T>> call) {
                    return right.send(Priority.RENEW, same, call);
                }
            };
        }
    };

    /** Longer than the kit's shortest lease, and shorter than its long ones. */
    private static final Duration LONG = Duration.ofSeconds(3);

    /** Longer than the kit waits for what has to be bounded. */
    private static final Duration QUIET_CLOSE = Duration.ofSeconds(20);

    /** Between two tries of what was refused. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final String rules;
    private final String told;

    /** What the instances of one harness share, as static fields would be shared. */
    static final class Statics {
        private final AtomicInteger sessions = new AtomicInteger();
        /** By the thread of the test that opened them: tests side by side do not feel each other's. */
        private final Map<Thread, Set<LockBackend>> instances = new ConcurrentHashMap<>();
    }

    Wrong(String rules, String told) {
        this.rules = rules;
        this.told = told;
    }

    /** The rules it breaks. */
    Set<String> rules() {
        return Set.of(rules.split(" ", -1));
    }

    /** A piece of what has to be said about it. */
    String told() {
        return told;
    }

    BackendRuntime runtime(BackendRuntime right) {
        return right;
    }

    Register client(Register shared, Link link, BackendRuntime runtime, Duration timeout) {
        return new FaultyRegister(shared, link, runtime, timeout);
    }

    LockBackend around(LockBackend right) {
        return right;
    }

    LockBackend around(LockBackend right, Statics statics) {
        return around(right);
    }

    LockBackend open(Register shared, Link link, BackendRuntime runtime, Duration timeout, Statics statics) {
        return around(new RegisterBackend(client(shared, link, runtime, timeout), 0), statics);
    }

    /** A harness that opens it. */
    BackendHarness harness() {
        Statics statics = new Statics();
        return new MemoryHarness() {
            @Override
            public String name() {
                return "wrong " + Wrong.this.name();
            }

            @Override
            LockBackend open(Register shared, Link link, BackendRuntime runtime) {
                return Wrong.this.open(shared, link, Wrong.this.runtime(runtime), callTimeout(), statics);
            }

            @Override
            public OptionalInt sessions() {
                return OptionalInt.of(statics.sessions.get());
            }

            @Override
            public Duration patience() {
                return Duration.ofSeconds(5);
            }
        };
    }

    /** What was answered, and until when that is believed. */
    private record Known(Answer answer, Moment until) {}

    // -- parts of mistakes --------------------------------------------------------------------------------------------

    @SuppressWarnings("NullAway") // Nothing is what it answers by mistake.
    private static Answer nothing() {
        return null;
    }

    private static boolean isNotWritten(Throwable failure) {
        return cause(failure) instanceof BackendException said && said.isNotWritten();
    }

    private static @Nullable Throwable cause(@Nullable Throwable failure) {
        return failure == null ? null : BackendException.unwrapped(failure);
    }

    private static boolean says(Throwable failure, String words) {
        return String.valueOf(failure.getMessage()).contains(words);
    }

    /** What a call has come to. */
    private static CompletionStage<Answer> settled(Answer answer, @Nullable Throwable failure) {
        return failure == null ? CompletableFuture.completedFuture(answer) : CompletableFuture.failedFuture(failure);
    }

    private static <T> CompletionStage<T> unended(CompletionStage<T> stage) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        stage.thenAccept(answer::complete);
        return answer;
    }

    private static CompletionStage<Void> done() {
        return CompletableFuture.allOf();
    }

    private static Answer asItIs(Claim claim, Answer answer) {
        return answer;
    }

    private static LockBackend granting(LockBackend right, UnaryOperator<Answer.Granted> change) {
        BiFunction<Claim, Answer, Answer> changed =
                (claim, answer) -> answer instanceof Answer.Granted granted ? change.apply(granted) : answer;
        return answering(right, changed, changed);
    }

    private static LockBackend answering(
            LockBackend right, BiFunction<Claim, Answer, Answer> toAcquire, BiFunction<Claim, Answer, Answer> toRenew) {
        return new ForwardingBackend(right) {
            @Override
            public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
                return right.acquire(claim, deadline).thenApply(answer -> toAcquire.apply(claim, answer));
            }

            @Override
            public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
                return right.renew(claim, deadline).thenApply(answer -> toRenew.apply(claim, answer));
            }
        };
    }

    private static LockBackend hearing(LockBackend right, UnaryOperator<ElectionWatcher> change) {
        return new ForwardingBackend(right) {
            @Override
            public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
                return right.observe(election, timing, change.apply(watcher));
            }
        };
    }

    private static Answer.Granted withNumber(Answer.Granted granted, long number) {
        return new Answer.Granted(
                granted.sentAt(),
                granted.guaranteedFor(),
                new FencingToken(granted.token().epoch(), number));
    }

    private static Register.Entry freeIfOld(Register.Entry entry) {
        LeaderRecord record = entry.record();
        if (record.isFree() || record.renewTime().plus(record.leaseDuration()).isAfter(Instant.now())) {
            return entry;
        }
        LeaderRecord free = new LeaderRecord(
                "", "", record.leaseDuration(), record.acquireTime(), record.renewTime(), record.transitions());
        return new Register.Entry(free, entry.revision(), entry.raw());
    }

    private static void idle(String name, CountDownLatch until) {
        Thread thread = new Thread(
                () -> {
                    try {
                        until.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Renews some claims without asking. */
    private abstract static class RenewingFromMemory extends ForwardingBackend {
        private final Map<Claim, Answer.Granted> held = new ConcurrentHashMap<>();

        RenewingFromMemory(LockBackend right) {
            super(right);
        }

        abstract boolean isRemembered(Claim claim);

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return delegate.acquire(claim, deadline).whenComplete((answer, failure) -> {
                if (answer instanceof Answer.Granted granted) {
                    held.put(claim, granted);
                }
            });
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            Answer.Granted granted = held.get(claim);
            if (granted == null || !isRemembered(claim)) {
                return delegate.renew(claim, deadline);
            }
            return CompletableFuture.completedFuture(
                    new Answer.Granted(runtime().timekeeper().now(), granted.guaranteedFor(), granted.token()));
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            held.remove(claim);
            return delegate.withdraw(claim, deadline);
        }
    }

    /** Asks the store under another nonce than the claim's. */
    private static final class Renaming extends ForwardingBackend {
        private final Function<Claim, String> nonce;
        private final Map<String, Claim> renamed = new ConcurrentHashMap<>();

        Renaming(LockBackend right, Function<Claim, String> nonce) {
            super(right);
            this.nonce = nonce;
        }

        private Claim named(Claim claim) {
            String name = nonce.apply(claim);
            renamed.put(name, claim);
            return new Claim(claim.election(), claim.identity(), name, claim.timing());
        }

        @Override
        public CompletionStage<Answer> acquire(Claim claim, Moment deadline) {
            return delegate.acquire(named(claim), deadline);
        }

        @Override
        public CompletionStage<Answer> renew(Claim claim, Moment deadline) {
            return delegate.renew(named(claim), deadline);
        }

        @Override
        public CompletionStage<Void> withdraw(Claim claim, Moment deadline) {
            return delegate.withdraw(named(claim), deadline);
        }

        @Override
        public Observation observe(ElectionName election, ElectionTiming timing, ElectionWatcher watcher) {
            return delegate.observe(election, timing, new Mistakes.Hearing(watcher) {
                @Override
                public void lost(Claim claim, String how) {
                    super.lost(renamed.getOrDefault(claim.nonce(), claim), how);
                }
            });
        }
    }
}
