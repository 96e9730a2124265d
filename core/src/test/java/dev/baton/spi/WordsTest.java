package dev.baton.spi;

import static dev.baton.fixture.Samples.ELECTION;
import static dev.baton.fixture.Samples.TIMING;
import static dev.baton.fixture.Samples.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The types that backends and elections share, and the values that they refuse. */
class WordsTest {
    @Nested
    class Tokens {
        @Test
        void sortAsTextAsTheyCompare() {
            for (long seed = 1; seed <= 20; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                List<FencingToken> tokens = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    tokens.add(new FencingToken(
                            random.nextInt(Integer.MAX_VALUE) >>> random.nextInt(31),
                            random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63)));
                }
                List<FencingToken> asText = new ArrayList<>(tokens);
                asText.sort(Comparator.comparing(FencingToken::toString));
                assertThat(asText).as("seed %d", seed).isSorted();
                assertThat(tokens)
                        .allSatisfy(token ->
                                assertThat(FencingToken.parse(token.toString())).isEqualTo(token));
            }
        }

        @Test
        void epochBeatsNumber() {
            assertThat(new FencingToken(1, 0).isAfter(new FencingToken(0, Long.MAX_VALUE)))
                    .isTrue();
            assertThat(new FencingToken(1, 5).isAfter(new FencingToken(1, 5))).isFalse();
            assertThat(new FencingToken(Integer.MAX_VALUE, Long.MAX_VALUE))
                    .hasToString("2147483647-9223372036854775807");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "0-42",
                    "0000000000-000000000000000000",
                    "0000000000-00000000000000000042",
                    "0000000000_0000000000000000042",
                    " 0000000000-0000000000000000042",
                    "0000000000-0000000000000000042\n",
                    "-000000001-0000000000000000042",
                    "9999999999-0000000000000000042",
                    "0000000000-9999999999999999999",
                    "٠٠٠٠٠٠٠٠٠٠-٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٤٢"
                })
        void malformedTextIsRefused(String text) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FencingToken.parse(text))
                    .withMessageContainingAll(
                            "\"" + Printable.value(text) + "\"", "ten digits of epoch", "as toString() writes it");
        }

        @Test
        void epochThatLeavesNoneForTheNextRestoreIsRefused() {
            assertThat(FencingToken.checkEpoch(0)).isZero();
            assertThat(FencingToken.checkEpoch(Integer.MAX_VALUE - 1)).isEqualTo(Integer.MAX_VALUE - 1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FencingToken.checkEpoch(-1))
                    .withMessageContainingAll("epoch -1", "must not be negative", "begin at 0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FencingToken.checkEpoch(Integer.MAX_VALUE))
                    .withMessageContainingAll("epoch 2147483647", "at most 2147483646", "needs a greater one");
            assertThat(new FencingToken(7, 1).nextEpoch()).isEqualTo(8);
            assertThat(new FencingToken(Integer.MAX_VALUE, 1).nextEpoch()).isEqualTo(Integer.MAX_VALUE);
        }

        @Test
        void negativePartsAreRefused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new FencingToken(-1, 0))
                    .withMessageContainingAll("epoch -1", "must not be negative", "begin at 0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new FencingToken(0, -1))
                    .withMessageContainingAll("number -1", "must not be negative", "63 bits");
        }
    }

    @Nested
    class Names {
        @ParameterizedTest
        @ValueSource(strings = {"", "orders", "orders/a/b", "//", "a//b"})
        void exactlyOneSlash(String name) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ElectionName.parse(name))
                    .withMessageContainingAll("\"" + name + "\"", "exactly one slash", "orders/reconciler");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"", "Orders", "or.ders", "-orders", "orders-", "or ders", "örders", "or_ders", "orders\n"})
        void namespaceOfAnotherAlphabet(String namespace) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ElectionName.parse(namespace + "/reconciler"))
                    .withMessageContainingAll(
                            "namespace \"" + Printable.value(namespace) + "\"", "1 to 63 lower-case", "rename it");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "Reconciler", "-reconciler", "reconciler.", "re conciler", "re:conciler", "re\0"})
        void nameOfAnotherAlphabet(String name) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ElectionName.parse("orders/" + name))
                    .withMessageContainingAll(
                            "name \"" + Printable.value(name) + "\"", "1 to 253 lower-case", "rename it");
        }

        @Test
        void longestNames() {
            String namespace = "n".repeat(63);
            String name = "n".repeat(253);
            assertThat(ElectionName.parse(namespace + "/" + name)).hasToString(namespace + "/" + name);
            assertThatIllegalArgumentException().isThrownBy(() -> new ElectionName(namespace + "n", name));
            assertThatIllegalArgumentException().isThrownBy(() -> new ElectionName(namespace, name + "n"));
            assertThat(ElectionName.parse("0/a.b-c")).hasToString("0/a.b-c");
        }
    }

    @Nested
    class Identities {
        @ParameterizedTest
        @ValueSource(strings = {"", " ", "\t\n"})
        void emptyIsAFreeLock(String identity) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Identity.check(identity))
                    .withMessageContainingAll("identity", "must not be empty", "leave it out");
        }

        @Test
        void tooLong() {
            assertThat(Identity.check("x".repeat(253))).hasSize(253);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Identity.check("x".repeat(254)))
                    .withMessageContainingAll("x".repeat(40) + "…", "has 254 characters", "at most 253", "shorten it");
        }

        @ParameterizedTest
        @ValueSource(strings = {" app", "app ", "a\nb", "a\0b", "a\u007fb", "a\u0085b", "a\u001bb"})
        void controlCharactersAndOuterBlanks(String identity) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Identity.check(identity))
                    .withMessageContainingAll("identity", "must not begin or end with white space", "remove them")
                    .satisfies(e -> assertThat(String.valueOf(e.getMessage()).chars())
                            .as("safe to log")
                            .noneMatch(Character::isISOControl));
        }

        @Test
        void peoplesNamesAreFine() {
            assertThat(Identity.check("pod-1_é漢 😀 (blue)")).isEqualTo("pod-1_é漢 😀 (blue)");
        }
    }

    @Nested
    class Claims {
        @Test
        void areTheSameWhenTheirNoncesAre() {
            Claim one = new Claim(ELECTION, "app-1", "n1", TIMING);
            assertThat(new Claim(ELECTION, "renamed", "n1", TIMING))
                    .isEqualTo(one)
                    .hasSameHashCodeAs(one);
            assertThat(new Claim(ELECTION, "app-1", "n2", TIMING)).isNotEqualTo(one);
            assertThat(one).hasToString("orders/reconciler by app-1 (n1)");
        }

        @Test
        void holderIsTheSameHoweverOftenRenewed() {
            FencingToken token = new FencingToken(0, 7);
            Holder holder = new Holder("a", "n1", token, Instant.EPOCH, Instant.EPOCH, 1);
            assertThat(holder.sameAs(new Holder("a", "n1", token, Instant.EPOCH, Instant.MAX, 2)))
                    .isTrue();
            assertThat(holder.sameAs(new Holder("a", "n1", null, null, null, -1)))
                    .isTrue();
            assertThat(holder.sameAs(new Holder("a", "n2", token, null, null, -1)))
                    .isFalse();
            assertThat(holder.sameAs(new Holder("a", "n1", new FencingToken(0, 8), null, null, -1)))
                    .isFalse();
            assertThat(holder.sameAs(Holder.named("a"))).isFalse();
            assertThat(holder.sameAs(null)).isFalse();
        }
    }

    @Nested
    class Failures {
        @Test
        void whatAStageFailedWithIsWhatIsInItsCompletionExceptions() {
            IllegalStateException cause = new IllegalStateException("down", new IllegalArgumentException());
            CompletionException empty = new CompletionException("nothing in it", null);

            assertThat(BackendException.unwrapped(cause)).isSameAs(cause);
            assertThat(BackendException.unwrapped(new CompletionException(new CompletionException(cause))))
                    .isSameAs(cause);
            assertThat(BackendException.unwrapped(empty)).isSameAs(empty);
        }
    }

    @Nested
    class Chances {
        @Test
        void whatWaitsToBeToldIsLaterThanAnyTime() {
            Chance soon = Chance.after(seconds(1));
            Chance late = Chance.after(seconds(Long.MAX_VALUE));
            Chance told = Chance.whenTold();

            assertThat(soon.orLater(late)).isEqualTo(late);
            assertThat(late.orLater(soon)).isEqualTo(late);
            assertThat(late.orLater(told)).isEqualTo(told);
            assertThat(told.orLater(late)).isEqualTo(told);
            assertThat(told).isNotEqualTo(late);
            assertThat(told.isNow()).isFalse();
            assertThat(told.nanos()).isEqualTo(Long.MAX_VALUE / 4);
            assertThat(told).hasToString("when told");
        }

        @Test
        void whatLiesInThePastIsNow() {
            for (long past : new long[] {0, -1, Long.MIN_VALUE}) {
                assertThat(Chance.after(seconds(past)).isNow()).isTrue();
                assertThat(Chance.after(seconds(past)).nanos()).isZero();
            }
            assertThat(Chance.now()).isEqualTo(Chance.after(Duration.ZERO));
            assertThat(Chance.after(Duration.ofNanos(1)).isNow()).isFalse();
            assertThat(Chance.after(Duration.ofMillis(1_500))).hasToString("1.5s");
        }
    }

    @Nested
    class Moments {
        @Test
        void monotonicClockMayWrap() {
            Moment before = new Moment(Long.MAX_VALUE - 5, 0);
            Moment after = before.plusNanos(10);
            assertThat(after.nanos()).isNegative();
            assertThat(before.isBefore(after)).isTrue();
            assertThat(after.isBefore(before)).isFalse();
            assertThat(after.nanosSince(before)).isEqualTo(10);
            assertThat(after.hasReached(after)).isTrue();
            assertThat(before.hasReached(after)).isFalse();
        }

        @Test
        void eitherClockReachesALimit() {
            Moment limit = new Moment(100, 100);
            assertThat(new Moment(99, 99).hasReached(limit)).isFalse();
            assertThat(new Moment(100, 0).hasReached(limit)).isTrue();
            assertThat(new Moment(0, 100).hasReached(limit)).isTrue();
        }

        @Test
        void noDurationOverflows() {
            assertThat(Moment.boundedNanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE / 4);
            assertThat(Moment.boundedNanos(seconds(15))).isEqualTo(15_000_000_000L);
            assertThat(Moment.boundedNanos(seconds(-15))).isEqualTo(-15_000_000_000L);
            assertThat(Moment.boundedNanos(seconds(Long.MIN_VALUE))).isEqualTo(-(Long.MAX_VALUE / 4));
        }

        /** What comes from a user, a store or a server may be any span of time; clocks begin anywhere. */
        @Test
        void everyMomentIsBeforeAllThatLieInItsFutureAndAfterAllInItsPast() {
            for (long seed = 1; seed <= 20_000; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                Moment now = new Moment(random.nextLong(), random.nextLong());
                long seconds = random.nextLong() >> random.nextInt(63);
                Duration span = Duration.ofSeconds(seconds == 0 ? 1 : seconds);
                Moment moved = now.plus(span);
                assertThat(now.isBefore(moved))
                        .as("seed %d: %s and %s", seed, now, span)
                        .isEqualTo(!span.isNegative());
                assertThat(now.hasReached(moved))
                        .as("seed %d: %s and %s", seed, now, span)
                        .isEqualTo(span.isNegative());
                assertThat(moved.nanosSince(now)).as("seed %d", seed).isEqualTo(Moment.boundedNanos(span));
            }
        }
    }
}
