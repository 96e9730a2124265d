@NullMarked
package dev.baton.etcd.internal;

import org.jspecify.annotations.NullMarked;
