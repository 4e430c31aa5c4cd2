#ifndef MODEL_LIST_H
#define MODEL_LIST_H

#include "model/names.h"
#include "model/removal_way.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a list holds data about; bits of `covers`. */
enum { COVERS_IP4 = 1, COVERS_IP6 = 2, COVERS_DOMAIN = 4 };

/* Which answers a row of the catalogue is about: every octet within its range and, when
 * `bit` is not 0, that bit of the last octet set (several bits may be or-ed into one answer).
 * "127.0.0.2", "127.0.0.10-11", "127.0.2.0/24", "127.0.*.3" and "&4" all become this. */
struct code_pattern {
	uint8_t low[4];
	uint8_t high[4];
	uint8_t bit;
};

struct list_code {
	struct code_pattern pattern;
	const char *text; /* the pattern as written */
	const char *means;
	enum list_kind kind; /* the list's own unless the row says otherwise */
	enum severity severity; /* likewise; SEVERITY_INFO for kinds that never alarm */
};

/* An address or name asked to test a list; NULL text means the list has none. */
struct list_test {
	const char *positive;
	const char *negative;
};

/* One entry of the catalogue. Strings belong to the configuration's arena. */
struct list {
	const char *zone; /* as shown: a key's place keeps its `<KEY>` */
	const char *query_zone; /* as asked: with the key. SECRET when `key_name` is set */
	const char *name;
	const char *operator_name; /* who runs it, "" when not said */
	unsigned covers;
	enum list_kind kind;
	enum severity severity;
	const struct list_code *code;
	size_t codes;
	const struct list_code *error;
	size_t errors;
	struct list_test test4, test6, test_domain;
	bool lists_reserved; /* carries documentation and other reserved space on purpose */
	bool watch_loss; /* allow lists: losing the entry is an event */
	bool is_enabled;
	const char *why_disabled; /* "" when enabled: terms, no key, the configuration */
	const char *key_name; /* the `lists.keys` entry it needs, NULL for none */
	int64_t every_ms; /* between two questions about one address */
	uint32_t day_budget; /* questions a day, 0: no limit */
	double rate; /* questions a second, 0: no limit */
	const char *terms;
	const char *lookup_url; /* may hold {address} and {domain} */
	const char *removal;
	struct removal_way way; /* the same for programs */
	const char *const *server; /* its own servers, ADDRESS[:PORT]; none: the resolver's */
	size_t servers;
};

/* Lists that were shut down: loading one is an error that gives the reason. */
struct retired_list {
	const char *zone; /* "*.example.org" covers all names below */
	const char *reason;
};

struct catalogue {
	const struct list *list;
	size_t lists;
	const struct retired_list *retired;
	size_t retireds;
};

#endif
