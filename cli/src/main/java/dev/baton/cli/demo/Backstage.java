package dev.baton.cli.demo;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The tools of a {@link Venue} during a demo.
 *
 * @param directory the directory of this run, deleted at the end; its name is unique
 * @param guardian watches every started process, whose command line must name the directory
 * @param leftovers collects everything to remove at the end
 * @param journal takes the measurements
 */
record Backstage(Path directory, Guardian guardian, Leftovers leftovers, Consumer<Fact> journal) {}
