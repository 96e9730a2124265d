package dev.baton.simulation.threads;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.tree.ClassNode;

/** Loads the production code and the process that uses it anew, rewritten, and with a mistake planted if so wished. */
final class ShellLoader extends ClassLoader {
    private static final String PRODUCT = "dev.baton.";
    private static final String LABORATORY = "dev.baton.simulation.";
    private static final String PROCESS = "dev.baton.simulation.threads.process.";

    private final @Nullable Mutation mutation;
    private final Map<String, byte[]> rewritten;

    /**
     * @param mutation what to plant, or null
     * @param rewritten what was rewritten already, without a mistake; any loaders share it
     */
    ShellLoader(@Nullable Mutation mutation, Map<String, byte[]> rewritten) {
        super("shell", ShellLoader.class.getClassLoader());
        this.mutation = mutation;
        this.rewritten = rewritten;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean ours = name.startsWith(PROCESS) || (name.startsWith(PRODUCT) && !name.startsWith(LABORATORY));
        if (!ours) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = mutation == null || !mutation.isIn(name) ? rewritten.get(name) : null;
        if (bytes == null) {
            bytes = rewrite(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] rewrite(String name) throws ClassNotFoundException {
        ClassNode node = read(name);
        if (node == null) {
            throw new ClassNotFoundException(name);
        }
        Mutation here = mutation != null && mutation.isIn(name) ? mutation : null;
        if (here != null) {
            here.plant(node);
        }
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        Rewriting.of(node).accept(writer);
        byte[] bytes = writer.toByteArray();
        if (here == null) {
            rewritten.put(name, bytes);
        }
        return bytes;
    }

    /** The class as it was compiled, or null when there is none. */
    static @Nullable ClassNode read(String name) {
        try (InputStream in =
                ShellLoader.class.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                return null;
            }
            ClassNode node = new ClassNode();
            new ClassReader(in).accept(node, 0);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + name + " failed", e);
        }
    }
}
