package dev.baton.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is still to happen, the earliest first; what is due at the same time in the order in which it was added. Times stand
 * beside the events: most comparisons need not look at an event.
 */
final class EventQueue {
    private World.@Nullable Event[] heap = new World.Event[256];
    private long[] times = new long[256];
    private int size;

    void add(World.Event event) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
            times = Arrays.copyOf(times, 2 * size);
        }
        int hole = size++;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (!precedes(event, event.at(), parent)) {
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        put(event, hole);
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
            if (child + 1 < size && precedes(at(child + 1), times[child + 1], child)) {
                child++;
            }
            if (precedes(event, event.at(), child)) {
                break;
            }
            move(child, hole);
            hole = child;
        }
        put(event, hole);
    }

    private boolean precedes(World.Event event, long at, int index) {
        return at == times[index] ? event.order() < at(index).order() : at < times[index];
    }

    private void move(int from, int to) {
        heap[to] = heap[from];
        times[to] = times[from];
    }

    private void put(World.Event event, int index) {
        heap[index] = event;
        times[index] = event.at();
    }

    private World.Event at(int index) {
        World.Event event = heap[index];
        if (event == null) {
            throw new IllegalStateException("no event at " + index + " of " + size);
        }
        return event;
    }
}
