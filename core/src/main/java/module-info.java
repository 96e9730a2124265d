/** Leader election: the API that services hold, and the SPI that backends implement. */
@SuppressWarnings("module") // the two are on the path of whoever uses them, not of this build
module dev.baton.core {
    requires transitive org.slf4j;
    requires static jdk.jfr;
    requires static transitive org.jspecify;

    exports dev.baton;
    exports dev.baton.event;
    exports dev.baton.internal.session to
            dev.baton.etcd,
            dev.baton.zookeeper;
    exports dev.baton.register;
    exports dev.baton.spi;
}
