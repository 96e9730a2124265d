package dev.baton.campaign.peer;

/** Where a Lease is. */
record LeaseName(String namespace, String name) {
    /** The Lease of the election {@code namespace/name}. */
    static LeaseName of(String election) {
        int slash = election.indexOf('/');
        if (slash < 1 || slash == election.length() - 1) {
            throw new IllegalArgumentException("\"" + election + "\" must be namespace/name");
        }
        return new LeaseName(election.substring(0, slash), election.substring(slash + 1));
    }
}
