/** What is measured on Kubernetes. */
@NullMarked
package dev.baton.benchmarks.kubernetes;

import org.jspecify.annotations.NullMarked;
