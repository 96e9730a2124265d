package dev.baton.campaign.candidate;

/** Opens contenders of one kind. */
@FunctionalInterface
public interface Contenders {

    /**
     * A contender that does not contend yet.
     *
     * @param events where to write a line of JSON for each event in the form that {@code baton verify} reads, if the way to
     *     elect has such events; others write nothing
     * @throws Exception when it cannot be made, which ends the candidate's process
     */
    Contender open(Settings settings, Appendable events) throws Exception;
}
