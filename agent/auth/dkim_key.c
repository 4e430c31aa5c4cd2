/* A key record as receivers read it, and what they would make of it. Where they cannot use it, it is
 * read again as its publisher most likely meant it, and that is offered when it can be used. */
#include "auth/dkim.h"

#include "auth/dkim_der.h"
#include "auth/mend.h"
#include "auth/problems.h"
#include "auth/tags.h"
#include "base/mem.h"
#include "base/tr_mark.h"

#include <nettle/base64.h>
#include <strings.h>

enum {
	RSA_MIN_BITS = 1024, /* RFC 8301 section 3.2: shorter ones are never valid */
	RSA_GOOD_BITS = 2048, /* the same section: signers SHOULD */
	RSA_MAX_BITS = 4096, /* the same section: more need not be verified */
	ED25519_BYTES = 32, /* RFC 8463 section 4.2 */
	ED25519_BITS = 256
};

static const char *const key_tag[] = {"v", "k", "p", "h", "s", "t", "n", "g"};

/* p= on its way from text to octets. */
struct key_data {
	char *text; /* without blanks */
	size_t len;
	size_t padding; /* '=' at its end */
	uint8_t *octet;
	size_t octets;
};

struct reading {
	struct problems problems;
	struct dkim_key *key;
	struct tags tags;
};

enum dkim_text dkim_text_of(struct slice txt)
{
	struct tags tags;

	if (mend_find(slice_of(txt.at, txt.len < 8 ? txt.len : 8), "v=spf1"))
		return DKIM_TEXT_SPF;
	if (mend_find(txt, "v=DMARC1"))
		return DKIM_TEXT_DMARC;
	if (mend_find(txt, "DKIM1") || mend_find(txt, "BEGIN PUBLIC KEY"))
		return DKIM_TEXT_KEY;
	tags_read(txt, &tags);
	return tags_find(&tags, "p") ? DKIM_TEXT_KEY : DKIM_TEXT_OTHER;
}

static bool is_base64(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/';
}

/* False with a problem: a character that does not belong there. */
static bool check_alphabet(struct reading *reading, const struct key_data *data)
{
	const size_t body = data->len - data->padding;

	for (size_t i = 0; i < body; i++) {
		const unsigned char c = (unsigned char)data->text[i];

		if (is_base64((char)c))
			continue;
		if (c > ' ' && c <= '~')
			problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
				      "p= is no base64: '%c' is its character %zu", c, i + 1);
		else
			problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
				      "p= is no base64: byte %02x is its character %zu", c, i + 1);
		return false;
	}
	return true;
}

/* The octets of what is whole; `padding` is put right first. */
static void decode(struct key_data *data, struct arena *arena)
{
	struct base64_decode_ctx context;
	const size_t body = data->len - data->padding;

	data->octet = arena_calloc(arena, BASE64_DECODE_LENGTH(body) + 1, 1);
	base64_decode_init(&context);
	if (!base64_decode_update(&context, &data->octets, data->octet, body, data->text))
		bug("base64 that was checked is none");
}

static struct key_data compact(struct slice value, struct arena *arena)
{
	struct key_data data = {.text = arena_calloc(arena, value.len + 1, 1)};

	for (size_t i = 0; i < value.len; i++)
		if (!memchr(" \t\r\n", value.at[i], 4))
			data.text[data.len++] = value.at[i];
	while (data.padding < data.len && data.text[data.len - 1 - data.padding] == '=')
		data.padding++;
	return data;
}

static void set_bits(struct reading *reading, uint32_t bits)
{
	reading->key->bits = bits;
	if (bits < RSA_MIN_BITS)
		problems_note(
		    &reading->problems, SEVERITY_MAJOR, NULL,
		    "the RSA key has %u bits, and receivers take none below %d (RFC 8301)", bits,
		    RSA_MIN_BITS);
	else if (bits < RSA_GOOD_BITS)
		problems_note(&reading->problems, SEVERITY_MINOR, NULL,
			      "the RSA key has %u bits; %d are advised (RFC 8301)", bits,
			      RSA_GOOD_BITS);
	else if (bits > RSA_MAX_BITS)
		problems_note(&reading->problems, SEVERITY_MINOR, NULL,
			      "the RSA key has %u bits, and receivers need not check more than %d "
			      "(RFC 8301)",
			      bits, RSA_MAX_BITS);
}

static void judge_cut(struct reading *reading, const struct key_data *data,
		      const struct der_key *der)
{
	problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
		      "p= is cut off: the key has %zu octets and %zu are there, %zu characters "
		      "of base64",
		      der->announced, data->octets, data->len);
}

static void judge_rsa(struct reading *reading, const struct key_data *data)
{
	static const char *const says[] = {
	    [DER_GARBLED] = SAID("p= is base64, and what it holds is no public key"),
	    [DER_RSA_UNSOUND] = SAID("the numbers in p= cannot be an RSA key"),
	    [DER_ED25519] = SAID("p= holds an Ed25519 key and k= does not say ed25519"),
	    [DER_OTHER_KEY] = SAID("p= holds a public key that is no RSA key"),
	    [DER_CERTIFICATE] = SAID("p= holds a certificate or the like instead of a public key"),
	    [DER_PRIVATE] =
		SAID("p= holds a private key, which anybody can now sign with: make a new "
		     "pair and publish the public half"),
	};
	const struct der_key der = der_read(data->octet, data->octets);

	if (der.kind == DER_CUT) {
		judge_cut(reading, data, &der);
	} else if (der.kind == DER_GARBLED && data->octets == ED25519_BYTES) {
		problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
			      "p= has the %d octets of an Ed25519 key and k=ed25519 is missing",
			      ED25519_BYTES);
	} else if (der.kind != DER_RSA) {
		problems_note(&reading->problems,
			      der.kind == DER_PRIVATE ? SEVERITY_CRITICAL : SEVERITY_MAJOR, NULL,
			      "%s", says[der.kind]);
	} else {
		set_bits(reading, der.bits);
		if (der.trailing)
			problems_note(&reading->problems, SEVERITY_MINOR, NULL,
				      "p= goes on for %zu octets behind the key", der.trailing);
	}
}

static void judge_ed25519(struct reading *reading, const struct key_data *data)
{
	const struct der_key der = der_read(data->octet, data->octets);

	if (data->octets == ED25519_BYTES) {
		reading->key->bits = ED25519_BITS;
		problems_note(&reading->problems, SEVERITY_INFO, NULL,
			      "many receivers do not check Ed25519 yet: sign with an RSA key too");
	} else if (der.kind == DER_ED25519) {
		problems_note(
		    &reading->problems, SEVERITY_MAJOR, NULL,
		    "p= holds the Ed25519 key within its ASN.1 wrapping; only its last %d "
		    "octets belong there (RFC 8463)",
		    ED25519_BYTES);
	} else {
		problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
			      "an Ed25519 key has %d octets, and p= has %zu", ED25519_BYTES,
			      data->octets);
	}
}

/* RFC 4648 section 4: four characters for three octets. One alone beyond that is half an octet. */
static void judge_length(struct reading *reading, const struct key_data *data)
{
	const size_t body = data->len - data->padding;

	if (body % 4 == 1)
		problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
			      "p= is cut off or has lost characters: no octets make %zu characters "
			      "of base64",
			      body);
	else if ((body + data->padding) % 4 || data->padding > 2)
		problems_note(&reading->problems, SEVERITY_MINOR, NULL,
			      "the '=' at the end of p= are wrong: %zu are there", data->padding);
}

static void judge_data(struct reading *reading, struct slice value)
{
	struct key_data data = compact(value, reading->problems.arena);

	if (memchr(value.at, '-', value.len) && mend_find(value, "-----BEGIN")) {
		problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
			      "p= holds the BEGIN and END lines of a PEM file; only the base64 "
			      "between them belongs there");
		return;
	}
	if (!check_alphabet(reading, &data))
		return;
	if (data.len < value.len)
		problems_note(&reading->problems, SEVERITY_INFO, NULL,
			      "p= has blanks inside, which are allowed and confuse some receivers");
	judge_length(reading, &data);
	decode(&data, reading->problems.arena);
	if (strcmp(reading->key->type, "ed25519") == 0)
		judge_ed25519(reading, &data);
	else
		judge_rsa(reading, &data);
}

static bool lists(struct slice value, const char *wanted)
{
	struct slice part;

	while (tags_next_part(&value, ':', &part))
		if (part.len == strlen(wanted) && strncasecmp(part.at, wanted, part.len) == 0)
			return true;
	return false;
}

static void judge_version(struct reading *reading)
{
	const struct tag *version = tags_find(&reading->tags, "v");

	if (!version)
		return;
	/* RFC 6376 section 3.6.1: otherwise the record is discarded. */
	if (version != &reading->tags.tag[0])
		problems_note(&reading->problems, SEVERITY_MAJOR, NULL, "v= is not the first tag");
	if (!slice_is(version->value, "DKIM1"))
		problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
			      "v= says '%.*s' instead of DKIM1", QUOTED(version->value));
}

static void judge_limits(struct reading *reading)
{
	const struct tag *hashes = tags_find(&reading->tags, "h");
	const struct tag *services = tags_find(&reading->tags, "s");
	const struct tag *flags = tags_find(&reading->tags, "t");

	/* RFC 8301 section 3.1: SHA-1 counts for nothing. */
	if (hashes && !lists(hashes->value, "sha256"))
		problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
			      "h=%.*s leaves sha256 out, and receivers take nothing else",
			      QUOTED(hashes->value));
	if (services && !lists(services->value, "email") && !lists(services->value, "*"))
		problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
			      "s=%.*s does not allow the key for mail", QUOTED(services->value));
	reading->key->is_testing = flags && lists(flags->value, "y");
	if (reading->key->is_testing)
		problems_note(
		    &reading->problems, SEVERITY_MINOR, NULL,
		    "t=y says that signing is only tested: receivers may treat the mail as "
		    "unsigned");
	if (flags && lists(flags->value, "s"))
		problems_note(&reading->problems, SEVERITY_INFO, NULL,
			      "t=s: the key does not serve addresses of subdomains");
	if (tags_find(&reading->tags, "g"))
		problems_note(&reading->problems, SEVERITY_INFO, NULL,
			      "g= is a relic of RFC 4871 that receivers ignore");
}

static void judge_syntax(struct reading *reading)
{
	static const struct {
		enum severity severity;
		const char *text;
	} fault[] = {
	    [TAGS_FINE] = {SEVERITY_INFO, ""},
	    [TAGS_NO_EQUALS] = {SEVERITY_MAJOR, SAID("is no tag=value")},
	    [TAGS_BAD_NAME] = {SEVERITY_MAJOR, SAID("has no name that a tag can have")},
	    [TAGS_BAD_VALUE] = {SEVERITY_MAJOR, SAID("holds bytes that a record cannot have")},
	    [TAGS_DUPLICATE] = {SEVERITY_MAJOR, SAID("stands there twice")},
	    [TAGS_TOO_MANY] = {SEVERITY_MINOR, SAID("and more tags behind it were not read")},
	};

	if (reading->tags.fault != TAGS_FINE)
		problems_note(&reading->problems, fault[reading->tags.fault].severity, NULL,
			      "'%.*s' %s", QUOTED(reading->tags.wrong),
			      fault[reading->tags.fault].text);
}

static void read_key(struct slice txt, struct reading *reading)
{
	const struct tag *type, *data;
	struct dkim_key *const key = reading->key;

	tags_read(txt, &reading->tags);
	type = tags_find(&reading->tags, "k");
	data = tags_find(&reading->tags, "p");
	key->type = type ? problems_record(type->value, reading->problems.arena) : "rsa";
	judge_version(reading);
	judge_syntax(reading);
	judge_limits(reading);
	if (!data)
		problems_note(&reading->problems, SEVERITY_MAJOR, NULL, "p=, the key, is missing");
	else if (strcmp(key->type, "rsa") != 0 && strcmp(key->type, "ed25519") != 0)
		problems_note(&reading->problems, SEVERITY_MAJOR, NULL,
			      "k=%.*s is no type of key that receivers know", QUOTED(type->value));
	else if (data->value.len)
		judge_data(reading, data->value);
	key->state = problems_state(&reading->problems);
	if (data && data->value.len == 0 && key->state != AUTH_BROKEN)
		key->state = AUTH_MISSING;
}

/* --- what was meant --- */

/* How much stands before the beginning of the record. */
static size_t before_version(struct slice txt)
{
	const char *begin = mend_find(txt, "v=DKIM1");

	return begin ? (size_t)(begin - txt.at) : 0;
}

/* A tag of its own at the wrong place, unlike one in the middle of another's value. */
static bool is_late_tag(struct slice txt, size_t before)
{
	const struct slice left = tags_trim(slice_of(txt.at, before));

	return left.len && left.at[left.len - 1] == ';';
}

static struct slice rotate(struct slice txt, struct arena *arena)
{
	const size_t before = before_version(txt);
	const struct slice tail = slice_from(txt, before);

	if (before == 0)
		return txt;
	return slice_text(arena_printf(arena, "%.*s%s%.*s", (int)tail.len, tail.at,
				       is_late_tag(txt, before) ? "; " : "", (int)before, txt.at));
}

/* Without the lines around the base64 of a PEM file. */
static struct slice strip_pem(struct slice txt, struct arena *arena)
{
	char *out = arena_calloc(arena, txt.len + 1, 1);
	size_t len = 0;

	for (size_t i = 0; i < txt.len; i++) {
		const struct slice rest = slice_from(txt, i);
		const char *end =
		    slice_starts(rest, "-----") ? mend_find(slice_from(rest, 5), "-----") : NULL;

		if (end)
			i = (size_t)(end - txt.at) + 4;
		else
			out[len++] = txt.at[i];
	}
	return slice_of(out, len);
}

/* RFC 4648 section 5 is the alphabet of URLs. */
static struct slice plain_alphabet(struct slice txt, struct arena *arena)
{
	char *out = arena_strndup(arena, txt.at, txt.len);
	struct tags tags;
	const struct tag *data;

	tags_read(slice_of(out, txt.len), &tags);
	data = tags_find(&tags, "p");
	for (size_t i = data ? (size_t)(data->value.at - out) : txt.len; i < txt.len; i++) {
		if (out[i] == ';')
			break;
		out[i] = (char)(out[i] == '-' ? '+' : out[i] == '_' ? '/' : out[i]);
	}
	return slice_of(out, txt.len);
}

/* The bare key where it was published in its wrapping; it is what the wrapping ends with. */
static struct slice unwrap(struct slice txt, struct arena *arena)
{
	struct tags tags;
	const struct tag *value;
	struct key_data data;
	char bare[BASE64_ENCODE_RAW_LENGTH(ED25519_BYTES) + 1] = "";

	tags_read(txt, &tags);
	value = tags_find(&tags, "p");
	if (!value)
		return txt;
	data = compact(value->value, arena);
	for (size_t i = 0; i < data.len - data.padding; i++)
		if (!is_base64(data.text[i]))
			return txt;
	decode(&data, arena);
	if (data.octets < ED25519_BYTES || der_read(data.octet, data.octets).kind != DER_ED25519)
		return txt;
	base64_encode_raw(bare, ED25519_BYTES, data.octet + data.octets - ED25519_BYTES);
	return slice_text(arena_printf(arena, "v=DKIM1; k=ed25519; p=%s", bare));
}

struct mending {
	const char *mark; /* that it is about; NULL: whatever else */
	const char *says;
};

/* What was wrong, by the first mark that the record holds. */
static const char *mistake_of(struct slice txt)
{
	static const struct mending mending[] = {
	    {"\"", "the record holds quotes that belong to the zone file"},
	    {"\\", "the record holds backslashes that belong to the zone file"},
	    {"-----", "the record holds the BEGIN and END lines of a PEM file"},
	};
	const size_t before = before_version(txt);

	for (size_t i = 0; i < COUNT_OF(mending); i++)
		if (mend_find(txt, mending[i].mark))
			return mending[i].says;
	if (before && !is_late_tag(txt, before))
		return "the record begins in its middle: its strings are in the wrong order";
	return NULL;
}

static void read_over(struct slice txt, struct arena *arena, struct reading *out,
		      struct dkim_key *key)
{
	*key = (struct dkim_key){.selector = ""};
	out->problems = problems_over(arena);
	out->key = key;
	read_key(txt, out);
}

/* The text that was meant, or the same. */
static struct slice mend(struct slice txt, struct arena *arena)
{
	const struct slice text =
	    mend_tags(strip_pem(txt, arena), key_tag, COUNT_OF(key_tag), arena);

	return unwrap(plain_alphabet(rotate(text, arena), arena), arena);
}

/* The first problem with the fix. What the reading said names it, unless something plainer does. */
static struct auth_problems with_fix(const struct auth_problems *problems, struct slice txt,
				     const char *fix, struct arena *arena)
{
	struct auth_problem *told = arena_calloc(arena, problems->count, sizeof(*told));
	const char *mistake = mistake_of(txt);
	size_t count = problems->count;

	memcpy(told, problems->problem, count * sizeof(*told));
	told[0].fix = fix;
	if (mistake) {
		told[0].text = mistake;
		/* The others tell of the same. */
		count = 1;
	}
	return (struct auth_problems){.problem = told, .count = count};
}

void dkim_key_read(const char *owner, struct slice txt, struct arena *arena, struct dkim_key *out)
{
	struct reading reading;
	struct dkim_key key, meant;
	struct slice text;

	read_over(txt, arena, &reading, &key);
	out->state = key.state;
	out->type = key.type;
	out->bits = key.bits;
	out->is_testing = key.is_testing;
	out->problems = problems_sorted(&reading.problems);
	if (key.state != AUTH_BROKEN || txt.len == 0)
		return;
	text = mend(txt, arena);
	if (text.len == 0 || slice_equal(text, txt))
		return;
	read_over(text, arena, &reading, &meant);
	if (meant.state != AUTH_OK && meant.state != AUTH_WEAK)
		return;
	out->bits = meant.bits;
	out->type = meant.type;
	out->problems = with_fix(&out->problems, txt, problems_txt(owner, text, arena), arena);
}
