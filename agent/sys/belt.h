#ifndef SYS_BELT_H
#define SYS_BELT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* Between two threads: places in a ring that one fills and the other empties. What stands in them
 * is the owner's; places from `out` up to `in` belong to who empties, the others to who fills. */
enum { BELT_PLACES = 8 };

struct belt {
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	size_t in, out; /* filled and emptied so far */
	bool is_stopped;
};

void belt_init(struct belt *belt);
/* Ends the thread, if there is one: its waits return false, once there is nothing left to empty. */
void belt_release(struct belt *belt);
/* Starts the other thread, which gets no signals: they stay with the one that is there for them.
 * False: none can be had. */
bool belt_start(struct belt *belt, void *(*work)(void *context), void *context);

/* The place of a number, counted on without end. */
static inline size_t belt_place(size_t number)
{
	return number % BELT_PLACES;
}

/* Who fills: waits until at most `most` places wait to be emptied. False: nobody wants more. */
bool belt_wait_for_room(struct belt *belt, size_t most);
void belt_fill(struct belt *belt); /* the place at `in` is full */
/* Who empties: waits for a full place. False: there will be none. */
bool belt_wait_for_full(struct belt *belt);
void belt_empty(struct belt *belt); /* the place at `out` is */

#endif
