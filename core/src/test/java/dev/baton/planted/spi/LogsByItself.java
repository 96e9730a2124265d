package dev.baton.planted.spi;

import org.slf4j.LoggerFactory;

/** Writes to the log on whatever thread it is on. */
public final class LogsByItself {
    public void say() {
        LoggerFactory.getLogger("baton").info("said");
    }
}
