/** The command {@code lab/control-plane}, with which a person plays with a control plane. */
@NullMarked
package dev.baton.testing.servers.command;

import org.jspecify.annotations.NullMarked;
