@NullMarked
package dev.baton.zookeeper.session;

import org.jspecify.annotations.NullMarked;
