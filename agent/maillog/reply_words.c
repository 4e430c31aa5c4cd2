#include "maillog/reply_words.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Only what is certain counts: letters that no quantifier makes optional. Whatever is not
 * understood makes the whole pattern silent. */

enum {
	GRAM_BYTES = 3,
	GRAMS_MAX = 4, /* of one word; more would rule out little more */
	WORD_BYTES = GRAMS_MAX + GRAM_BYTES - 1,
	DEPTH_MAX = 16, /* of brackets */
};

enum need { NEED_ANY, NEED_ALL, NEED_WORD };

/* Sixteen bytes, since all nodes of all rules are walked for each new text. */
struct node {
	uint16_t gram[GRAMS_MAX];
	uint16_t first, last, next; /* other nodes; 0 is none */
	uint8_t grams;
	uint8_t need; /* enum need */
};

/* Node 0 stands for "anything", the root is node 1. */
struct reply_words {
	struct node *node;
	size_t nodes, room;
};

struct parser {
	struct reply_words *words;
	const char *at;
	int depth;
	bool is_lost;
};

/* A run of letters that is being read. */
struct run {
	char text[WORD_BYTES];
	size_t len;
};

/* Knuth's multiplier; twelve bits. */
static uint16_t gram_of(const char *at)
{
	const uint32_t bytes = (uint32_t)(unsigned char)at[0] |
			       (uint32_t)(unsigned char)at[1] << 8 |
			       (uint32_t)(unsigned char)at[2] << 16;

	return (uint16_t)(bytes * 2654435761u >> 20);
}

void grams_set(struct grams *grams, struct slice text)
{
	memset(grams, 0, sizeof(*grams));
	for (size_t i = 0; i + GRAM_BYTES <= text.len; i++) {
		const uint16_t gram = gram_of(text.at + i);

		grams->bit[gram / 64] |= UINT64_C(1) << gram % 64;
	}
}

/* --- the tree --- */

static size_t add_node(struct reply_words *words, enum need need)
{
	if (words->nodes == words->room) {
		words->room = words->room ? words->room * 2 : 16;
		words->node = xrealloc(words->node, words->room, sizeof(*words->node));
	}
	words->node[words->nodes] = (struct node){.need = (uint8_t)need};
	return words->nodes++;
}

static void add_child(struct reply_words *words, size_t parent, size_t node)
{
	struct node *const above = &words->node[parent];
	const uint16_t child = (uint16_t)node;

	if (above->last)
		words->node[above->last].next = child;
	else
		above->first = child;
	above->last = child;
}

/* Texts are told apart fastest by what most of them do not hold: letters by how often English
 * has them. */
static size_t rarity(const char *at)
{
	static const char often[] = " etaoinsrhldcumfpgwybvkxjqz";
	size_t sum = 0;

	for (size_t i = 0; i < GRAM_BYTES; i++) {
		const char *place = strchr(often, at[i]);

		sum += place ? (size_t)(place - often) : sizeof(often);
	}
	return sum;
}

/* The rarest gram goes first. */
static void set_grams(struct node *node, const struct run *run)
{
	size_t best = 0;
	uint16_t first;

	for (size_t at = 0; at + GRAM_BYTES <= run->len; at++) {
		if (rarity(run->text + at) > rarity(run->text + best))
			best = at;
		node->gram[node->grams++] = gram_of(run->text + at);
	}
	first = node->gram[0];
	node->gram[0] = node->gram[best];
	node->gram[best] = first;
}

static void end_run(struct parser *parser, size_t parent, struct run *run)
{
	if (run->len >= GRAM_BYTES) {
		const size_t child = add_node(parser->words, NEED_WORD);

		set_grams(&parser->words->node[child], run);
		add_child(parser->words, parent, child);
	}
	run->len = 0;
}

static void add_letter(struct parser *parser, size_t parent, struct run *run, char c)
{
	if (run->len == WORD_BYTES)
		end_run(parser, parent, run);
	run->text[run->len++] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* --- the pattern --- */

static bool is_counted(const char *at)
{
	const size_t digits = strspn(at + 1, "0123456789,");

	return digits > 0 && at[1 + digits] == '}';
}

/* Whether what stands before may be missing; the quantifier is read. */
static bool read_optional(struct parser *parser)
{
	const char c = *parser->at;
	bool is_optional = c == '?' || c == '*';

	if (c == '{' && is_counted(parser->at)) {
		is_optional = parser->at[1] == '0' || parser->at[1] == ',';
		parser->at = strchr(parser->at, '}') + 1;
	} else if (c == '?' || c == '*' || c == '+')
		parser->at++;
	else
		return false;
	/* Lazy or possessive. */
	parser->at += *parser->at == '?' || *parser->at == '+';
	return is_optional;
}

/* From '[' to behind its ']'. */
static void skip_class(struct parser *parser)
{
	const char *at = parser->at + 1;

	at += *at == '^';
	at += *at == ']';
	for (; *at && *at != ']'; at++)
		if (*at == '\\' && at[1])
			at++;
		else if (at[0] == '[' && at[1] == ':' && strchr(at + 2, ']'))
			at = strchr(at + 2, ']');
	parser->at = at + (*at == ']');
}

static size_t parse_any(struct parser *parser);

/* What a group needs, 0 for anything; options and verbs change the meaning of all that follows. */
static size_t parse_group(struct parser *parser)
{
	const char *const at = parser->at + 1;
	const bool is_special = *at == '?' && at[1] != ':';
	size_t need;

	if (*at == '*' || parser->depth == DEPTH_MAX ||
	    (is_special && !(at[1] && strchr("=!>", at[1])) &&
	     !(at[1] == '<' && at[2] && strchr("=!", at[2])))) {
		parser->is_lost = true;
		return 0;
	}
	parser->at = at;
	if (*at == '?')
		parser->at += at[1] == '<' ? 3 : 2;
	parser->depth++;
	need = parse_any(parser);
	parser->depth--;
	if (*parser->at != ')')
		parser->is_lost = true;
	else
		parser->at++;
	return is_special ? 0 : need;
}

/* The letter of an escape, or '\0' when it stands for something else. */
static char parse_escape(struct parser *parser)
{
	const char c = parser->at[1];

	parser->at += c ? 2 : 1;
	if (c && strchr("bBdDsSwWAzZGhHvV", c))
		return '\0';
	if (c == '\0' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		parser->is_lost = true;
	return c;
}

/* One letter, or '\0' for anything else that takes up one place or none. */
static char parse_atom(struct parser *parser)
{
	switch (*parser->at) {
	case '\\':
		return parse_escape(parser);
	case '[':
		skip_class(parser);
		return '\0';
	case '.':
	case '^':
	case '$':
		parser->at++;
		return '\0';
	default:
		return *parser->at++;
	}
}

static bool is_at_end(const struct parser *parser)
{
	return parser->is_lost || !*parser->at || *parser->at == '|' || *parser->at == ')';
}

/* One alternative: everything in it must be there. */
static size_t parse_all(struct parser *parser)
{
	const size_t all = add_node(parser->words, NEED_ALL);
	struct run run = {.len = 0};

	while (!is_at_end(parser)) {
		const bool is_group = *parser->at == '(';
		const size_t need = is_group ? parse_group(parser) : 0;
		const char letter = (char)(is_group ? '\0' : parse_atom(parser));
		const char *const behind = parser->at;
		const bool is_optional = read_optional(parser);

		if (letter && !is_optional)
			add_letter(parser, all, &run, letter);
		if (!letter || parser->at != behind)
			end_run(parser, all, &run);
		if (need && !is_optional)
			add_child(parser->words, all, need);
	}
	end_run(parser, all, &run);
	return parser->words->node[all].first ? all : 0;
}

static size_t parse_any(struct parser *parser)
{
	const size_t any = add_node(parser->words, NEED_ANY);
	bool is_open = false;

	for (;; parser->at++) {
		const size_t all = parse_all(parser);

		if (all)
			add_child(parser->words, any, all);
		is_open |= all == 0;
		if (parser->is_lost || *parser->at != '|')
			return is_open ? 0 : any;
	}
}

struct reply_words *reply_words_new(const char *pattern)
{
	struct reply_words *words = xcalloc(1, sizeof(*words));
	struct parser parser = {.words = words, .at = pattern};

	add_node(words, NEED_ALL);
	if (parse_any(&parser) != 0 && !parser.is_lost && !*parser.at && words->nodes < UINT16_MAX)
		return words;
	reply_words_free(words);
	return NULL;
}

void reply_words_free(struct reply_words *words)
{
	if (!words)
		return;
	free(words->node);
	free(words);
}

static bool has_word(const struct node *node, const struct grams *grams)
{
	for (size_t i = 0; i < node->grams; i++)
		if (!(grams->bit[node->gram[i] / 64] >> node->gram[i] % 64 & 1))
			return false;
	return true;
}

static bool is_met(const struct reply_words *words, size_t at, const struct grams *grams)
{
	const struct node *const node = &words->node[at];

	if (node->need == NEED_WORD)
		return has_word(node, grams);
	for (size_t child = node->first; child; child = words->node[child].next)
		if (is_met(words, child, grams) == (node->need == NEED_ANY))
			return node->need == NEED_ANY;
	return node->need == NEED_ALL;
}

bool reply_words_may_match(const struct reply_words *words, const struct grams *grams)
{
	return is_met(words, 1, grams);
}

/* How many grams tell of a node: one a word, of several things that are needed the fewest. */
static size_t triggers_of(const struct reply_words *words, size_t at)
{
	const struct node *const node = &words->node[at];
	size_t sum = 0;
	size_t least = SIZE_MAX;

	if (node->need == NEED_WORD)
		return 1;
	for (size_t child = node->first; child; child = words->node[child].next) {
		const size_t count = triggers_of(words, child);

		sum += count;
		least = count < least ? count : least;
	}
	return node->need == NEED_ANY ? sum : least;
}

static size_t add_trigger(const struct reply_words *words, size_t at, uint16_t *gram, size_t count)
{
	const struct node *const node = &words->node[at];
	size_t best = node->first;

	if (node->need == NEED_WORD) {
		gram[count] = node->gram[0];
		return count + 1;
	}
	for (size_t child = node->first; child; child = words->node[child].next)
		if (node->need == NEED_ANY)
			count = add_trigger(words, child, gram, count);
		else if (triggers_of(words, child) < triggers_of(words, best))
			best = child;
	return node->need == NEED_ANY ? count : add_trigger(words, best, gram, count);
}

size_t reply_words_triggers(const struct reply_words *words, uint16_t *gram, size_t max)
{
	return triggers_of(words, 1) <= max ? add_trigger(words, 1, gram, 0) : 0;
}
