package dev.baton.spi;

import dev.baton.internal.Required;
import java.util.concurrent.ThreadFactory;

/**
 * Makes every thread that Baton or a client of a backend runs on: a daemon that takes nothing along from the thread that
 * happens to start it, be that a request of a web server or a callback of another election. It has no inheritable thread
 * locals, and its context class loader is Baton's own. All methods may be called from any thread.
 */
public final class BackendThreads {
    private BackendThreads() {}

    /** A thread that has not been started. */
    public static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(null, Required.given("task", task), Required.given("name", name), 0, false);
        thread.setDaemon(true);
        return owned(thread);
    }

    /** Makes threads that all have this name. */
    public static ThreadFactory daemons(String name) {
        Required.given("name", name);
        return task -> daemon(name, task);
    }

    /** Gives a thread that inherited no thread locals Baton's context class loader. */
    static Thread owned(Thread thread) {
        thread.setContextClassLoader(BackendThreads.class.getClassLoader());
        return thread;
    }
}
