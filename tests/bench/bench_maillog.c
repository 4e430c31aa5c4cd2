/* Reads a mail log as `volume import` does and counts its deliveries; by hand, beside
 * `grep -c status=sent`.
 *
 *   bench_maillog FORMAT LOG [SERVICES [COUNTS]]
 *
 * SERVICES holds "SERVICE TAB ADDRESS" lines; COUNTS gets "DATE TAB ADDRESS TAB ACCOUNT TAB SENT
 * TAB DEFERRED TAB BOUNCED" lines, sorted by nobody. Days are UTC. */
#include "base/hash.h"
#include "base/mem.h"
#include "maillog/maillog.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	BLOCK_BYTES = 1 << 20,
	LINE_MAX_BYTES = 64 << 10,
	ROWS_MAX = 1 << 18, /* small enough to stay in the cache */
	MAP_MAX = 4096,
	DAY_S = 86400
};

struct row {
	uint64_t hash;
	int64_t day;
	struct ip ip;
	char *account;
	size_t account_len;
	uint32_t count[OUTCOME_COUNT];
};

struct tally {
	struct row *row;
	uint32_t *place;
	uint32_t rows;
};

static uint64_t hash_of(const struct delivery *delivery)
{
	uint64_t hash = hash_bytes(delivery->account.at, delivery->account.len);

	hash = hash_step(hash, (uint64_t)(delivery->at / DAY_S));
	return hash_step(hash, hash_bytes(delivery->address.byte, 16));
}

static bool is_row(const struct row *row, const struct delivery *delivery, uint64_t hash)
{
	return row->hash == hash && row->day == delivery->at / DAY_S &&
	       ip_equal(&row->ip, &delivery->address) &&
	       slice_equal(slice_of(row->account, row->account_len), delivery->account);
}

static void count(void *context, const struct delivery *delivery)
{
	struct tally *tally = context;
	const uint64_t hash = hash_of(delivery);
	uint32_t at = (uint32_t)hash & (2 * ROWS_MAX - 1);

	for (; tally->place[at]; at = (at + 1) & (2 * ROWS_MAX - 1)) {
		struct row *row = &tally->row[tally->place[at]];

		if (!is_row(row, delivery, hash))
			continue;
		row->count[delivery->outcome]++;
		return;
	}
	if (tally->rows + 1 == ROWS_MAX)
		bug("more than %d rows", ROWS_MAX);
	tally->place[at] = ++tally->rows;
	tally->row[tally->rows] =
	    (struct row){.hash = hash,
			 .day = delivery->at / DAY_S,
			 .ip = delivery->address,
			 .account_len = delivery->account.len,
			 .account = xstrndup(delivery->account.at ? delivery->account.at : "",
					     delivery->account.len)};
	tally->row[tally->rows].count[delivery->outcome]++;
}

static size_t feed(struct maillog *log, const char *bytes, size_t len)
{
	const char *at = bytes;
	const char *end;

	while ((end = memchr(at, '\n', len - (size_t)(at - bytes))) != NULL) {
		maillog_line(log, at, (size_t)(end - at));
		at = end + 1;
	}
	return (size_t)(at - bytes);
}

static uint64_t read_all(struct maillog *log, const char *path)
{
	char *block = xcalloc(BLOCK_BYTES + LINE_MAX_BYTES, 1);
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t bytes = 0;
	size_t kept = 0;
	ssize_t got;

	if (fd < 0)
		bug("cannot open '%s'", path);
	while ((got = read(fd, block + kept, BLOCK_BYTES)) > 0) {
		const size_t len = kept + (size_t)got;
		const size_t done = feed(log, block, len);

		bytes += (uint64_t)got;
		kept = len - done < LINE_MAX_BYTES ? len - done : 0;
		memmove(block, block + done, kept);
	}
	close(fd);
	free(block);
	return bytes;
}

static size_t read_map(const char *path, struct log_map map[MAP_MAX])
{
	FILE *file = fopen(path, "re");
	char word[256], address[IP_TEXT_BYTES];
	size_t rows = 0;

	if (!file)
		return 0;
	while (rows < MAP_MAX && fscanf(file, "%255s %45s", word, address) == 2) {
		map[rows].word = slice_text(xstrdup(word));
		ip_parse(address, &map[rows++].ip);
	}
	fclose(file);
	return rows;
}

static void write_counts(const struct tally *tally, const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		bug("cannot write '%s'", path);
	for (uint32_t i = 1; i <= tally->rows; i++) {
		const struct row *row = &tally->row[i];
		char date[CIVIL_TEXT_BYTES], ip[IP_TEXT_BYTES] = "-";

		if (row->ip.family)
			ip_text(&row->ip, ip);
		fprintf(file, "%s\t%s\t%s\t%u\t%u\t%u\n",
			civil_date_text(civil_from_days(row->day), date), ip,
			*row->account ? row->account : "-", row->count[OUTCOME_SENT],
			row->count[OUTCOME_DEFERRED], row->count[OUTCOME_BOUNCED]);
	}
	fclose(file);
}

static double now_s(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void report(const struct maillog *log, uint64_t bytes, double seconds)
{
	const struct log_counts counts = maillog_counts(log);
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("%s: %.0f MB/s, %.3f s, %llu lines, %llu recognised, %llu deliveries, "
	       "%llu unstamped, RSS %.1f MB\n",
	       log_format_name(maillog_format(log)), (double)bytes / 1e6 / seconds, seconds,
	       (unsigned long long)counts.lines, (unsigned long long)counts.recognised,
	       (unsigned long long)counts.deliveries, (unsigned long long)counts.unstamped,
	       (double)usage.ru_maxrss / 1024);
}

int main(int argc, char **argv)
{
	static struct log_map map[MAP_MAX];
	const struct zone utc = {0};
	struct tally tally = {.row = xcalloc(ROWS_MAX, sizeof(*tally.row)),
			      .place = xcalloc(2 * ROWS_MAX, sizeof(*tally.place))};
	struct log_settings settings = {.zone = &utc, .year = 2026, .by_service = map};
	struct maillog *log;
	double start;
	uint64_t bytes;

	if (argc < 3 || log_format_parse(argv[1]) < 0) {
		fprintf(stderr, "usage: bench_maillog FORMAT LOG [SERVICES [COUNTS]]\n");
		return 2;
	}
	settings.format = (enum log_format)log_format_parse(argv[1]);
	settings.by_services = argc > 3 ? read_map(argv[3], map) : 0;
	log = maillog_new(&settings, count, &tally);
	start = now_s();
	bytes = read_all(log, argv[2]);
	report(log, bytes, now_s() - start);
	if (argc > 4)
		write_counts(&tally, argv[4]);
	maillog_free(log);
	return 0;
}
