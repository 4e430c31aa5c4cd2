#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/dkim.h"
#include "auth/dkim_der.h"
#include "base/mem.h"
#include "dkim_keys.h"

#include <nettle/base64.h>

#define OWNER "s1._domainkey.example.jp"
#define GOOD  "v=DKIM1; k=rsa; p=" RSA_2048_SPKI
/* The fix of a mended key, whatever its strings are. */
#define MENDED "s1._domainkey.example.jp. IN TXT \"v=DKIM1; k=rsa; p=MIIBIj"

static const struct {
	const char *why;
	const char *txt;
	enum auth_state state;
	const char *type;
	uint32_t bits;
	const char *text; /* a part of the first problem; "" for no problem */
	const char *fix; /* the beginning of its fix; "" for none */
} key_case[] = {
    {"a good key", GOOD, AUTH_OK, "rsa", 2048, "", ""},
    {"RSA is what k= means when it is left out", "v=DKIM1; p=" RSA_2048_SPKI, AUTH_OK, "rsa", 2048,
     "", ""},
    {"v= may be left out", "p=" RSA_2048_SPKI, AUTH_OK, "rsa", 2048, "", ""},
    {"the bare form of RFC 6376", "v=DKIM1; p=" RSA_2048_PKCS1, AUTH_OK, "rsa", 2048, "", ""},
    {"blanks around everything", " v = DKIM1 ; k = rsa ; p = " RSA_2048_SPKI " ; ", AUTH_OK, "rsa",
     2048, "", ""},
    {"4096 bits", "v=DKIM1; p=" RSA_4096_SPKI, AUTH_OK, "rsa", 4096, "", ""},
    {"all tags", "v=DKIM1; h=sha1:sha256; k=rsa; n=a+note; s=email; t=s; p=" RSA_2048_SPKI, AUTH_OK,
     "rsa", 2048, "does not serve addresses of subdomains", ""},
    {"tags nobody knows", GOOD "; x=1", AUTH_OK, "rsa", 2048, "", ""},
    {"blanks within the key", "v=DKIM1; p= " RSA_2048_PKCS1 " ", AUTH_OK, "rsa", 2048, "", ""},
    {"Ed25519", "v=DKIM1; k=ed25519; p=" ED25519_BARE, AUTH_OK, "ed25519", 256, "do not check", ""},

    {"1024 bits", "v=DKIM1; p=" RSA_1024_SPKI, AUTH_WEAK, "rsa", 1024, "2048 are advised", ""},
    {"1024 bits, bare", "v=DKIM1; p=" RSA_1024_PKCS1, AUTH_WEAK, "rsa", 1024, "2048 are advised",
     ""},
    {"512 bits", "v=DKIM1; p=" RSA_512_SPKI, AUTH_BROKEN, "rsa", 512, "none below 1024", ""},
    {"8192 bits", "v=DKIM1; p=" RSA_8192_SPKI, AUTH_WEAK, "rsa", 8192, "need not check more", ""},

    {"revoked", "v=DKIM1; p=", AUTH_MISSING, "rsa", 0, "", ""},
    {"revoked, with blanks", "v=DKIM1; k=rsa; p= ;", AUTH_MISSING, "rsa", 0, "", ""},
    {"testing", "v=DKIM1; t=y; p=" RSA_2048_SPKI, AUTH_WEAK, "rsa", 2048, "only tested", ""},
    {"testing, both flags", "v=DKIM1; t=s:y; p=" RSA_2048_SPKI, AUTH_WEAK, "rsa", 2048,
     "only tested", ""},
    {"SHA-1 only", "v=DKIM1; h=sha1; p=" RSA_2048_SPKI, AUTH_BROKEN, "rsa", 2048,
     "h=sha1 leaves sha256 out", ""},
    {"not for mail", "v=DKIM1; s=tlsrpt; p=" RSA_2048_SPKI, AUTH_BROKEN, "rsa", 2048,
     "does not allow the key for mail", ""},
    {"for everything", "v=DKIM1; s=*; p=" RSA_2048_SPKI, AUTH_OK, "rsa", 2048, "", ""},

    {"v= last", "k=rsa; p=" RSA_2048_SPKI "; v=DKIM1", AUTH_BROKEN, "rsa", 2048,
     "v= is not the first tag", "s1._domainkey.example.jp. IN TXT \"v=DKIM1"},
    {"a wrong version", "v=DKIM2; p=" RSA_2048_SPKI, AUTH_BROKEN, "rsa", 2048,
     "v= says 'DKIM2' instead of DKIM1", ""},
    {"a version in small letters", "v=dkim1; p=" RSA_2048_SPKI, AUTH_BROKEN, "rsa", 2048,
     "v= says 'dkim1'", ""},
    {"no key", "v=DKIM1; k=rsa", AUTH_BROKEN, "rsa", 0, "p=, the key, is missing", ""},
    {"no separators", "v=DKIM1 k=rsa p=" RSA_2048_SPKI, AUTH_BROKEN, "rsa", 2048,
     "v= says 'DKIM1 k=rsa p=", MENDED},
    {"commas", "v=DKIM1, k=rsa, p=" RSA_2048_SPKI, AUTH_BROKEN, "rsa", 2048, "v= says", MENDED},
    {"twice the same tag", GOOD "; p=" RSA_1024_SPKI, AUTH_BROKEN, "rsa", 2048,
     "stands there twice", ""},
    {"a type nobody knows", "v=DKIM1; k=dsa; p=" RSA_2048_SPKI, AUTH_BROKEN, "dsa", 0,
     "k=dsa is no type of key", ""},
    {"nothing", "", AUTH_BROKEN, "rsa", 0, "is missing", ""},
    {"high bytes", "v=DKIM1; n=\xff\xfe; p=" RSA_2048_SPKI, AUTH_BROKEN, "rsa", 2048,
     "bytes that a record cannot have", ""},

    {"quotes around all of it", "\"" GOOD "\"", AUTH_BROKEN, "rsa", 2048, "quotes", MENDED},
    {"quotes within the key", "v=DKIM1; k=rsa; p=MIIBIj\" \"ANBgk", AUTH_BROKEN, "rsa", 0,
     "'\"' is its character 7", ""},
    {"backslashes", "v=DKIM1\\; k=rsa\\; p=" RSA_2048_SPKI, AUTH_BROKEN, "rsa", 2048, "backslashes",
     MENDED},
    {"a PEM file",
     "v=DKIM1; k=rsa; p=-----BEGIN PUBLIC KEY-----" RSA_2048_SPKI "-----END PUBLIC KEY-----",
     AUTH_BROKEN, "rsa", 2048, "PEM", MENDED},
    {"a wrong character", "v=DKIM1; p=MIIB!jANBg", AUTH_BROKEN, "rsa", 0, "'!' is its character 5",
     ""},
    {"a byte that cannot be shown", "v=DKIM1; p=MIIB\x01jANBg", AUTH_BROKEN, "rsa", 0, "byte", ""},
    {"a padding in the middle", "v=DKIM1; p=MIIB=jANBg", AUTH_BROKEN, "rsa", 0,
     "'=' is its character 5", ""},
    {"half an octet", "v=DKIM1; p=MIIBI", AUTH_BROKEN, "rsa", 0, "lost characters", ""},
    {"base64 of anything", "v=DKIM1; p=aGVsbG8gd29ybGQh", AUTH_BROKEN, "rsa", 0, "no public key",
     ""},
    {"the announced octets are not there", "v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEF", AUTH_BROKEN,
     "rsa", 0, "p= is cut off: the key has 294 octets and 18 are there", ""},
    {"more than a key", "v=DKIM1; p=MAMCAQAAAAAA", AUTH_BROKEN, "rsa", 0, "no public key", ""},

    {"an Ed25519 key in its wrapping", "v=DKIM1; k=ed25519; p=" ED25519_SPKI, AUTH_BROKEN,
     "ed25519", 256, "only its last 32 octets",
     "s1._domainkey.example.jp. IN TXT \"v=DKIM1; k=ed25519; p=" ED25519_BARE "\""},
    {"an Ed25519 key that says RSA", "v=DKIM1; p=" ED25519_BARE, AUTH_BROKEN, "rsa", 0,
     "k=ed25519 is missing", ""},
    {"an Ed25519 key in its wrapping that says RSA", "v=DKIM1; k=rsa; p=" ED25519_SPKI, AUTH_BROKEN,
     "ed25519", 256, "k= does not say ed25519", "s1._domainkey.example.jp. IN TXT"},
    {"an RSA key that says Ed25519", "v=DKIM1; k=ed25519; p=" RSA_2048_SPKI, AUTH_BROKEN, "ed25519",
     0, "an Ed25519 key has 32 octets, and p= has 294", ""},
    {"an elliptic curve", "v=DKIM1; p=" EC_P256_SPKI, AUTH_BROKEN, "rsa", 0, "no RSA key", ""},
    {"a private key", "v=DKIM1; p=" RSA_512_PRIVATE_PKCS1, AUTH_BROKEN, "rsa", 0, "a private key",
     ""},
    {"a private key, newer form", "v=DKIM1; p=" RSA_512_PRIVATE_PKCS8, AUTH_BROKEN, "rsa", 0,
     "a private key", ""},
};

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void a_record_is_read_as_receivers_do(void **state)
{
	for (size_t i = 0; i < COUNT_OF(key_case); i++) {
		struct dkim_key key = {.selector = "s1"};
		const struct auth_problem *first;

		dkim_key_read(OWNER, slice_text(key_case[i].txt), *state, &key);
		first = key.problems.count ? &key.problems.problem[0] : NULL;
		if (key.state != key_case[i].state || key.bits != key_case[i].bits)
			fail_msg("%s: %s, %u bits: %s", key_case[i].why, auth_state_name(key.state),
				 key.bits, first ? first->text : "");
		assert_string_equal(key.type, key_case[i].type);
		if (!first != !*key_case[i].text ||
		    (first && !strstr(first->text, key_case[i].text)))
			fail_msg("%s: '%s'", key_case[i].why, first ? first->text : "");
		if (first && (!*first->fix != !*key_case[i].fix ||
			      strncmp(first->fix, key_case[i].fix, strlen(key_case[i].fix)) != 0))
			fail_msg("%s: fix '%s'", key_case[i].why, first->fix);
	}
}

/* A record is published in strings of 255 bytes; the key is cut where one of them is lost, and
 * begins in its middle where they were swapped. */
static void lost_and_swapped_strings_are_told(void **state)
{
	const struct slice good = slice_text(GOOD);
	struct dkim_key key = {.selector = "s1"};
	char *swapped = arena_strndup(*state, good.at, good.len);

	dkim_key_read(OWNER, slice_of(good.at, 255), *state, &key);
	assert_int_equal(key.state, AUTH_BROKEN);
	assert_non_null(strstr(key.problems.problem[0].text, "p= is cut off"));
	assert_string_equal(key.problems.problem[0].fix, "");

	memcpy(swapped, good.at + 255, good.len - 255);
	memcpy(swapped + good.len - 255, good.at, 255);
	dkim_key_read(OWNER, slice_of(swapped, good.len), *state, &key);
	assert_int_equal(key.state, AUTH_BROKEN);
	assert_non_null(strstr(key.problems.problem[0].text, "wrong order"));
	assert_non_null(strstr(key.problems.problem[0].fix, MENDED));
	/* and its fix is in strings again */
	assert_non_null(strstr(key.problems.problem[0].fix, "\" \""));
}

/* However much of a key is left, it is never taken for a whole one. */
static void no_part_of_a_key_is_a_key(void **state)
{
	for (size_t len = 0; len < strlen(GOOD) - 2; len++) {
		struct dkim_key key = {.selector = "s1"};
		const bool is_empty = len == strlen("v=DKIM1; k=rsa; p=");

		dkim_key_read(OWNER, slice_of(GOOD, len), *state, &key);
		if (key.state != (is_empty ? AUTH_MISSING : AUTH_BROKEN))
			fail_msg("%zu bytes are %s", len, auth_state_name(key.state));
	}
}

static const struct {
	const char *txt;
	enum dkim_text kind;
} text_case[] = {
    {"v=DKIM1; p=", DKIM_TEXT_KEY},
    {"k=rsa; p=abc", DKIM_TEXT_KEY},
    {"\"v=DKIM1; p=abc\"", DKIM_TEXT_KEY},
    {"v=dkim1", DKIM_TEXT_KEY},
    {"v=spf1 include:example.net -all", DKIM_TEXT_SPF},
    {"\"v=spf1 -all\"", DKIM_TEXT_SPF},
    {"v=DMARC1; p=none", DKIM_TEXT_DMARC},
    {"google-site-verification=abc", DKIM_TEXT_OTHER},
    {"o=~", DKIM_TEXT_OTHER},
    {"", DKIM_TEXT_OTHER},
};

static void what_is_no_key_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(text_case); i++)
		if (dkim_text_of(slice_text(text_case[i].txt)) != text_case[i].kind)
			fail_msg("%s", text_case[i].txt);
}

static void hostile_octets_are_no_key(void **state)
{
	static const struct {
		uint8_t octet[16];
		size_t len;
		enum der_kind kind;
	} der_case[] = {
	    {{0}, 0, DER_GARBLED},
	    {{0x30}, 1, DER_GARBLED},
	    {{0x30, 0x80, 0, 0}, 4, DER_GARBLED},
	    {{0x30, 0xff, 0xff, 0xff}, 4, DER_GARBLED},
	    {{0x30, 0x84, 0xff, 0xff, 0xff, 0xff}, 6, DER_GARBLED},
	    {{0x30, 0x83, 0xff, 0xff, 0xff}, 5, DER_CUT},
	    {{0x30, 0}, 2, DER_GARBLED},
	    {{0x30, 3, 2, 1, 5}, 5, DER_GARBLED},
	    {{0x30, 6, 2, 1, 5, 2, 1, 3}, 8, DER_RSA},
	    {{0x30, 6, 2, 1, 5, 2, 1, 1}, 8, DER_RSA_UNSOUND},
	    {{0x30, 6, 2, 1, 4, 2, 1, 3}, 8, DER_RSA_UNSOUND},
	    {{0x30, 6, 2, 1, 0x85, 2, 1, 3}, 8, DER_RSA_UNSOUND},
	    {{0x30, 9, 2, 1, 5, 2, 1, 3, 2, 1, 3}, 11, DER_GARBLED},
	    {{0x30, 6, 2, 1, 5, 2, 2, 3}, 8, DER_GARBLED},
	    {{0x30, 5, 2, 1, 5, 2, 0}, 7, DER_GARBLED},
	    {{0x30, 2, 0x30, 0}, 4, DER_CERTIFICATE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(der_case); i++) {
		const struct der_key key = der_read(der_case[i].octet, der_case[i].len);

		if (key.kind != der_case[i].kind)
			fail_msg("case %zu: %d", i, (int)key.kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_record_is_read_as_receivers_do),
	    cmocka_unit_test(lost_and_swapped_strings_are_told),
	    cmocka_unit_test(no_part_of_a_key_is_a_key),
	    cmocka_unit_test(what_is_no_key_is_known),
	    cmocka_unit_test(hostile_octets_are_no_key),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
