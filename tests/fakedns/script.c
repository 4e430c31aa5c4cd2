#include "script.h"

#include "base/ip.h"
#include "base/mem.h"
#include "base/parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word_value {
	const char *word;
	uint32_t value;
};

static const struct word_value type_word[] = {
    {"*", 0},    {"A", 1},   {"NS", 2},   {"CNAME", 5}, {"SOA", 6},
    {"PTR", 12}, {"MX", 15}, {"TXT", 16}, {"AAAA", 28},
};

static const struct word_value rcode_word[] = {
    {"NOERROR", 0}, {"FORMERR", 1}, {"SERVFAIL", 2}, {"NXDOMAIN", 3}, {"NOTIMP", 4}, {"REFUSED", 5},
};

static const struct word_value trick_word[] = {
    {"silent", TRICK_SILENT},
    {"tc", TRICK_TRUNCATED},
    {"no-tcp", TRICK_NO_TCP},
    {"wrong-id", TRICK_WRONG_ID},
    {"wrong-name", TRICK_WRONG_NAME},
    {"wrong-type", TRICK_WRONG_TYPE},
    {"wrong-case", TRICK_WRONG_CASE},
    {"wrong-port", TRICK_WRONG_PORT},
    {"wrong-address", TRICK_WRONG_ADDRESS},
    {"no-question", TRICK_NO_QUESTION},
    {"not-a-reply", TRICK_NOT_A_REPLY},
    {"pointer-loop", TRICK_POINTER_LOOP},
    {"pointer-out", TRICK_POINTER_OUT},
    {"empty", TRICK_EMPTY},
    {"garbage", TRICK_GARBAGE},
    {"twice", TRICK_TWICE},
    {"no-soa", TRICK_NO_SOA},
    {"foreign-owner", TRICK_FOREIGN_OWNER},
    {"lying-count", TRICK_LYING_COUNT},
    {"big-udp", TRICK_BIG_UDP},
};

static bool word_find(const struct word_value *table, size_t count, const char *word,
		      uint32_t *value)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(table[i].word, word) == 0) {
			*value = table[i].value;
			return true;
		}
	return false;
}

size_t name_to_wire(const char *text, uint8_t out[NAME_WIRE_MAX])
{
	size_t at = 0;

	while (*text) {
		const size_t len = strcspn(text, ".");
		if (len == 0 || len > 63 || at + len + 2 > NAME_WIRE_MAX)
			return 0;
		out[at++] = (uint8_t)len;
		memcpy(out + at, text, len);
		at += len;
		text += len;
		if (*text == '.')
			text++;
	}
	out[at++] = 0;
	return at;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes \xNN in place; the result may hold NULs, so its length is returned. */
static size_t unescape(char *text)
{
	size_t out = 0;

	for (size_t i = 0; text[i]; i++) {
		int high, low;
		if (text[i] == '\\' && text[i + 1] == 'x' && (high = hex_digit(text[i + 2])) >= 0 &&
		    (low = hex_digit(text[i + 3])) >= 0) {
			text[out++] = (char)(high << 4 | low);
			i += 3;
		} else {
			text[out++] = text[i];
		}
	}
	text[out] = '\0';
	return out;
}

static void record_bytes(struct record *record, const void *bytes, size_t len)
{
	record->data = xcalloc(len + 1, 1);
	memcpy(record->data, bytes, len);
	record->len = len;
}

static bool record_ip(struct record *record, char *text)
{
	struct ip ip;

	if (!ip_parse(text, &ip))
		return false;
	record_bytes(record, ip.byte, ip.family == 4 ? 4 : 16);
	return true;
}

static bool record_name(struct record *record, char *text)
{
	uint8_t wire[NAME_WIRE_MAX];

	record->is_own_name = strcmp(text, "@") == 0;
	if (record->is_own_name)
		return true;
	unescape(text);
	const size_t len = name_to_wire(text, wire);
	record_bytes(record, wire, len);
	return len > 0;
}

/* RFC 1035 section 3.3.14: one or more strings of at most 255 bytes. */
static bool record_text(struct record *record, char *text)
{
	const size_t len = unescape(text);
	size_t at = 0;

	record->data = xcalloc(len + len / 255 + 2, 1);
	for (size_t done = 0; done < len || done == 0;) {
		const size_t part = len - done < 255 ? len - done : 255;
		record->data[at++] = (uint8_t)part;
		memcpy(record->data + at, text + done, part);
		at += part;
		done += part;
		if (part == 0)
			break;
	}
	record->len = at;
	return true;
}

static bool record_raw(struct record *record, char *text)
{
	record->data = xcalloc(strlen(text) / 2 + 1, 1);
	for (; text[0] && text[1]; text += 2) {
		const int high = hex_digit(text[0]), low = hex_digit(text[1]);
		if (high < 0 || low < 0)
			return false;
		record->data[record->len++] = (uint8_t)(high << 4 | low);
	}
	return *text == '\0';
}

static const struct record_word {
	const char *word;
	uint16_t type;
	bool (*parse)(struct record *record, char *text);
} record_word[] = {
    {"A", 1, record_ip},      {"AAAA", 28, record_ip}, {"TXT", 16, record_text},
    {"PTR", 12, record_name}, {"NS", 2, record_name},  {"CNAME", 5, record_name},
    {"raw", 0, record_raw},
};

static bool add_record(struct rule *rule, const char *word, char *value, bool *is_known)
{
	for (size_t i = 0; i < COUNT_OF(record_word); i++) {
		if (strcmp(record_word[i].word, word) != 0)
			continue;
		*is_known = true;
		if (rule->records == RULE_RECORDS_MAX)
			return false;
		struct record *record = &rule->record[rule->records++];
		record->type = record_word[i].type;
		return record_word[i].parse(record, value);
	}
	*is_known = false;
	return true;
}

static bool set_number(struct rule *rule, const char *word, const char *value, bool *is_known)
{
	const struct {
		const char *word;
		uint32_t *number;
	} numbers[] = {
	    {"ttl", &rule->ttl_s},
	    {"delay", &rule->delay_ms},
	    {"jitter", &rule->jitter_ms},
	    {"from", &rule->from},
	    {"to", &rule->to},
	    {"every", &rule->every},
	    {"cut", &rule->cut_bytes},
	    {"forgeries", &rule->forgeries},
	    {"chance", &rule->chance},
	};

	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		if (strcmp(numbers[i].word, word) == 0) {
			*is_known = true;
			return parse_u32(value, numbers[i].number);
		}
	*is_known = false;
	return true;
}

static bool set_other(struct rule *rule, const char *word, const char *value)
{
	struct ip ip;

	if (strcmp(word, "rcode") == 0)
		return word_find(rcode_word, COUNT_OF(rcode_word), value, &rule->rcode) ||
		       (parse_u32(value, &rule->rcode) && rule->rcode < 16);
	if (strcmp(word, "forge") == 0)
		return word_find(trick_word, COUNT_OF(trick_word), value, &rule->forge);
	if (strcmp(word, "forged") == 0 && ip_parse(value, &ip) && ip.family == 4) {
		memcpy(rule->forged, ip.byte, sizeof rule->forged);
		return true;
	}
	return false;
}

static bool set_word(struct rule *rule, char *word)
{
	char *value = strchr(word, '=');
	uint32_t trick;
	bool is_known;

	if (!value) {
		if (!word_find(trick_word, COUNT_OF(trick_word), word, &trick))
			return false;
		rule->tricks |= trick;
		return true;
	}
	*value++ = '\0';
	if (!add_record(rule, word, value, &is_known))
		return false;
	if (is_known)
		return true;
	if (!set_number(rule, word, value, &is_known))
		return false;
	return is_known || set_other(rule, word, value);
}

static void set_name(struct rule *rule, char *text)
{
	rule->is_suffix = strncmp(text, "*.", 2) == 0 || strcmp(text, "*") == 0;
	if (rule->is_suffix)
		text += text[1] ? 2 : 1;
	unescape(text);
	for (char *c = text; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	rule->name = xstrdup(text);
}

/* NULL at the end of the line. */
static char *next_word(char **rest)
{
	char *word;

	do
		word = strsep(rest, " \t\n");
	while (word && *word == '\0');
	return word;
}

static bool parse_line(char *line, struct rule *rule)
{
	char *name = next_word(&line);
	const char *type = next_word(&line);
	uint32_t number;

	set_name(rule, name);
	if (!type || !word_find(type_word, COUNT_OF(type_word), type, &number))
		return false;
	rule->type = (uint16_t)number;
	rule->ttl_s = 60;
	rule->chance = 100;
	memcpy(rule->forged, (const uint8_t[4]){127, 0, 0, 2}, sizeof rule->forged);
	for (char *word; (word = next_word(&line)) != NULL;)
		if (!set_word(rule, word))
			return false;
	if (rule->forge && rule->forgeries == 0)
		rule->forgeries = 1;
	return true;
}

void script_release(struct script *script)
{
	for (size_t i = 0; i < script->rules; i++) {
		free(script->rule[i].name);
		for (size_t k = 0; k < script->rule[i].records; k++)
			free(script->rule[i].record[k].data);
	}
	free(script->rule);
	*script = (struct script){.random = script->random};
}

static bool read_rules(FILE *f, struct script *script, const char *path, struct err *err)
{
	char *line = NULL;
	size_t room = 0;
	bool ok = true;

	for (unsigned number = 1; ok && getline(&line, &room, f) > 0; number++) {
		if (line[0] == '#' || line[strspn(line, " \t\n")] == '\0')
			continue;
		script->rule = xrealloc(script->rule, script->rules + 1, sizeof *script->rule);
		struct rule *rule = &script->rule[script->rules++];
		*rule = (struct rule){.line = number};
		if (!parse_line(line, rule))
			ok = err_set(err, "%s:%u: not a rule", path, number);
	}
	free(line);
	return ok;
}

bool script_load(const char *path, struct script *script, struct err *err)
{
	struct script fresh = {.random = script->random};
	FILE *f = fopen(path, "re");

	if (!f)
		return err_set(err, "cannot open '%s': %s", path, strerror(errno));
	const bool ok = read_rules(f, &fresh, path, err);
	fclose(f);
	if (!ok) {
		script_release(&fresh);
		return false;
	}
	script_release(script);
	*script = fresh;
	return true;
}

/* splitmix64: any state will do, zero too. */
uint32_t script_dice(struct script *script, uint32_t below)
{
	uint64_t z = script->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) % below);
}

static bool rule_names(const struct rule *rule, const char *name, uint16_t type)
{
	const size_t len = strlen(name), tail = strlen(rule->name);

	if (rule->type && rule->type != type)
		return false;
	if (!rule->is_suffix)
		return strcmp(name, rule->name) == 0;
	if (tail == 0)
		return true;
	return len >= tail && strcmp(name + len - tail, rule->name) == 0 &&
	       (len == tail || name[len - tail - 1] == '.');
}

static bool rule_applies(const struct rule *rule, struct script *script)
{
	if (rule->seen < rule->from || (rule->to && rule->seen > rule->to))
		return false;
	if (rule->every && rule->seen % rule->every != 0)
		return false;
	return rule->chance >= 100 || script_dice(script, 100) < rule->chance;
}

struct rule *script_match(struct script *script, const char *name, uint16_t type)
{
	for (size_t i = 0; i < script->rules; i++) {
		struct rule *rule = &script->rule[i];
		if (!rule_names(rule, name, type))
			continue;
		rule->seen++;
		if (!rule_applies(rule, script))
			continue;
		rule->used++;
		return rule;
	}
	script->unmatched++;
	return NULL;
}
