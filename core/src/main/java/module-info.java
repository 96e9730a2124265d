/** Leader election: the API that services hold, and the SPI that backends implement. */
module dev.baton.core {
    requires transitive org.slf4j;
    requires static jdk.jfr;
    requires static transitive org.jspecify;

    exports dev.baton;
    exports dev.baton.event;
    exports dev.baton.register;
    exports dev.baton.session;
    exports dev.baton.spi;
}
