package dev.baton.interleaving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.SimpleRemapper;

/**
 * A scenario and the class that it is about under other names, so that a mistake in the copy is in no other scenario. Lincheck
 * keeps what it made of a class by the class's name.
 */
final class Copies {
    private Copies() {}

    static Class<?> of(Class<?> scenario, String type, List<String> beside, Edit edit, String suffix)
            throws ReflectiveOperationException {
        List<String> outer = new ArrayList<>(beside);
        outer.add(0, type);
        outer.add(scenario.getName());
        Map<String, String> names = new HashMap<>();
        List<ClassReader> originals = new ArrayList<>();
        for (String each : outer) {
            for (ClassReader original : withNested(each)) {
                String own = each.replace('.', '/');
                originals.add(original);
                names.put(
                        original.getClassName(),
                        own + suffix + original.getClassName().substring(own.length()));
            }
        }
        Class<?> last = scenario;
        for (ClassReader original : originals) {
            ClassWriter copy = new ClassWriter(0);
            ClassVisitor renaming = new ClassRemapper(copy, new SimpleRemapper(Opcodes.ASM9, names));
            boolean changed = original.getClassName().split("\\$", 2)[0].equals(type.replace('.', '/'));
            original.accept(changed ? new Editing(renaming, edit) : renaming, 0);
            last = MethodHandles.privateLookupIn(
                            Class.forName(original.getClassName().replace('/', '.')), MethodHandles.lookup())
                    .defineClass(copy.toByteArray());
        }
        return last;
    }

    /** Nested classes first: a class is linked as it is defined, and may need to know what they extend. */
    private static List<ClassReader> withNested(String outer) {
        ClassReader reader = read(outer);
        List<ClassReader> all = new ArrayList<>(List.of(reader));
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitNestMember(String member) {
                        all.add(0, read(member.replace('/', '.')));
                    }
                },
                ClassReader.SKIP_CODE);
        return all;
    }

    private static ClassReader read(String type) {
        try {
            return new ClassReader(type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Editing extends ClassVisitor {
        private final Edit edit;

        Editing(ClassVisitor next, Edit edit) {
            super(Opcodes.ASM9, next);
            this.edit = edit;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return edit.of(name, super.visitMethod(access, name, descriptor, signature, exceptions));
        }
    }
}
