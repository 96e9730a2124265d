@NullMarked
package dev.baton.etcd.session;

import org.jspecify.annotations.NullMarked;
