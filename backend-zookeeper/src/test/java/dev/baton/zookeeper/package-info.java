@NullMarked
package dev.baton.zookeeper;

import org.jspecify.annotations.NullMarked;
