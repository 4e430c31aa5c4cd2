/* Reverse names as a stranger may publish them. The input is an address of 17 bytes (the first
 * one odd: IPv6), then one name a line. Whatever they are: the checks end, keep what is bounded,
 * and confirm nothing that no forward record confirms. */
#include "auth/helo.h"
#include "auth/ptr.h"
#include "base/mem.h"

#include <string.h>

enum { ADDRESS_BYTES = 17, NAMES_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct ip read_address(const uint8_t *data)
{
	struct ip ip = {.family = data[0] & 1 ? 6 : 4};

	memcpy(ip.byte, data + 1, ip.family == 4 ? 4 : 16);
	return ip;
}

static size_t read_names(const char *text, size_t len, struct dns_record record[NAMES_MAX])
{
	size_t names = 0;

	while (len && names < NAMES_MAX) {
		const char *end = memchr(text, '\n', len);
		const size_t part = end ? (size_t)(end - text) : len;

		record[names++] = (struct dns_record){.data = text, .len = part};
		text += end ? part + 1 : part;
		len -= end ? part + 1 : part;
	}
	return names;
}

static void answer_reverse(struct ask *ask, const struct dns_record *record, size_t records)
{
	const struct dns_answer reverse = {
	    .outcome = DNS_FOUND, .record = record, .records = records};
	const struct dns_answer none = {.outcome = DNS_NO_NAME};

	for (size_t i = 0; i < ask->questions; i++)
		if (ask->question[i].state != QUESTION_ANSWERED)
			ask_answer(ask, i, ask->question[i].type == DNS_PTR ? &reverse : &none);
}

static void check_identity(const struct identity *identity, const struct observation *ptr,
			   const struct ip *ip)
{
	if (identity->forward_confirmed || ptr->finding != FINDING_BROKEN)
		bug("a name is confirmed that leads nowhere");
	if (strlen(ptr->text) > 2 * FOREIGN_TEXT_MAX_BYTES || strpbrk(ptr->fix, "\n\r\x1b"))
		bug("foreign text is not bounded");
	for (size_t i = 0; i < identity->ptrs; i++) {
		ptr_is_generic(identity->ptr[i], ip);
		if (strlen(identity->ptr[i]) > FOREIGN_TEXT_MAX_BYTES)
			bug("a name is not bounded");
	}
}

static void check_names(const struct target *target, const struct dns_record *record,
			size_t records, struct arena *arena)
{
	struct ask ask = ask_over(arena);
	struct identity identity;
	struct observation ptr, helo;
	bool is_done = false;

	while (!is_done) {
		is_done = ptr_check(target, &ask, &identity, &ptr);
		is_done = helo_check(target, &ask, &identity, &helo) && is_done;
		answer_reverse(&ask, record, records);
	}
	check_identity(&identity, &ptr, &target->ip);
}

/* The first name is what the host calls itself, too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	struct target target = {.kind = TARGET_ADDRESS, .name = "", .pool = ""};
	struct dns_record record[NAMES_MAX];
	char text[IP_TEXT_BYTES];
	size_t records;

	if (len > ADDRESS_BYTES) {
		target.ip = read_address(data);
		target.text = ip_text(&target.ip, text);
		records =
		    read_names((const char *)data + ADDRESS_BYTES, len - ADDRESS_BYTES, record);
		target.helo = arena_strndup(arena, record[0].data, record[0].len);
		check_names(&target, record, records, arena);
	}
	arena_free(arena);
	return 0;
}
