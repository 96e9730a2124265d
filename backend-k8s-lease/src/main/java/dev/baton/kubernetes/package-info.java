/** Elections on Kubernetes: Leases, and client-go's annotation on Endpoints and ConfigMaps. */
@NullMarked
package dev.baton.kubernetes;

import org.jspecify.annotations.NullMarked;
