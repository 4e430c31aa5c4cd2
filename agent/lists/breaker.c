#include "lists/breaker.h"

/* Whether `part` is a mass: enough of them, and more than the fraction of all. */
static bool is_mass(size_t part, size_t all, size_t least, double fraction)
{
	return part >= least && (double)part > fraction * (double)all;
}

bool breaker_trips(const struct list_change *change, double fraction)
{
	/* Only what was not listed can become so; a list of everything takes all of that. */
	const size_t unlisted =
	    change->asked > change->listed_before ? change->asked - change->listed_before : 0;

	if (is_mass(change->raised, unlisted, BREAKER_RAISED_MIN, fraction))
		return true;
	if (change->cleared >= BREAKER_CLEARED_MIN && change->cleared >= change->listed_before)
		return true;
	return is_mass(change->cleared, change->listed_before, BREAKER_RAISED_MIN, fraction);
}

bool breaker_trips_for_all(size_t changed, size_t lists, double fraction)
{
	return is_mass(changed, lists, BREAKER_LISTS_MIN, fraction);
}
