#include "sys/belt.h"

#include <signal.h>

/* Who fills is woken for several places rather than for each. */
enum { LOW_PLACES = BELT_PLACES / 2 };

void belt_init(struct belt *belt)
{
	*belt = (struct belt){0};
	pthread_mutex_init(&belt->lock, NULL);
	pthread_cond_init(&belt->moved, NULL);
}

void belt_release(struct belt *belt)
{
	if (belt->has_thread) {
		pthread_mutex_lock(&belt->lock);
		belt->is_stopped = true;
		pthread_cond_signal(&belt->moved);
		pthread_mutex_unlock(&belt->lock);
		pthread_join(belt->thread, NULL);
	}
	pthread_cond_destroy(&belt->moved);
	pthread_mutex_destroy(&belt->lock);
}

bool belt_start(struct belt *belt, void *(*work)(void *context), void *context)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	belt->has_thread = pthread_create(&belt->thread, NULL, work, context) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return belt->has_thread;
}

bool belt_wait_for_room(struct belt *belt, size_t most)
{
	bool is_wanted;

	pthread_mutex_lock(&belt->lock);
	while (belt->in - belt->out > most && !belt->is_stopped)
		pthread_cond_wait(&belt->moved, &belt->lock);
	is_wanted = !belt->is_stopped;
	pthread_mutex_unlock(&belt->lock);
	return is_wanted;
}

void belt_fill(struct belt *belt)
{
	pthread_mutex_lock(&belt->lock);
	belt->in++;
	pthread_cond_signal(&belt->moved);
	pthread_mutex_unlock(&belt->lock);
}

bool belt_wait_for_full(struct belt *belt)
{
	bool is_full;

	pthread_mutex_lock(&belt->lock);
	while (belt->in == belt->out && !belt->is_stopped)
		pthread_cond_wait(&belt->moved, &belt->lock);
	is_full = belt->in != belt->out;
	pthread_mutex_unlock(&belt->lock);
	return is_full;
}

void belt_empty(struct belt *belt)
{
	pthread_mutex_lock(&belt->lock);
	belt->out++;
	if (belt->in - belt->out <= LOW_PLACES)
		pthread_cond_signal(&belt->moved);
	pthread_mutex_unlock(&belt->lock);
}
