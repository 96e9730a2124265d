package dev.baton.simulation.threads;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.SimpleRemapper;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * Rewrites a class so that it waits, locks, starts threads and tells the time by the scheduler; and, in the shell, so that it
 * may lose its turn before each access to what threads share, and memory at each allocation.
 */
final class Rewriting {
    private static final String HOOKS = "dev/baton/simulation/threads/Hooks";
    private static final String THREAD = "java/lang/Thread";
    private static final String SIMULATED = "dev/baton/simulation/threads/SimulatedThread";

    /** The classes whose threads are simulated step by step. */
    static final Set<String> SHELL = Set.of(
            "dev/baton/spi/ThreadedRuntime",
            "dev/baton/spi/Sender",
            "dev/baton/spi/OpenElections",
            "dev/baton/spi/Outbox",
            "dev/baton/spi/OutboxLogger",
            "dev/baton/spi/RequestQueue",
            "dev/baton/spi/Watchdog",
            "dev/baton/SerialExecutor",
            "dev/baton/ThreadCallbacks",
            "dev/baton/TermRun",
            "dev/baton/StopRun",
            "dev/baton/TermStages",
            "dev/baton/CallbackThreads",
            "dev/baton/Permit",
            "dev/baton/LeaderElection",
            "dev/baton/Closings",
            "dev/baton/HealthCheck",
            "dev/baton/ElectionSinks",
            "dev/baton/driver/ElectionDriver",
            "dev/baton/driver/MachineLoop",
            "dev/baton/driver/WakeTimer",
            "dev/baton/driver/BackendCalls",
            "dev/baton/driver/CurrentTerm",
            "dev/baton/driver/LiveTerm",
            "dev/baton/driver/Report");

    private static final SimpleRemapper TYPES = new SimpleRemapper(
            Opcodes.ASM9,
            Map.of(
                    "java/util/concurrent/ThreadPoolExecutor", "dev/baton/simulation/threads/Pool",
                    "java/util/concurrent/RejectedExecutionHandler", "dev/baton/simulation/threads/Pool$Rejected",
                    "java/util/concurrent/ScheduledThreadPoolExecutor", "dev/baton/simulation/threads/TimedPool",
                    "java/util/HashSet", "java/util/LinkedHashSet"));

    /** The classes that have locks. */
    private static final Set<String> LOCKING = Set.of(
            "dev/baton/spi/RequestQueue",
            "dev/baton/SerialExecutor",
            "dev/baton/TermRun",
            "dev/baton/StopRun",
            "dev/baton/driver/LiveTerm");

    private static final Set<String> COLLECTIONS =
            Set.of("Ljava/util/Queue;", "Ljava/util/Set;", "Ljava/util/PriorityQueue;");

    private record Call(String name, String descriptor) {}

    /** What is called instead; a method that is no static one gets its object first. */
    private static final Map<String, Call> CALLS = Map.ofEntries(
            Map.entry("java/lang/System.nanoTime()J", new Call("nanoTime", "()J")),
            Map.entry("java/time/Instant.now()Ljava/time/Instant;", new Call("instant", "()Ljava/time/Instant;")),
            Map.entry("java/lang/Object.wait()V", new Call("waitOn", "(Ljava/lang/Object;)V")),
            Map.entry("java/lang/Object.notifyAll()V", new Call("notifyAllOn", "(Ljava/lang/Object;)V")),
            Map.entry(
                    "java/util/concurrent/locks/LockSupport.parkNanos(Ljava/lang/Object;J)V",
                    new Call("parkNanos", "(Ljava/lang/Object;J)V")),
            Map.entry(
                    "java/util/concurrent/locks/LockSupport.unpark(Ljava/lang/Thread;)V",
                    new Call("unpark", "(Ljava/lang/Thread;)V")),
            Map.entry(
                    "java/util/concurrent/CompletableFuture.get(JLjava/util/concurrent/TimeUnit;)Ljava/lang/Object;",
                    new Call(
                            "get",
                            "(Ljava/util/concurrent/CompletableFuture;JLjava/util/concurrent/TimeUnit;)Ljava/lang/Object;")),
            Map.entry(
                    "java/util/concurrent/CountDownLatch.await(JLjava/util/concurrent/TimeUnit;)Z",
                    new Call("await", "(Ljava/util/concurrent/CountDownLatch;JLjava/util/concurrent/TimeUnit;)Z")),
            Map.entry("java/lang/Thread.interrupted()Z", new Call("interrupted", "()Z")),
            Map.entry("java/lang/Thread.isAlive()Z", new Call("isAlive", "(Ljava/lang/Thread;)Z")),
            Map.entry(
                    "java/lang/Runtime.addShutdownHook(Ljava/lang/Thread;)V",
                    new Call("addShutdownHook", "(Ljava/lang/Runtime;Ljava/lang/Thread;)V")),
            Map.entry(
                    "java/lang/Runtime.removeShutdownHook(Ljava/lang/Thread;)Z",
                    new Call("removeShutdownHook", "(Ljava/lang/Runtime;Ljava/lang/Thread;)Z")),
            Map.entry(
                    "org/slf4j/LoggerFactory.getLogger(Ljava/lang/String;)Lorg/slf4j/Logger;",
                    new Call("logger", "(Ljava/lang/String;)Lorg/slf4j/Logger;")),
            Map.entry(
                    "org/slf4j/LoggerFactory.getLogger(Ljava/lang/Class;)Lorg/slf4j/Logger;",
                    new Call("logger", "(Ljava/lang/Class;)Lorg/slf4j/Logger;")),
            Map.entry(
                    "java/util/concurrent/ConcurrentHashMap.newKeySet()Ljava/util/concurrent/ConcurrentHashMap$KeySetView;",
                    new Call("newKeySet", "()Ljava/util/Set;")),
            Map.entry(
                    "java/util/concurrent/ThreadLocalRandom.current()Ljava/util/concurrent/ThreadLocalRandom;",
                    new Call("random", "()Ljava/util/random/RandomGenerator;")),
            Map.entry("java/util/UUID.randomUUID()Ljava/util/UUID;", new Call("uuid", "()Ljava/util/UUID;")));

    private final ClassNode node;
    private final boolean shell;
    private final boolean locks;
    private final Set<String> finals;

    /** What only who holds a lock may touch: what can change and is not volatile, in a class that locks. */
    private final Set<String> guarded;

    private Rewriting(ClassNode node) {
        this.node = node;
        this.shell = isShell(node.name);
        this.locks = isShell(node.name) && LOCKING.contains(node.name);
        this.guarded = node.fields.stream()
                .filter(field -> locks && isGuarded(field))
                .map((FieldNode field) -> field.name)
                .collect(Collectors.toSet());
        this.finals = node.fields.stream()
                .filter(field -> (field.access & Opcodes.ACC_FINAL) != 0)
                .map((FieldNode field) -> field.name)
                .collect(Collectors.toSet());
    }

    private static boolean isGuarded(FieldNode field) {
        boolean changes = (field.access & (Opcodes.ACC_FINAL | Opcodes.ACC_VOLATILE | Opcodes.ACC_STATIC)) == 0;
        return changes || COLLECTIONS.contains(field.desc);
    }

    /** {@code node}, rewritten; it is changed. */
    static ClassNode of(ClassNode node) {
        Rewriting rewriting = new Rewriting(node);
        node.methods.forEach(rewriting::rewrite);
        ClassNode remapped = new ClassNode();
        node.accept(new ClassRemapper(remapped, TYPES));
        return remapped;
    }

    static boolean isShell(String name) {
        int nested = name.indexOf('$');
        return SHELL.contains(nested < 0 ? name : name.substring(0, nested));
    }

    private void rewrite(MethodNode method) {
        if (method.instructions.size() == 0) {
            return;
        }
        if ((method.access & Opcodes.ACC_SYNCHRONIZED) != 0) {
            throw new IllegalStateException(
                    node.name + "." + method.name + " is synchronized, which is not simulated; lock an object instead");
        }
        List<AbstractInsnNode> all = new ArrayList<>();
        method.instructions.forEach(all::add);
        Set<AbstractInsnNode> before = new HashSet<>();
        boolean initial = method.name.startsWith("<");
        for (AbstractInsnNode instruction : all) {
            before.add(instruction);
            if (shell) {
                addSteps(method.instructions, instruction, before, initial);
            }
            replace(method.instructions, instruction);
        }
        if (shell && !initial) {
            method.instructions.insert(call("step", "()V"));
        }
    }

    private void addSteps(InsnList code, AbstractInsnNode instruction, Set<AbstractInsnNode> before, boolean initial) {
        if (instruction instanceof JumpInsnNode jump && before.contains(jump.label)) {
            code.insertBefore(instruction, call("step", "()V"));
        } else if (instruction instanceof FieldInsnNode field && !initial && isShared(field)) {
            code.insertBefore(instruction, call("step", "()V"));
            if (isGuarded(field)) {
                code.insertBefore(instruction, new LdcInsnNode(node.name + "." + field.name));
                code.insertBefore(instruction, call("guarded", "(Ljava/lang/String;)V"));
            }
        } else if (instruction instanceof MethodInsnNode method && isOnShared(method)) {
            code.insertBefore(instruction, call("step", "()V"));
        } else if (instruction.getOpcode() == Opcodes.NEW) {
            // After it: frames name the place of what is not initialized yet.
            code.insert(instruction, call("allocate", "()V"));
        } else if (instruction instanceof InvokeDynamicInsnNode made && !made.desc.startsWith("()")) {
            code.insertBefore(instruction, call("allocate", "()V"));
        }
    }

    private boolean isShared(FieldInsnNode field) {
        boolean isStatic = field.getOpcode() == Opcodes.GETSTATIC || field.getOpcode() == Opcodes.PUTSTATIC;
        boolean own = field.owner.equals(node.name);
        return !isStatic && isShell(field.owner) && (isGuarded(field) || !(own && finals.contains(field.name)));
    }

    /** Unless it is the lock itself that is about to be taken. */
    private boolean isGuarded(FieldInsnNode field) {
        boolean taken = field.getNext() != null
                && field.getNext().getNext() != null
                && field.getNext().getNext().getNext() != null
                && field.getNext().getNext().getNext().getOpcode() == Opcodes.MONITORENTER;
        return field.owner.equals(node.name) && guarded.contains(field.name) && !taken;
    }

    private static boolean isOnShared(MethodInsnNode method) {
        return method.owner.startsWith("java/util/concurrent/") && method.getOpcode() != Opcodes.INVOKESPECIAL;
    }

    private void replace(InsnList code, AbstractInsnNode instruction) {
        if (instruction instanceof InsnNode plain && plain.getOpcode() == Opcodes.MONITORENTER) {
            code.set(instruction, call("enter", "(Ljava/lang/Object;)V"));
        } else if (instruction instanceof InsnNode plain && plain.getOpcode() == Opcodes.MONITOREXIT) {
            code.set(instruction, call("exit", "(Ljava/lang/Object;)V"));
        } else if (instruction instanceof TypeInsnNode made
                && made.getOpcode() == Opcodes.NEW
                && made.desc.equals(THREAD)) {
            made.desc = SIMULATED;
        } else if (instruction instanceof MethodInsnNode method) {
            replace(code, method);
        }
    }

    private void replace(InsnList code, MethodInsnNode method) {
        Call instead = CALLS.get(method.owner + "." + method.name + method.desc);
        if (instead != null) {
            code.set(method, call(instead.name, instead.descriptor));
        } else if (method.owner.equals(THREAD) && method.name.equals("<init>") && !node.superName.equals(THREAD)) {
            method.owner = SIMULATED;
        } else if (method.owner.equals("java/util/concurrent/ThreadLocalRandom")) {
            method.owner = "java/util/random/RandomGenerator";
            method.setOpcode(Opcodes.INVOKEINTERFACE);
            method.itf = true;
        }
    }

    private static MethodInsnNode call(String name, String descriptor) {
        return new MethodInsnNode(Opcodes.INVOKESTATIC, HOOKS, name, descriptor, false);
    }
}
