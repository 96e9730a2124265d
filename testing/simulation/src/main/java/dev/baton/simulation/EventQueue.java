package dev.baton.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is still to happen, the earliest first; what is due at the same time in the order in which it was added. */
final class EventQueue {
    private World.@Nullable Event[] heap = new World.Event[256];
    private int size;

    void add(World.Event event) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        int hole = size++;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            World.Event above = at(parent);
            if (!event.precedes(above)) {
                break;
            }
            heap[hole] = above;
            hole = parent;
        }
        heap[hole] = event;
    }

    /** The earliest, which is then no longer here; or null when there is none. */
    World.@Nullable Event poll() {
        if (size == 0) {
            return null;
        }
        World.Event first = at(0);
        World.Event last = at(--size);
        heap[size] = null;
        if (size > 0) {
            sink(last);
        }
        return first;
    }

    /** Puts {@code event} where it belongs, from the top down. */
    private void sink(World.Event event) {
        int hole = 0;
        int half = size >>> 1;
        while (hole < half) {
            int child = 2 * hole + 1;
            World.Event least = at(child);
            if (child + 1 < size && at(child + 1).precedes(least)) {
                least = at(++child);
            }
            if (!least.precedes(event)) {
                break;
            }
            heap[hole] = least;
            hole = child;
        }
        heap[hole] = event;
    }

    private World.Event at(int index) {
        World.Event event = heap[index];
        if (event == null) {
            throw new IllegalStateException("no event at " + index + " of " + size);
        }
        return event;
    }
}
