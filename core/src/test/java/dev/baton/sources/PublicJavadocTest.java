package dev.baton.sources;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ThrowsTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a user can see of a module that ships says what it is, and which exceptions it throws itself. A record says that of
 * its components; its constructor says what it refuses. The compiler's own doclint looks in the full lane at how that is
 * written; of what is missing it would ask a line for each parameter too.
 */
class PublicJavadocTest {
    private static final List<String> SHIPPED = List.of("../core", "../migration", "../integrations", "../kits");
    private static final String BACKENDS = "../backend-";

    @Test
    void allThatCanBeSeenIsDescribed() throws IOException {
        List<Path> sources = sources();
        assertThat(sources).hasSizeGreaterThan(100);
        List<JavaFileObject> files = new ArrayList<>();
        for (Path source : sources) {
            files.add(new Text(source.toString(), Files.readString(source)));
        }
        assertThat(gaps(files)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "public class Gap {}|Gap",
                "/** A. */ public class Gap { public void gap() {} }|gap",
                "/** A. */ public class Gap { protected Gap() {} }|Gap()",
                "/** A. */ public class Gap { protected int gap; }|gap",
                "/** A. */ public interface Gap { void gap(); }|gap",
                "/** A. */ public interface Gap { class Within {} }|Within",
                "/** A. */ public enum Gap { ONE }|ONE",
                "/** A. */ public record Gap(int a) { public Gap { throw new Oops(); } }|Gap() throws Oops",
                "/** A. */ public class Gap { /** Throws. */ public void gap() { throw new Oops(); } }|gap throws Oops",
                "/** A. */ public record Gap(int a) { public Gap { } }|",
                "class Gap { public void gap() {} }|",
                "/** A. */ public class Gap { void gap() {} private int b; }|",
                "/** A. */ public class Gap { @Override public String toString() { return null; } }|",
                "/** A. */ public class Gap { /** B. @throws Oops c */ public void gap() { throw new Oops(); } }|",
                "/** A. */ public class Gap { /** B. */ public Object gap() { return (Runnable) () -> { throw new Oops(); }; } }|",
            })
    void gapIsReported(String planted, @Nullable String gap) throws IOException {
        List<String> found = gaps(List.of(new Text("Gap.java", planted.replace(" @throws", "\n@throws"))));

        if (gap == null) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found).singleElement().asString().endsWith(": " + gap);
        }
    }

    /** All sources of what ships. */
    static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            return files.filter(file -> file.toString().contains("/src/main/java/"))
                    .filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> isShipped(file.toString()))
                    .filter(file -> !file.endsWith("module-info.java"))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isShipped(String name) {
        return name.startsWith(BACKENDS) || SHIPPED.stream().anyMatch(folder -> name.startsWith(folder + "/"));
    }

    private static List<String> gaps(List<JavaFileObject> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavacTask task = (JavacTask) compiler.getTask(null, null, problem -> {}, List.of("-proc:none"), null, files);
        DocTrees documents = DocTrees.instance(task);
        List<String> gaps = new ArrayList<>();
        for (CompilationUnitTree unit : task.parse()) {
            new Visible(documents, unit, gaps).scan(unit, null);
        }
        return gaps;
    }

    /** Goes through the types of one file, as far as they can be seen from elsewhere. */
    private static final class Visible extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final DocTrees documents;
        private final CompilationUnitTree unit;
        private final List<String> gaps;

        Visible(DocTrees documents, CompilationUnitTree unit, List<String> gaps) {
            this.documents = documents;
            this.unit = unit;
            this.gaps = gaps;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
            if (isSeen(type.getModifiers())) {
                ask(type.getSimpleName().toString());
                super.visitClass(type, null);
            }
            return null;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree field, @Nullable Void nothing) {
            boolean ofRecord = !field.getModifiers().getFlags().contains(Modifier.STATIC)
                    && parent().getKind() == Tree.Kind.RECORD;
            if (!ofRecord && isSeen(field.getModifiers())) {
                ask(field.getName().toString());
            }
            return null;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            if (!isSeen(method.getModifiers()) || isOverriding(method)) {
                return null;
            }
            DocCommentTree document = documents.getDocCommentTree(getCurrentPath());
            boolean begins = method.getName().contentEquals("<init>");
            String name = begins
                    ? ((ClassTree) parent()).getSimpleName() + "()"
                    : method.getName().toString();
            if (document == null && !(begins && parent().getKind() == Tree.Kind.RECORD)) {
                gaps.add(unit.getSourceFile().getName() + ": " + name);
                return null;
            }
            Set<String> unsaid = thrown(method);
            unsaid.removeAll(document == null ? Set.of() : said(document));
            unsaid.forEach(each -> gaps.add(unit.getSourceFile().getName() + ": " + name + " throws " + each));
            return null;
        }

        private Tree parent() {
            return getCurrentPath().getParentPath().getLeaf();
        }

        private void ask(String name) {
            if (documents.getDocCommentTree(getCurrentPath()) == null) {
                gaps.add(unit.getSourceFile().getName() + ": " + name);
            }
        }

        private boolean isSeen(ModifiersTree modifiers) {
            TreePath above = getCurrentPath().getParentPath();
            boolean ofInterface = above != null && above.getLeaf().getKind() == Tree.Kind.INTERFACE;
            Set<Modifier> flags = modifiers.getFlags();
            return flags.contains(Modifier.PUBLIC)
                    || flags.contains(Modifier.PROTECTED)
                    || (ofInterface && !flags.contains(Modifier.PRIVATE));
        }

        private static boolean isOverriding(MethodTree method) {
            return method.getModifiers().getAnnotations().stream()
                    .anyMatch(each -> each.getAnnotationType().toString().equals("Override"));
        }

        private static Set<String> said(DocCommentTree document) {
            return document.getBlockTags().stream()
                    .filter(tag -> tag.getKind() == DocTree.Kind.THROWS)
                    .map(tag -> ((ThrowsTree) tag).getExceptionName().getSignature())
                    .collect(Collectors.toSet());
        }

        private static Set<String> thrown(MethodTree method) {
            Set<String> thrown = new TreeSet<>();
            new TreeScanner<@Nullable Void, @Nullable Void>() {
                @Override
                public @Nullable Void visitThrow(ThrowTree each, @Nullable Void nothing) {
                    if (each.getExpression() instanceof NewClassTree made) {
                        thrown.add(made.getIdentifier().toString());
                    }
                    return super.visitThrow(each, null);
                }

                @Override
                public @Nullable Void visitLambdaExpression(LambdaExpressionTree later, @Nullable Void nothing) {
                    return null;
                }

                @Override
                public @Nullable Void visitClass(ClassTree another, @Nullable Void nothing) {
                    return null;
                }
            }.scan(method.getBody(), null);
            return thrown;
        }
    }

    /** A source that has been read. */
    private static final class Text extends SimpleJavaFileObject {
        private final String name;
        private final String text;

        Text(String name, String text) {
            super(URI.create("string:///" + name.replace("../", "")), Kind.SOURCE);
            this.name = name;
            this.text = text;
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
