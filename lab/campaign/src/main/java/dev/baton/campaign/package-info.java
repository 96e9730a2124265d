/** Candidates in processes of their own on real servers, put through seeded faults, and judged. */
@NullMarked
package dev.baton.campaign;

import org.jspecify.annotations.NullMarked;
