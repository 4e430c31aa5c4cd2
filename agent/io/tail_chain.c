#include "io/tail_parts.h"

#include "base/hash.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* Which files there are to read and from where. A file that was counted is in the caller's table,
 * found by its beginning and checked by what stands before the place where counting ended; those
 * that are newer than the one read last and not in it were the log meanwhile. No clock is asked,
 * and an inode number only decides between files of the same content. */

enum {
	/* Two logs may share a beginning as short as the name of a host. */
	ENOUGH_BYTES = 64
};

static struct tail_known known_of(const struct tail *tail, const struct rotated *file)
{
	const struct tail_request *const request = tail->request;
	struct tail_known known = {.bytes = 0};

	if (request->known && file->head_len)
		request->known(request->take.context, file->head, file->head_len, &known);
	return known;
}

/* A row found by the whole beginning; a shorter one may be of another file. */
static bool is_whole(const struct rotated *file, const struct tail_known *known)
{
	return known->head_bytes && known->head_bytes == file->head_len;
}

/* --- the file that was read last --- */

static bool is_exact(const struct rotated *file, const struct log_position *from)
{
	return file->inode == from->inode && file->device == from->device;
}

/* How likely it is; 0: it is not. */
static int score(const struct rotated *file, const struct log_position *from)
{
	switch (content_match(file, from)) {
	case CONTENT_SAME:
		return is_exact(file, from) ? 4 : 3;
	case CONTENT_ALIKE:
		if (is_exact(file, from))
			return 2;
		return from->head_bytes >= ENOUGH_BYTES;
	case CONTENT_OTHER:
		break;
	}
	return 0;
}

/* Of equals, a rotated one before the current one, which then is a copy; the original before a
 * compressed copy. */
static const struct rotated *find_old(const struct tail *tail)
{
	const struct log_position *const from = tail->request->from;
	const struct rotated *old = tail->fd >= 0 ? &tail->current : NULL;
	int best = old ? score(old, from) : 0;

	if (!best)
		old = NULL;
	for (size_t i = 0; i < tail->set.count; i++) {
		const struct rotated *const file = &tail->set.file[i];
		const int points = score(file, from);

		if (points < best || points < 1)
			continue;
		if (points == best &&
		    (points < 3 || (old != &tail->current && file->is_packed && !old->is_packed)))
			continue;
		old = file;
		best = points;
	}
	return old;
}

/* How many of the set, oldest first, were there when the log was read last. */
static size_t find_bound(const struct tail *tail)
{
	const struct rotated_set *const set = &tail->set;

	if (!tail->request->from || tail->old == &tail->current)
		return set->count;
	if (tail->old && tail->old->is_sibling)
		return (size_t)(tail->old - set->file) + 1;
	for (size_t i = set->count; i > 0; i--) {
		const struct tail_known known = known_of(tail, &set->file[i - 1]);

		if (set->file[i - 1].is_sibling && is_whole(&set->file[i - 1], &known))
			return i;
	}
	return 0;
}

/* --- where to read on --- */

/* Where counting ended, the same bytes stand before; of a row without them its beginning tells. */
static bool is_its_own(const struct rotated *file, const struct tail_known *known)
{
	return !known->tail_hash || content_has_tail(file, known->bytes, known->tail_hash);
}

static uint64_t start_of_old(const struct tail *tail)
{
	const struct rotated *const old = tail->old;
	const struct tail_known known = known_of(tail, old);
	uint64_t start = tail->request->from->offset;

	/* It was counted otherwise (an import) since. */
	if (known.bytes > start && is_its_own(old, &known))
		start = known.bytes;
	/* One that lost its end, as when the power fails, goes on where it ends now. */
	return old->is_packed || start <= old->size ? start : old->size;
}

/* Counting ended there: in this file, or in the one read last, which begins alike and is so short
 * that nothing tells them apart. */
static bool is_row_of_old(const struct tail *tail, const struct rotated *file,
			  const struct tail_known *known)
{
	const struct log_position *const from = tail->request->from;

	return tail->old && tail->old != file && known->bytes < ENOUGH_BYTES &&
	       known->bytes == from->offset && known->tail_hash == from->tail_hash;
}

static uint64_t start_of(const struct tail *tail, const struct rotated *file)
{
	const struct tail_known known = known_of(tail, file);
	uint64_t start = known.bytes;

	if (!is_its_own(file, &known) || is_row_of_old(tail, file, &known))
		start = 0;
	else if (!file->is_packed && start > file->size)
		start = file->size;
	for (size_t i = 0; i < tail->chain.count; i++) {
		const uint64_t shared = content_shared(tail->chain.at[i].file, file);

		if (shared >= ENOUGH_BYTES && shared > start)
			start = shared;
	}
	return start;
}

/* --- what was not read --- */

/* Copied from the current one, or just being. */
static bool is_copy_of_current(const struct tail *tail, const struct rotated *file)
{
	uint64_t shared;

	if (tail->fd < 0)
		return false;
	if (file->inode == tail->current.inode && file->device == tail->current.device)
		return true;
	shared = content_shared(file, &tail->current);
	return shared >= (tail->is_followed ? 1 : ENOUGH_BYTES) &&
	       (file->is_packed || shared == file->size);
}

static bool is_being_compressed(const struct tail *tail, const struct rotated *file)
{
	for (size_t i = 0; file->is_packed && i < tail->set.count; i++)
		if (!tail->set.file[i].is_packed && content_shared(file, &tail->set.file[i]))
			return true;
	return false;
}

/* Programs that held it open wrote to it after the new one had begun. */
static bool has_late_lines(const struct tail *tail, const struct rotated *file)
{
	const struct tail_known known = known_of(tail, file);

	return !file->is_packed && known.bytes >= ENOUGH_BYTES && known.bytes < file->size &&
	       content_has_tail(file, known.bytes, known.tail_hash);
}

/* Whether it was the log for a while since, and was not read. */
static bool was_log(const struct tail *tail, const struct rotated *file)
{
	const struct tail_known known = known_of(tail, file);

	if (is_whole(file, &known) && !known.bytes)
		return false;
	return (file->is_packed || start_of(tail, file) < file->size) &&
	       !is_being_compressed(tail, file);
}

static bool is_wanted(const struct tail *tail, size_t i, size_t bound)
{
	const struct rotated *const file = &tail->set.file[i];

	if (file == tail->old)
		return true;
	if (!file->is_sibling)
		return false;
	return (i < bound ? has_late_lines(tail, file) : was_log(tail, file)) &&
	       !is_copy_of_current(tail, file);
}

static bool chain_add(struct tail *tail, const struct rotated *file)
{
	struct chain *const chain = &tail->chain;
	struct chain_file next = {.file = file};

	if (chain->count == TAIL_FILES_MAX - 1) {
		chain->is_cut = true;
		return true;
	}
	next.offset = file == tail->old ? start_of_old(tail) : start_of(tail, file);
	next.fd = rotated_reopen(file);
	if (next.fd < 0)
		return false;
	chain->at[chain->count++] = next;
	return true;
}

/* What was found out holds if no name has moved meanwhile. */
static bool is_still(const struct tail *tail)
{
	struct stat st;

	for (size_t i = 0; i < tail->set.count; i++)
		if (stat(tail->set.file[i].path, &st) != 0 || st.st_ino != tail->set.file[i].inode)
			return false;
	if (stat(tail->path, &st) != 0)
		return tail->fd < 0 && errno == ENOENT;
	return tail->fd >= 0 && st.st_ino == tail->current.inode;
}

bool chain_find(struct tail *tail)
{
	const struct log_position *const from = tail->request->from;
	size_t bound;

	tail->is_followed = from && tail->fd >= 0 && is_exact(&tail->current, from) &&
			    content_match(&tail->current, from) == CONTENT_SAME;
	if (!rotated_find(&tail->set, tail->path, from ? from->inode : 0, !tail->is_followed))
		return false;
	if (from)
		tail->old = tail->is_followed ? &tail->current : find_old(tail);
	bound = find_bound(tail);
	for (size_t i = 0; i < tail->set.count; i++)
		if (is_wanted(tail, i, bound) && !chain_add(tail, &tail->set.file[i]))
			return false;
	if (tail->fd >= 0)
		tail->offset = tail->old == &tail->current ? start_of_old(tail)
							   : start_of(tail, &tail->current);
	return is_still(tail);
}

void chain_release(struct tail *tail)
{
	for (size_t i = 0; i < tail->chain.count; i++)
		close(tail->chain.at[i].fd);
	tail->chain = (struct chain){.count = 0};
	rotated_release(&tail->set);
	tail->old = NULL;
}

void chain_note(const struct tail *tail)
{
	const struct tail_request *const request = tail->request;

	for (size_t i = 0; request->note && i < tail->set.count; i++) {
		const struct rotated *const file = &tail->set.file[i];
		const struct tail_known known = known_of(tail, file);

		if (!is_whole(file, &known))
			request->note(request->take.context,
				      &(struct log_position){
					  .head_hash = hash_bytes(file->head, file->head_len),
					  .head_bytes = (uint32_t)file->head_len,
					  .read_at = request->now,
				      });
	}
}
