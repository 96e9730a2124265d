package dev.baton.simulation.threads;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InnerClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * One small mistake in the compiled shell, made by a tool: the so-manieth place in a method where a mistake of this kind can
 * be made.
 *
 * @param type the class, in the JVM's spelling
 * @param method the method's name and descriptor
 * @param kind the kind of mistake
 * @param index counted from 0
 * @param line where in the source, for people
 */
record Mutation(String type, String method, Kind kind, int index, int line) {

    /** The mistakes that are made. */
    enum Kind {
        /** A condition is the other way round. */
        NEGATED,
        /** A call that returns nothing is left out. */
        NOT_CALLED,
        /** A field is not written. */
        NOT_WRITTEN,
        /** Yes is no. */
        ANSWERED_WRONG,
        /** The method locks nothing. */
        NOT_LOCKED
    }

    private static final Map<Integer, Integer> OPPOSITES = opposites();

    private static Map<Integer, Integer> opposites() {
        int[][] pairs = {
            {Opcodes.IFEQ, Opcodes.IFNE},
            {Opcodes.IFLT, Opcodes.IFGE},
            {Opcodes.IFGT, Opcodes.IFLE},
            {Opcodes.IF_ICMPEQ, Opcodes.IF_ICMPNE},
            {Opcodes.IF_ICMPLT, Opcodes.IF_ICMPGE},
            {Opcodes.IF_ICMPGT, Opcodes.IF_ICMPLE},
            {Opcodes.IF_ACMPEQ, Opcodes.IF_ACMPNE},
            {Opcodes.IFNULL, Opcodes.IFNONNULL}
        };
        Map<Integer, Integer> all = new HashMap<>();
        for (int[] pair : pairs) {
            all.put(pair[0], pair[1]);
            all.put(pair[1], pair[0]);
        }
        return Map.copyOf(all);
    }

    /** Where mistakes are made: in what threads share, and not in what decides or is configured. */
    private static final List<String> SHARED = List.of(
            "dev/baton/CallbackThreads",
            "dev/baton/Permit",
            "dev/baton/SerialExecutor",
            "dev/baton/StopRun",
            "dev/baton/TermRun",
            "dev/baton/TermStages",
            "dev/baton/ThreadCallbacks",
            "dev/baton/driver/LiveTerm",
            "dev/baton/driver/Report",
            "dev/baton/spi/OpenElections",
            "dev/baton/spi/Outbox",
            "dev/baton/spi/RequestQueue",
            "dev/baton/spi/Sender",
            "dev/baton/spi/ThreadedRuntime",
            "dev/baton/spi/Watchdog");

    /** Every mistake that can be made there. */
    static List<Mutation> all() {
        List<Mutation> all = new ArrayList<>();
        for (String outer : SHARED) {
            addAll(outer, all);
        }
        return all;
    }

    private static void addAll(String type, List<Mutation> all) {
        ClassNode node = Objects.requireNonNull(ShellLoader.read(type.replace('/', '.')), type);
        for (MethodNode method : node.methods) {
            if (method.name.equals("<clinit>") || isForDisplay(method)) {
                continue;
            }
            for (Kind kind : Kind.values()) {
                List<AbstractInsnNode> places = places(method, kind);
                int count = kind == Kind.NOT_LOCKED ? Math.min(1, places.size()) : places.size();
                for (int i = 0; i < count; i++) {
                    all.add(new Mutation(type, method.name + method.desc, kind, i, line(places.get(i))));
                }
            }
        }
        Set<String> nested = new TreeSet<>();
        for (InnerClassNode inner : node.innerClasses) {
            boolean member = inner.name.startsWith(type + "$") && inner.name.indexOf('$', type.length() + 1) < 0;
            if (member) {
                nested.add(inner.name);
            }
        }
        nested.forEach(inner -> addAll(inner, all));
    }

    /** What a record makes by itself. */
    private static boolean isForDisplay(MethodNode method) {
        return Set.of("toString", "hashCode", "equals").contains(method.name);
    }

    private static int line(AbstractInsnNode place) {
        for (AbstractInsnNode each = place; each != null; each = each.getPrevious()) {
            if (each instanceof LineNumberNode number) {
                return number.line;
            }
        }
        return 0;
    }

    private static List<AbstractInsnNode> places(MethodNode method, Kind kind) {
        List<AbstractInsnNode> places = new ArrayList<>();
        for (AbstractInsnNode each : method.instructions) {
            boolean fits = switch (kind) {
                case NEGATED -> OPPOSITES.containsKey(each.getOpcode());
                case NOT_CALLED -> isLeftOut(each);
                case NOT_WRITTEN -> each.getOpcode() == Opcodes.PUTFIELD && !method.name.equals("<init>");
                case ANSWERED_WRONG -> each.getOpcode() == Opcodes.IRETURN && method.desc.endsWith(")Z");
                case NOT_LOCKED -> each.getOpcode() == Opcodes.MONITORENTER || each.getOpcode() == Opcodes.MONITOREXIT;
            };
            if (fits) {
                places.add(each);
            }
        }
        return places;
    }

    /** What is said in the log nobody checks. */
    private static boolean isLeftOut(AbstractInsnNode instruction) {
        return instruction instanceof MethodInsnNode call
                && call.desc.endsWith(")V")
                && !call.name.equals("<init>")
                && !call.owner.equals("org/slf4j/Logger");
    }

    boolean isIn(String name) {
        return name.replace('.', '/').equals(type);
    }

    void plant(ClassNode node) {
        MethodNode found = node.methods.stream()
                .filter(each -> (each.name + each.desc).equals(method))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(this + " is nowhere"));
        List<AbstractInsnNode> places = places(found, kind);
        InsnList code = found.instructions;
        AbstractInsnNode place = places.get(index);
        switch (kind) {
            case NEGATED -> ((JumpInsnNode) place).setOpcode(Objects.requireNonNull(OPPOSITES.get(place.getOpcode())));
            case NOT_CALLED -> leaveOut(code, (MethodInsnNode) place);
            case NOT_WRITTEN -> {
                boolean wide = Type.getType(((FieldInsnNode) place).desc).getSize() == 2;
                code.insertBefore(place, new InsnNode(wide ? Opcodes.POP2 : Opcodes.POP));
                code.set(place, new InsnNode(Opcodes.POP));
            }
            case ANSWERED_WRONG -> {
                code.insertBefore(place, new InsnNode(Opcodes.ICONST_1));
                code.insertBefore(place, new InsnNode(Opcodes.IXOR));
            }
            case NOT_LOCKED -> places.forEach(each -> code.set(each, new InsnNode(Opcodes.POP)));
        }
    }

    private static void leaveOut(InsnList code, MethodInsnNode call) {
        Type[] arguments = Type.getArgumentTypes(call.desc);
        for (int i = arguments.length - 1; i >= 0; i--) {
            code.insertBefore(call, new InsnNode(arguments[i].getSize() == 2 ? Opcodes.POP2 : Opcodes.POP));
        }
        if (call.getOpcode() == Opcodes.INVOKESTATIC) {
            code.remove(call);
        } else {
            code.set(call, new InsnNode(Opcodes.POP));
        }
    }

    /** {@code spi.RequestQueue.take() negated 0}: what it is called, which lines that move do not change. */
    String text() {
        int open = method.indexOf('(');
        String arguments = Arrays.stream(Type.getArgumentTypes(method.substring(open)))
                .map(argument -> argument.getClassName().replaceAll(".*[.$]", ""))
                .collect(Collectors.joining(", ", "(", ")"));
        return type.replace('/', '.').substring("dev.baton.".length()) + "." + method.substring(0, open) + arguments
                + " " + kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + " " + index;
    }
}
