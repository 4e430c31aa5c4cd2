#include "auth/dkim_der.h"

#include "base/cursor.h"

#include <nettle/asn1.h>
#include <stdbool.h>
#include <string.h>

/* RFC 8017 appendix C, RFC 8410 section 3. */
static const uint8_t rsa_oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
static const uint8_t ed25519_oid[] = {0x2b, 0x65, 0x70};

/* X.690 section 8.1.3: the octets that the outermost header announces, itself included; 0 when it
 * is no SEQUENCE. */
static size_t announced_bytes(const uint8_t *octets, size_t len)
{
	enum { SEQUENCE = 0x30, LONG_FORM = 0x80, LENGTH_MAX_BYTES = 3 };
	struct cursor cursor = cursor_over(octets, len);
	const bool is_sequence = cursor_u8(&cursor) == SEQUENCE;
	size_t value = cursor_u8(&cursor);

	if (value & LONG_FORM) {
		size_t count = value & ~(size_t)LONG_FORM;

		if (count > LENGTH_MAX_BYTES)
			return 0;
		for (value = 0; count > 0; count--)
			value = value << 8 | cursor_u8(&cursor);
	}
	return is_sequence && !cursor.is_bad ? cursor.at + value : 0;
}

static uint32_t bits_of(const uint8_t *octets, size_t len)
{
	uint32_t bits;

	while (len && !*octets) {
		octets++;
		len--;
	}
	if (len == 0)
		return 0;
	bits = (uint32_t)(len - 1) * 8;
	for (uint8_t top = *octets; top; top = (uint8_t)(top >> 1))
		bits++;
	return bits;
}

static bool is_odd(const struct asn1_der_iterator *number)
{
	return number->length && number->data[number->length - 1] & 1;
}

/* Inside the SEQUENCE that begins with an INTEGER: modulus and exponent, or a version and more. */
static enum der_kind read_numbers(struct asn1_der_iterator *at, uint32_t *bits)
{
	const struct asn1_der_iterator modulus = *at;
	bool is_negative;

	if (modulus.length == 1 && modulus.data[0] <= 1)
		return asn1_der_iterator_next(at) == ASN1_ITERATOR_END ? DER_GARBLED : DER_PRIVATE;
	if (modulus.length == 0 || asn1_der_iterator_next(at) != ASN1_ITERATOR_PRIMITIVE ||
	    at->type != ASN1_INTEGER || at->length == 0)
		return DER_GARBLED;
	is_negative = (modulus.data[0] | at->data[0]) & 0x80;
	*bits = bits_of(modulus.data, modulus.length);
	/* A product of odd primes is odd, and an exponent is odd and not 1 (RFC 8017 section 3.1). */
	if (is_negative || !is_odd(&modulus) || !is_odd(at) || bits_of(at->data, at->length) < 2)
		return DER_RSA_UNSOUND;
	return asn1_der_iterator_next(at) == ASN1_ITERATOR_END ? DER_RSA : DER_GARBLED;
}

static enum der_kind read_rsa(struct asn1_der_iterator *outer, uint32_t *bits)
{
	struct asn1_der_iterator inner;

	if (outer->type != ASN1_SEQUENCE ||
	    asn1_der_decode_constructed(outer, &inner) != ASN1_ITERATOR_PRIMITIVE ||
	    inner.type != ASN1_INTEGER)
		return DER_GARBLED;
	return read_numbers(&inner, bits);
}

static bool is_oid(const struct asn1_der_iterator *at, const uint8_t *oid, size_t len)
{
	return at->length == len && memcmp(at->data, oid, len) == 0;
}

/* `info` stands at the AlgorithmIdentifier. */
static enum der_kind read_info(struct asn1_der_iterator *info, uint32_t *bits)
{
	struct asn1_der_iterator algorithm, key;
	enum asn1_iterator_result first;

	if (asn1_der_decode_constructed(info, &algorithm) != ASN1_ITERATOR_PRIMITIVE)
		return DER_CERTIFICATE;
	if (algorithm.type != ASN1_IDENTIFIER ||
	    asn1_der_iterator_next(info) != ASN1_ITERATOR_PRIMITIVE || info->type != ASN1_BITSTRING)
		return DER_CERTIFICATE;
	if (is_oid(&algorithm, ed25519_oid, sizeof(ed25519_oid)))
		return DER_ED25519;
	if (!is_oid(&algorithm, rsa_oid, sizeof(rsa_oid)))
		return DER_OTHER_KEY;
	first = asn1_der_decode_bitstring(info, &key);
	return first == ASN1_ITERATOR_CONSTRUCTED ? read_rsa(&key, bits) : DER_GARBLED;
}

static enum der_kind read_key(const uint8_t *octets, size_t len, uint32_t *bits)
{
	struct asn1_der_iterator outer, inner;

	if (asn1_der_iterator_first(&outer, len, octets) != ASN1_ITERATOR_CONSTRUCTED ||
	    outer.type != ASN1_SEQUENCE)
		return DER_GARBLED;
	switch (asn1_der_decode_constructed(&outer, &inner)) {
	case ASN1_ITERATOR_CONSTRUCTED:
		return inner.type == ASN1_SEQUENCE ? read_info(&inner, bits) : DER_GARBLED;
	case ASN1_ITERATOR_PRIMITIVE:
		return inner.type == ASN1_INTEGER ? read_numbers(&inner, bits) : DER_GARBLED;
	case ASN1_ITERATOR_ERROR:
	case ASN1_ITERATOR_END:
		break;
	}
	return DER_GARBLED;
}

struct der_key der_read(const uint8_t *octets, size_t len)
{
	struct der_key key = {.kind = DER_GARBLED, .announced = announced_bytes(octets, len)};

	if (key.announced == 0)
		return key;
	if (key.announced > len) {
		key.kind = DER_CUT;
		return key;
	}
	key.trailing = len - key.announced;
	key.kind = read_key(octets, key.announced, &key.bits);
	return key;
}
