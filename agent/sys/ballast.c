#include "sys/ballast.h"

#include "base/str.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Enough for the pass of some thousand addresses; the ballast is given up before such a pass could
 * fail, and what comes and goes between LOW and PLENTY changes nothing. */
enum { BALLAST_BYTES = 4 << 20, LOW_BYTES = 8 << 20, PLENTY_BYTES = 32 << 20, MODE = 0640 };

static bool fill(int fd)
{
	if (posix_fallocate(fd, 0, BALLAST_BYTES) == 0)
		return true;
	/* What it got of it is as good as none. */
	(void)!ftruncate(fd, 0);
	return false;
}

/* `is_new`: the file was not there. */
static bool weigh(int fd, bool is_new, uint64_t free_bytes)
{
	struct stat st;
	bool is_given_up;

	if (fstat(fd, &st) != 0)
		return false;
	is_given_up = st.st_size == 0 && !is_new;
	if (free_bytes >= PLENTY_BYTES)
		return st.st_size < BALLAST_BYTES && !fill(fd) && is_given_up;
	if (free_bytes >= LOW_BYTES)
		return is_given_up;
	if (ftruncate(fd, 0) != 0)
		return is_given_up;
	return true;
}

bool ballast_weigh(const char *state_dir)
{
	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
	struct statvfs disk;
	struct str path = {0};
	bool is_new = false;
	bool is_low = false;
	int fd;

	if (statvfs(state_dir, &disk) != 0)
		return false;
	str_addf(&path, "%s/ballast", state_dir);
	fd = open(str_text(&path), flags);
	if (fd < 0) {
		is_new = true;
		fd = open(str_text(&path), flags | O_CREAT | O_EXCL, MODE);
	}
	if (fd >= 0) {
		is_low = weigh(fd, is_new, (uint64_t)disk.f_bavail * disk.f_frsize);
		close(fd);
	} else {
		is_low = (uint64_t)disk.f_bavail * disk.f_frsize < LOW_BYTES;
	}
	str_release(&path);
	return is_low;
}
