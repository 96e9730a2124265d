/** What is measured on etcd. */
@NullMarked
package dev.baton.benchmarks.etcd;

import org.jspecify.annotations.NullMarked;
