package dev.baton.cli.demo;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What a {@link Venue} works with while a demo lasts.
 *
 * @param directory of this run, to be thrown away; its name is unique
 * @param guardian is told of every process that is started, whose command line names the directory
 * @param leftovers is told of everything that has to be gone in the end
 * @param journal takes what is measured
 */
record Backstage(Path directory, Guardian guardian, Leftovers leftovers, Consumer<Fact> journal) {}
