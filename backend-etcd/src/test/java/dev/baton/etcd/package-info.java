@NullMarked
package dev.baton.etcd;

import org.jspecify.annotations.NullMarked;
