package dev.baton.spi;

import dev.baton.internal.Required;
import java.util.concurrent.ThreadFactory;

/**
 * Makes every thread that Baton or a client of a backend runs on: a daemon that inherits nothing from the thread that
 * starts it, such as a request thread of a web server. It has no inheritable thread locals, and its context class loader
 * is Baton's own. All methods may be called from any thread.
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
