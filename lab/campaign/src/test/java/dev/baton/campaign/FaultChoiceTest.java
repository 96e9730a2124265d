package dev.baton.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.baton.campaign.Fault.Kind;
import dev.baton.campaign.FaultChoice.UnknownFaultException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultChoiceTest {
    private static final List<Fault> FAULTS = Stream.of(Kind.values())
            .map(kind -> new Fault(kind + " struck", kind, true, victim -> Fault.Healing.NONE))
            .toList();

    @Test
    void choosesAll() {
        assertThat(FaultChoice.ALL.of(FAULTS)).isEqualTo(FAULTS);
    }

    @Test
    void choosesByWhatNamesBeginWith() {
        assertThat(names(new FaultChoice(List.of("STORE", " HAND struck"), true, true)))
                .containsExactly("STORE struck", "HAND struck");
    }

    @Test
    void leavesOutWhatIsDoneByHand() {
        assertThat(names(new FaultChoice(List.of(), false, true)))
                .containsExactly("CANDIDATE struck", "NETWORK struck", "STORE struck");
    }

    @Test
    void refusesANameThatThereIsNotAndSaysWhichThereAre() {
        assertThatExceptionOfType(UnknownFaultException.class)
                .isThrownBy(() -> new FaultChoice(List.of("STORE", "earthquake"), false, true).of(FAULTS))
                .withMessage(
                        "there is no fault \"earthquake\"; there are CANDIDATE struck, NETWORK struck, STORE struck");
    }

    private static List<String> names(FaultChoice choice) {
        return choice.of(FAULTS).stream().map(Fault::name).toList();
    }
}
