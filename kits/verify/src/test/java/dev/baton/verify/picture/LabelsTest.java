package dev.baton.verify.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.verify.picture.Timeline.Bar;
import dev.baton.verify.picture.Timeline.Lane;
import dev.baton.verify.picture.Timeline.Mark;
import dev.baton.verify.picture.Timeline.Tone;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** That a picture can be read: no text covers another or a mark, and nothing is cut off. */
class LabelsTest {
    private static final Path DOCS =
            Path.of("").toAbsolutePath().resolveSibling("../docs").normalize();
    private static final Pattern MARK = Pattern.compile("M([0-9.]+) ([0-9]+) .*");
    private static final String[] WORDS = {"starts", "stops", "unreachable", "expired", "token refused", "pauses"};

    /** The advance widths of DejaVu Sans, in thousandths, of the letters that its table has from the space on. */
    private static final int[] DEJAVU = {
        318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636,
        636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656,
        557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613,
        635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818,
        592, 592, 525, 636, 337, 636, 838
    };

    private record Box(String text, double left, double top, double right, double bottom) {
        boolean covers(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }
    }

    @Test
    void laterMarkIsNotCoveredByTheLabelOfTheOneBefore() throws Exception {
        Lane lane = Lane.named("ada");
        lane.marks().add(new Mark(400, Tone.FAULT, "unreachable", "no route"));
        lane.marks().add(new Mark(430, Tone.FAULT, "unreachable", "no route"));
        lane.marks().add(new Mark(460, Tone.FAULT, "unreachable", "no route"));

        assertReadable(draw(lane));
    }

    @Test
    void labelAtTheRightEdgeIsNotCutOff() throws Exception {
        Lane lane = Lane.named("ada");
        lane.marks().add(new Mark(500, Tone.EVENT, "starts", ""));
        lane.marks().add(new Mark(999, Tone.EVENT, "stops", ""));

        String svg = draw(lane);

        assertReadable(svg);
        assertThat(svg).as("it is there all the same").contains(">stops</text>");
    }

    @Test
    void tickAtTheRightEdgeIsNotCutOff() throws Exception {
        Timeline timeline =
                new Timeline(0, 1_000, at -> "11:52:20." + (100 + at), List.of(Lane.named("ada")), List.of());

        assertReadable(SvgTimeline.draw(timeline));
    }

    @Test
    void labelsOfBarsThatCoverEachOtherStandSideBySide() throws Exception {
        Lane lane = Lane.named("ada");
        lane.bars().add(new Bar(100, 500, Tone.TERM, "1234567", "leads"));
        lane.bars().add(new Bar(120, 600, Tone.DISTURBED, "stopped gracefully", "stopped"));
        lane.bars().add(new Bar(125, 700, Tone.DISTURBED, "killed", "killed"));

        assertReadable(draw(lane));
    }

    @Test
    void whatIsTooLongIsShortenedAndShownWholeAtThePointer() throws Exception {
        Lane lane = Lane.named("orders-reconciler-6f9c7d5b8-x2x9q.production.example.com".repeat(2));
        String said = "two leaders at once, ".repeat(20).strip();

        String svg = SvgTimeline.draw(
                new Timeline(0, 1_000, Timeline.seconds(0), List.of(lane), List.of()), said, "MW %".repeat(90));

        assertReadable(svg);
        assertThat(svg).contains("<title>" + lane.name() + "</title>", "<title>" + said + "</title>", "…</text>");
    }

    @Test
    void anyCrowdIsReadable() throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            assertReadable(draw(crowd(new Random(seed))));
        }
    }

    private static Lane[] crowd(Random random) {
        return IntStream.range(0, 3)
                .mapToObj(row -> {
                    Lane lane = Lane.named("candidate-" + row);
                    int count = random.nextInt(40);
                    for (int i = 0; i < count; i++) {
                        String word = WORDS[random.nextInt(WORDS.length)];
                        lane.marks().add(new Mark(random.nextInt(1_001), Tone.EVENT, word, word));
                        long from = random.nextInt(1_001);
                        lane.bars().add(new Bar(from, from + random.nextInt(200), Tone.DISTURBED, word, word));
                    }
                    return lane;
                })
                .toArray(Lane[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"incident/incident.svg", "faults-kubernetes.svg", "faults-etcd.svg"})
    void picturesOfTheDocumentationAreReadable(String file) throws Exception {
        assertReadable(Files.readString(DOCS.resolve(file)));
    }

    private static String draw(Lane... lanes) {
        return SvgTimeline.draw(new Timeline(0, 1_000, Timeline.seconds(0), List.of(lanes), List.of()), "title", "");
    }

    private static void assertReadable(String svg) throws IOException, SAXException, ParserConfigurationException {
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        String[] view = document.getDocumentElement().getAttribute("viewBox").split(" ", 4);
        List<Box> texts = new ArrayList<>();
        NodeList found = document.getElementsByTagName("text");
        for (int i = 0; i < found.getLength(); i++) {
            texts.add(box((Element) found.item(i)));
        }
        List<Box> marks = new ArrayList<>();
        NodeList paths = document.getElementsByTagName("path");
        for (int i = 0; i < paths.getLength(); i++) {
            Matcher at = MARK.matcher(((Element) paths.item(i)).getAttribute("d"));
            assertThat(at.matches()).isTrue();
            double x = Double.parseDouble(at.group(1));
            double y = Double.parseDouble(at.group(2));
            marks.add(new Box("mark", x - 4, y, x + 4, y + 8));
        }
        for (int i = 0; i < texts.size(); i++) {
            Box text = texts.get(i);
            assertThat(text.left).as("%s", text).isNotNegative();
            assertThat(text.right).as("%s", text).isLessThanOrEqualTo(Double.parseDouble(view[2]));
            assertThat(text.bottom).as("%s", text).isLessThanOrEqualTo(Double.parseDouble(view[3]));
            assertThat(texts.subList(0, i)).as("%s", text).noneMatch(text::covers);
            assertThat(marks).as("%s", text).noneMatch(text::covers);
        }
    }

    /** From the baseline up as high as a digit is: no letter of ours goes far below it. */
    private static Box box(Element text) {
        boolean bold = text.getAttribute("class").equals("name")
                || text.getAttribute("class").equals("label");
        double size = text.hasAttribute("font-size")
                ? Double.parseDouble(text.getAttribute("font-size"))
                : text.getAttribute("class").equals("name") ? 12 : 11;
        StringBuilder shown = new StringBuilder();
        for (Node child = text.getFirstChild(); child != null; child = child.getNextSibling()) {
            shown.append(child.getNodeType() == Node.TEXT_NODE ? child.getNodeValue() : "");
        }
        double width = shown.chars()
                        .mapToDouble(letter -> letter == '…' ? 1 : DEJAVU[letter - ' '] / 1e3)
                        .sum()
                * size
                * (bold ? 1.1 : 1);
        double x = Double.parseDouble(text.getAttribute("x"));
        double left = text.getAttribute("text-anchor").equals("middle") ? x - width / 2 : x;
        double baseline = Double.parseDouble(text.getAttribute("y"));
        return new Box(shown.toString(), left, baseline - 0.75 * size, left + width, baseline + 1);
    }
}
