package dev.baton.simulation;

import java.util.Arrays;

/**
 * One fault, once.
 *
 * @param fault which
 * @param number the how manieth of its kind in its world, from 1
 */
record Strike(Fault fault, int number) {

    /** {@code crash:2} for the second crash. */
    @Override
    public String toString() {
        return fault.text() + ":" + number;
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException when {@code text} is anything else
     */
    static Strike parse(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        Fault fault = Arrays.stream(Fault.values())
                .filter(known -> known.text().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + text
                        + "\" must be a fault and its number, such as crash:2; there are "
                        + Arrays.stream(Fault.values()).map(Fault::text).toList()));
        try {
            return new Strike(fault, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" must end in a number, such as crash:2", e);
        }
    }
}
