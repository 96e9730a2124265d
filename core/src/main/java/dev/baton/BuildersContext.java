package dev.baton;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on an executor with the context class loader of the thread that built the election. After each task, the
 * executor's thread has its own class loader again.
 */
final class BuildersContext implements Executor {
    private final Executor executor;
    private final @Nullable ClassLoader builders = Thread.currentThread().getContextClassLoader();

    BuildersContext(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(() -> {
            Thread thread = Thread.currentThread();
            ClassLoader own = thread.getContextClassLoader();
            thread.setContextClassLoader(builders);
            try {
                task.run();
            } finally {
                thread.setContextClassLoader(own);
            }
        });
    }
}
