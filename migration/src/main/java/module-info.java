/** An election held on two stores at once, for a fleet that moves from one to the other. */
module dev.baton.migration {
    requires transitive dev.baton.core;
    requires static transitive org.jspecify;

    exports dev.baton.migration;
}
