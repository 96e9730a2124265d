package dev.baton.verify.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.verify.picture.Timeline.Bar;
import dev.baton.verify.picture.Timeline.Lane;
import dev.baton.verify.picture.Timeline.Mark;
import dev.baton.verify.picture.Timeline.Tone;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class SvgTimelineTest {

    @Test
    void isWellFormedAndShowsEachThing() throws IOException, SAXException, ParserConfigurationException {
        Lane lane = Lane.named("ada <1> & \"co\"");
        lane.bars().add(new Bar(0, 40, Tone.TERM, "42", "leads"));
        lane.lines().add(new Bar(50, 60, Tone.CUT_OFF, "", "cut off"));
        lane.marks().add(new Mark(50, Tone.FAULT, "unreachable", "no route"));
        Bar band = new Bar(70, 80, Tone.GAP, "", "nobody");

        String svg = SvgTimeline.draw(
                new Timeline(0, 100, Timeline.seconds(0), List.of(lane), List.of(band)), "title", "below");

        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(4);
        assertThat(document.getElementsByTagName("path").getLength()).isEqualTo(1);
        assertThat(document.getDocumentElement().getTextContent())
                .contains("ada <1> & \"co\"", "42", "unreachable", "nobody", "title", "below");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "95, 10",
        "800000, 100000",
        "4000000000, 500000000",
        "9000000000, 1000000000",
        "60000000000, 10000000000",
        "100000000000, 15000000000",
        "7200000000000, 900000000000",
        "864000000000000, 86400000000000"
    })
    void ticksAreRoundAndFew(long length, long step) {
        assertThat(SvgTimeline.step(length)).isEqualTo(step);
    }
}
