package dev.baton.etcd.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LineTest {
    private static final String PREFIX = "/baton/orders/reconciler/";

    private final Line line = new Line(PREFIX);

    private static Entry entry(String name, long created) {
        return new Entry(PREFIX + name, name, created, created, 1);
    }

    private static Change put(String name, long created) {
        return new Change(PREFIX + name, created, entry(name, created));
    }

    private static Change deleted(String name, long revision) {
        return new Change(PREFIX + name, revision, null);
    }

    private String first() {
        return Objects.requireNonNull(line.first()).value();
    }

    @Test
    void keysAreThoseOfGosElection() {
        assertThat(Line.key(PREFIX, 0x694d8ab1c2d3e4f5L)).isEqualTo(PREFIX + "694d8ab1c2d3e4f5");
        assertThat(Line.key(PREFIX, -1)).isEqualTo(PREFIX + "ffffffffffffffff");
    }

    @Test
    void whoeverCameFirstLeadsWhateverItsKey() {
        line.listed(List.of(entry("a", 12), entry("b", 11)), 20);

        assertThat(first()).isEqualTo("b");
    }

    @Test
    void changesMoveTheLineOn() {
        line.listed(List.of(entry("a", 12), entry("b", 11)), 20);
        line.changed(put("c", 21));
        line.changed(deleted("b", 22));
        assertThat(first()).isEqualTo("a");

        line.changed(deleted("a", 23));
        line.changed(deleted("c", 24));
        assertThat(line.first()).isNull();
    }

    @Test
    void aListingThatIsOlderThanWhatWasToldMeanwhileIsBroughtUpToDate() {
        line.listing();
        line.changed(put("c", 21));
        line.changed(deleted("b", 22));
        line.listed(List.of(entry("b", 11), entry("a", 12)), 20);

        assertThat(first()).isEqualTo("a");
        assertThat(line.at(PREFIX + "c")).isNotNull();
    }

    @Test
    void aListingThatIsNewerThanWhatWasToldMeanwhileStands() {
        line.listing();
        line.changed(deleted("a", 19));
        line.listed(List.of(entry("a", 20)), 20);

        assertThat(first()).isEqualTo("a");
    }

    @Test
    void anOldChangeDoesNotUndoANewerOne() {
        line.listed(List.of(entry("a", 20)), 20);
        line.changed(deleted("a", 15));

        assertThat(first()).isEqualTo("a");
    }

    @Test
    void ourOwnKeyIsInLineBeforeTheWatchTellsOfIt() {
        line.expect(PREFIX + "a");
        assertThat(line.entered(entry("a", 20))).isTrue();
        line.changed(put("a", 20));
        line.listed(List.of(), 19);

        assertThat(first()).isEqualTo("a");
    }

    @Test
    void ourOwnKeyIsNotInLineWhenItsDeletionWasToldFirst() {
        line.expect(PREFIX + "a");
        line.changed(put("a", 20));
        line.changed(deleted("a", 21));

        assertThat(line.entered(entry("a", 20))).isFalse();
        assertThat(line.first()).isNull();
    }

    @Test
    void aKeyFurtherBelowBelongsToAnElectionThatIsNested() {
        line.listed(List.of(entry("a", 20)), 20);
        assertThat(line.nested()).isNull();

        line.changed(put("eu/b", 21));
        assertThat(line.nested()).isEqualTo(PREFIX + "eu/b");
    }

    /** Revisions of a store that was restored begin again below those that were told of before. */
    @Test
    void ownKeyIsWrittenAgainInAStoreThatWentBack() {
        line.expect(PREFIX + "a");
        assertThat(line.entered(entry("a", 40))).isTrue();
        line.changed(deleted("a", 41));

        line.expect(PREFIX + "a");

        assertThat(line.entered(entry("a", 36))).isTrue();
    }
}
