package dev.baton.kubernetes;

import dev.baton.event.ElectionEvent;
import dev.baton.event.EventSink;
import dev.baton.internal.Required;
import dev.baton.register.RegisterBackend;
import dev.baton.spi.BackendRuntime;
import dev.baton.spi.ElectionName;
import dev.baton.spi.ElectionTiming;
import dev.baton.spi.FencingToken;
import dev.baton.spi.ForwardingBackend;
import dev.baton.spi.LockBackend;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Elections on Kubernetes, by client-go's algorithm and in its format: a candidate may be the standby of a leader
 * written in Go, and {@code kubectl get lease} shows the leader.
 *
 * <p>The election {@code namespace/name} is the object of that name in that namespace, a Lease unless {@linkplain
 * #endpoints() another kind} was chosen. A leader renews the object each retryPeriod with one request. Standbys follow
 * it by a watch and send no requests; one watch a namespace serves all elections of this instance there.
 *
 * <p>The instance has its own connections: HTTP/1.1, no retries inside the HTTP client, and a timeout that leaves time
 * for a second request before renewDeadline.
 *
 * <p><b>Not guaranteed:</b> exclusion against candidates in Go, whose terms may outlive their record; and, as on any
 * store, exclusion between another client's edit or deletion of a live leader's record and the watch event that ends
 * that leader's term.
 */
public final class KubernetesBackend extends ForwardingBackend implements EventSink {
    private final EventSink events;

    KubernetesBackend(LockBackend elections, EventSink events) {
        super(elections);
        this.events = events;
    }

    /**
     * A backend on Leases, with the access in the kubeconfig or the pod's service account; it connects when first used.
     *
     * @throws IllegalArgumentException as {@link Builder#build}
     */
    public static KubernetesBackend connect() {
        return lease().build();
    }

    /** Begins to describe a backend on {@code coordination.k8s.io/v1} Leases. */
    public static Builder lease() {
        return new Builder(LockObject.LEASE);
    }

    /** Begins to describe a backend on the annotation that client-go's {@code endpoints} lock kept until 1.27. */
    public static Builder endpoints() {
        return new Builder(LockObject.ENDPOINTS);
    }

    /** Begins to describe a backend on the annotation that client-go's {@code configmaps} lock kept until 1.27. */
    public static Builder configMap() {
        return new Builder(LockObject.CONFIG_MAP);
    }

    /** Beyond the general rules, the name must be a DNS subdomain. */
    @Override
    public void check(ElectionName election, ElectionTiming timing) {
        super.check(election, timing);
    }

    /** Records in the cluster which candidate became leader or stopped leading. */
    @Override
    public void accept(ElectionEvent event) {
        events.accept(event);
    }

    /** Collects the settings of a backend; each has a default. */
    public static final class Builder {
        private static final Pattern LABEL_KEY = Pattern.compile(
                "(?=[^/]{1,253}/|[^/]+$)([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
                        + "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
        private static final Pattern LABEL_VALUE = Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");

        /**
         * The most requests in flight, each on a connection of its own. More would not be answered sooner, and a
         * thousand elections that start at once would spend their time on handshakes.
         */
        private static final int CONNECTIONS = 32;

        private final LockObject object;
        private final Map<String, String> labels = new HashMap<>();
        private @Nullable Config config;
        private Settings.@Nullable Owner owner;
        private int epoch;
        private boolean shutdownHook = true;
        private boolean events = true;

        private Builder(LockObject object) {
            this.object = object;
        }

        /**
         * Takes cluster and credentials from {@code client}. Baton opens its own connections and does not close
         * {@code client}.
         */
        public Builder client(KubernetesClient client) {
            return config(Required.given("client", client).getConfiguration());
        }

        /**
         * The cluster's address and the credentials. By default those that fabric8 finds: system properties,
         * kubeconfig, the pod's service account.
         */
        public Builder config(Config value) {
            this.config = Required.given("config", value);
            return this;
        }

        /**
         * Takes cluster and credentials from the current context of this kubeconfig.
         *
         * @throws IllegalArgumentException when there is no such file, it is not valid, or it names no API server with
         *     a valid address
         */
        public Builder kubeconfig(Path file) {
            return config(ClusterAccess.read(Required.given("kubeconfig", file), null));
        }

        /**
         * Adds a label to the objects that this backend creates, beside {@code baton.dev/election}.
         *
         * @throws IllegalArgumentException when API servers would reject the key or the value
         */
        public Builder label(String key, String value) {
            Required.given("label key", key);
            Required.given("label value", value);
            if (!LABEL_VALUE.matcher(value).matches() || !LABEL_KEY.matcher(key).matches()) {
                throw new IllegalArgumentException("label \"" + key + "\" = \"" + value
                        + "\" must have a key as in team or example.com/team, and a value of up to 63 letters, digits, '-',"
                        + " '_' or '.' beginning and ending with a letter or digit; API servers reject others");
            }
            labels.put(key, value);
            return this;
        }

        /**
         * The owner of the objects that this backend creates, in the elections' namespace: Kubernetes deletes them with
         * the owner, for example a Deployment.
         *
         * @throws IllegalArgumentException unless it has an apiVersion, a kind, a name and a uid
         */
        public Builder ownerReference(HasMetadata value) {
            ObjectMeta metadata = Required.given("ownerReference", value).getMetadata();
            String name = metadata == null ? null : metadata.getName();
            String uid = metadata == null ? null : metadata.getUid();
            boolean typed = isSaid(value.getApiVersion()) && isSaid(value.getKind());
            if (!typed || name == null || name.isBlank() || uid == null || uid.isBlank()) {
                throw new IllegalArgumentException("the owner " + value.getKind() + " \"" + name
                        + "\" must have an apiVersion, a kind, a name and a uid; read it from the API server before passing"
                        + " it on");
            }
            this.owner = new Settings.Owner(value.getApiVersion(), value.getKind(), name, uid);
            return this;
        }

        private static boolean isSaid(@Nullable String text) {
            return text != null && !text.isBlank();
        }

        /**
         * The first part of every fencing token; raised by one at each restore from a backup, or migration.
         *
         * @throws IllegalArgumentException unless between 0 and 2 147 483 646
         */
        public Builder epoch(int value) {
            this.epoch = FencingToken.checkEpoch(value);
            return this;
        }

        /** Whether "became leader" and "stopped leading" are recorded as Events; by default they are. */
        public Builder events(boolean record) {
            this.events = record;
            return this;
        }

        /** Whether leaders hand over when the JVM ends; by default they do. */
        public Builder shutdownHook(boolean add) {
            this.shutdownHook = add;
            return this;
        }

        /**
         * A backend with these settings; it connects when first used.
         *
         * @throws IllegalArgumentException when the address, the proxies, or the kubeconfig that fabric8 finds is not
         *     valid
         */
        public KubernetesBackend build() {
            Config access = access();
            return build(access, BackendRuntime.start(object.text(), shutdownHook, CONNECTIONS));
        }

        /** A backend with these settings that takes time and threads from {@code runtime}, and closes it. */
        KubernetesBackend build(BackendRuntime runtime) {
            return build(access(), runtime);
        }

        private Config access() {
            return dedicated(ClusterAccess.usable(config == null ? ClusterAccess.found() : config));
        }

        private KubernetesBackend build(Config access, BackendRuntime runtime) {
            ApiServer server = new ApiServer(access, runtime.timekeeper());
            RegisterBackend elections = new RegisterBackend(
                    new KubernetesRegister(new Settings(object, labels, owner), runtime, server), epoch);
            return new KubernetesBackend(elections, events ? new EventRecorder(server, runtime, object) : event -> {});
        }

        /** Without retries inside the HTTP client, and with no other request on the connection of one that hangs. */
        private static Config dedicated(Config config) {
            Config dedicated = Credentials.fit(config);
            dedicated.setRequestRetryBackoffLimit(0);
            dedicated.setHttp2Disable(true);
            dedicated.setConnectionTimeout((int) Duration.ofSeconds(5).toMillis());
            dedicated.setUserAgent("baton leader-election");
            return dedicated;
        }
    }
}
