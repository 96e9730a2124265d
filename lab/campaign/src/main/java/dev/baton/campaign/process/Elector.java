package dev.baton.campaign.process;

import dev.baton.campaign.candidate.Contenders;
import dev.baton.campaign.candidate.Store;
import dev.baton.campaign.peer.ClientGoContender;
import dev.baton.campaign.peer.CuratorContender;
import dev.baton.campaign.peer.Fabric8Contender;
import dev.baton.campaign.peer.JetcdContender;
import dev.baton.campaign.peer.OfficialContender;
import dev.baton.spi.ElectionTiming;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.stream.Collectors;

/** The ways to elect that a campaign knows, by name. */
public enum Elector {
    /** This library. */
    BATON,
    /** This library, by a user who does not heed that a term has ended: to see a campaign fail. */
    HEEDLESS,
    /** This library, with callbacks, an executor, an event sink and a log that misbehave. */
    UNRULY,
    /** client-go, the reference on Kubernetes. */
    CLIENT_GO,
    /** fabric8's {@code LeaderElector}. */
    FABRIC8,
    /** The official Java client's {@code LeaderElector}. */
    OFFICIAL_JAVA,
    /** Curator's {@code LeaderLatch}. */
    CURATOR,
    /** jetcd's {@code Election}. */
    JETCD;

    /** Opens its contenders. */
    public Contenders contenders() {
        return switch (this) {
            case BATON -> BatonContender::open;
            case HEEDLESS -> HeedlessContender::open;
            case UNRULY -> UnrulyContender::open;
            case CLIENT_GO -> ClientGoContender::open;
            case FABRIC8 -> Fabric8Contender::open;
            case OFFICIAL_JAVA -> OfficialContender::open;
            case CURATOR -> CuratorContender::open;
            case JETCD -> JetcdContender::open;
        };
    }

    /** Whether it elects on {@code store}. */
    public boolean electsOn(Store store) {
        return switch (this) {
            case BATON, HEEDLESS, UNRULY -> EnumSet.allOf(Store.class).contains(store);
            case CLIENT_GO, FABRIC8, OFFICIAL_JAVA -> store == Store.KUBERNETES;
            case CURATOR -> store == Store.ZOOKEEPER;
            case JETCD -> store == Store.ETCD;
        };
    }

    /**
     * How much later than promised somebody may lead, with candidates like these: work that does not stop lets its claim
     * lapse, and a term whose work does not begin is given up and costs the candidate a wait before the next.
     */
    public Duration allowance(ElectionTiming timing) {
        return this == UNRULY ? timing.leaseDuration().plus(timing.renewDeadline()) : Duration.ZERO;
    }

    /** {@code baton}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The one named {@code text}.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Elector named(String text) {
        return Arrays.stream(values())
                .filter(elector -> elector.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no elector \"" + text + "\"; there are "
                        + Arrays.stream(values()).map(Elector::text).collect(Collectors.joining(", "))));
    }
}
