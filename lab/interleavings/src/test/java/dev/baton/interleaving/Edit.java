package dev.baton.interleaving;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** A small change of what a method does. */
@FunctionalInterface
interface Edit {

    /** The visitor that makes the change on the way to {@code next}. */
    MethodVisitor of(String method, MethodVisitor next);

    /** No lock is taken. */
    static Edit unlocked() {
        return (method, next) -> new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitInsn(int opcode) {
                boolean locks = opcode == Opcodes.MONITORENTER || opcode == Opcodes.MONITOREXIT;
                super.visitInsn(locks ? Opcodes.POP : opcode);
            }
        };
    }

    /** In {@code where}, a method is not called, and answers nothing, no or zero. */
    static Edit without(String where, String callee) {
        return calling(where, callee, Opcodes.ICONST_0);
    }

    /** In {@code where}, a method is not called, and answers yes. */
    static Edit answering(String where, String callee) {
        return calling(where, callee, Opcodes.ICONST_1);
    }

    /** In {@code where}, a field is not written. */
    static Edit unset(String where, String field) {
        return (method, next) -> !method.equals(where)
                ? next
                : new MethodVisitor(Opcodes.ASM9, next) {
                    @Override
                    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
                        if (opcode == Opcodes.PUTFIELD && name.equals(field)) {
                            drop(Type.getType(descriptor), mv);
                            super.visitInsn(Opcodes.POP);
                        } else {
                            super.visitFieldInsn(opcode, owner, name, descriptor);
                        }
                    }
                };
    }

    private static Edit calling(String where, String callee, int answer) {
        return (method, next) -> !method.equals(where)
                ? next
                : new MethodVisitor(Opcodes.ASM9, next) {
                    @Override
                    public void visitMethodInsn(
                            int opcode, String owner, String name, String descriptor, boolean isInterface) {
                        if (!name.equals(callee)) {
                            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
                            return;
                        }
                        Type[] arguments = Type.getArgumentTypes(descriptor);
                        for (int i = arguments.length - 1; i >= 0; i--) {
                            drop(arguments[i], mv);
                        }
                        if (opcode != Opcodes.INVOKESTATIC) {
                            super.visitInsn(Opcodes.POP);
                        }
                        switch (Type.getReturnType(descriptor).getSort()) {
                            case Type.VOID -> {}
                            case Type.LONG -> super.visitInsn(Opcodes.LCONST_0);
                            case Type.BOOLEAN, Type.INT -> super.visitInsn(answer);
                            default ->
                                throw new IllegalArgumentException(callee + descriptor + " answers neither yes nor no");
                        }
                    }
                };
    }

    private static void drop(Type type, MethodVisitor next) {
        next.visitInsn(type.getSize() == 2 ? Opcodes.POP2 : Opcodes.POP);
    }
}
