/** Leader election: the API that services hold, and the SPI that backends implement. */
@SuppressWarnings("module") // these are on the path of whoever uses them, not of this build
module dev.baton.core {
    requires transitive org.slf4j;
    requires static jdk.jfr;
    requires static transitive org.jspecify;

    exports dev.baton;
    exports dev.baton.event;
    exports dev.baton.internal to
            dev.baton.etcd,
            dev.baton.kubernetes,
            dev.baton.migration,
            dev.baton.resilience4j,
            dev.baton.test,
            dev.baton.zookeeper;
    exports dev.baton.internal.session to
            dev.baton.etcd,
            dev.baton.zookeeper;
    exports dev.baton.register;
    exports dev.baton.spi;
}
