package dev.baton.campaign;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Which faults are made, of those that there are.
 *
 * @param only their names, or what these begin with; all when there is none
 * @param hands whether somebody ends live claims by hand
 * @param pairs whether two are made at once now and then
 */
record FaultChoice(List<String> only, boolean hands, boolean pairs) {
    /** All of them. */
    static final FaultChoice ALL = new FaultChoice(List.of(), true, true);

    FaultChoice {
        only = only.stream().map(String::strip).toList();
    }

    /** Says that there is no such fault, and which there are. */
    static final class UnknownFaultException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        UnknownFaultException(String name, List<Fault> known) {
            super("there is no fault \"" + name + "\"; there are "
                    + known.stream().map(Fault::name).collect(Collectors.joining(", ")));
        }
    }

    /**
     * Those of {@code faults} that are chosen.
     *
     * @throws UnknownFaultException when a name is none of theirs
     */
    List<Fault> of(List<Fault> faults) {
        List<Fault> allowed = faults.stream()
                .filter(fault -> hands || !fault.kind().isByHand())
                .toList();
        for (String name : only) {
            if (allowed.stream().noneMatch(fault -> fault.name().startsWith(name))) {
                throw new UnknownFaultException(name, allowed);
            }
        }
        return allowed.stream()
                .filter(fault -> only.isEmpty() || only.stream().anyMatch(fault.name()::startsWith))
                .toList();
    }
}
