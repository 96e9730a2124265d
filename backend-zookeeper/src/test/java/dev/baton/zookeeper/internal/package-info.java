@NullMarked
package dev.baton.zookeeper.internal;

import org.jspecify.annotations.NullMarked;
