#include "sys/clock.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ZONEINFO "/usr/share/zoneinfo/"

enum {
	DAY_S = 86400,
	ZONE_PAST_DAYS = 5 * 366,
	ZONE_AHEAD_DAYS = 2 * 366,
	/* No zone has changed its clock more than four times a year. */
	ZONE_CHANGES_MAX = 64,
	ZONE_NAME_MAX_BYTES = 64
};

int64_t clock_now(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		bug("the system has no clock");
	return now.tv_sec;
}

int64_t clock_monotonic_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		bug("the system has no monotonic clock");
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Letters, digits and "_+-/" as tzdata writes them; nothing that leads out of the folder. */
static bool is_zone_name(const char *name)
{
	const size_t len = strlen(name);

	return len <= ZONE_NAME_MAX_BYTES && name[0] != '/' &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
		   len;
}

/* glibc takes a name it does not know for UTC, so look before asking it. The folder also holds
 * tables that are no zones; those lack the magic of RFC 8536 section 3.1. */
static bool zone_path(const char *name, char *path, size_t path_bytes, struct err *err)
{
	char magic[4] = {0};
	ssize_t got = -1;
	int fd;

	if (!is_zone_name(name))
		return err_set(err, "'%s' is not the name of a time zone", name);
	snprintf(path, path_bytes, "%s%s", ZONEINFO, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT && access(ZONEINFO, F_OK) != 0)
		return err_set(err, "cannot look up time zone '%s': there is no '%s' (tzdata)",
			       name, ZONEINFO);
	if (fd >= 0) {
		got = read(fd, magic, sizeof(magic));
		close(fd);
	}
	if (got != sizeof(magic) || memcmp(magic, "TZif", sizeof(magic)) != 0)
		return err_set(err, "there is no time zone '%s'", name);
	return true;
}

/* INT32_MIN: the C library cannot tell. */
static int32_t offset_s(int64_t at)
{
	const time_t when = at;
	struct tm local;

	return localtime_r(&when, &local) ? (int32_t)local.tm_gmtoff : INT32_MIN;
}

/* The first second in (low, high] whose offset is no longer that of `low`. */
static int64_t find_change(int64_t low, int64_t high)
{
	const int32_t before = offset_s(low);

	while (high - low > 1) {
		const int64_t middle = low + (high - low) / 2;

		if (offset_s(middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* Reads the zone the C library is set to. A day is short enough to see a daylight saving that
 * is suspended for Ramadan, or two changes in one week. */
static bool scan(int64_t now, struct arena *arena, struct zone *zone)
{
	struct zone_change *change = arena_calloc(arena, ZONE_CHANGES_MAX, sizeof(*change));
	const int64_t from = now - (int64_t)ZONE_PAST_DAYS * DAY_S;
	const int64_t until = now + (int64_t)ZONE_AHEAD_DAYS * DAY_S;
	size_t count = 0;

	change[count++] = (struct zone_change){from, offset_s(from)};
	for (int64_t at = from; at < until; at += DAY_S) {
		int64_t seen = at;

		while (offset_s(at + DAY_S) != change[count - 1].offset_s) {
			if (count == ZONE_CHANGES_MAX)
				return false;
			seen = find_change(seen, at + DAY_S);
			change[count++] = (struct zone_change){seen, offset_s(seen)};
		}
	}
	*zone = (struct zone){change, count};
	for (size_t i = 0; i < count; i++)
		if (change[i].offset_s == INT32_MIN)
			return false;
	return true;
}

/* TZ belongs to the process. Nothing else here reads or writes the environment while a zone is
 * scanned, and it is put back at once. */
static bool scan_under(const char *path, int64_t now, struct arena *arena, struct zone *zone)
{
	const char *tz = getenv("TZ");
	char *before = tz ? xstrdup(tz) : NULL;
	bool ok;

	if (setenv("TZ", path, 1) != 0)
		bug("cannot set TZ: %s", strerror(errno));
	tzset();
	ok = scan(now, arena, zone);
	if (before ? setenv("TZ", before, 1) != 0 : unsetenv("TZ") != 0)
		bug("cannot put TZ back: %s", strerror(errno));
	tzset();
	free(before);
	return ok;
}

bool clock_zone(const char *name, int64_t now, struct arena *arena, struct zone *zone,
		struct err *err)
{
	char path[sizeof(ZONEINFO) + ZONE_NAME_MAX_BYTES];
	bool ok;

	if (!*name) {
		tzset();
		ok = scan(now, arena, zone);
	} else if (strcmp(name, "UTC") == 0) {
		/* Known also where tzdata is not installed. */
		*zone = (struct zone){0};
		ok = true;
	} else if (!zone_path(name, path, sizeof(path), err)) {
		return false;
	} else {
		ok = scan_under(path, now, arena, zone);
	}
	if (!ok)
		return err_set(err, "cannot read the time zone '%s' around second %lld",
			       *name ? name : "of the system", (long long)now);
	return true;
}
