#ifndef AUTH_DKIM_DER_H
#define AUTH_DKIM_DER_H

#include <stddef.h>
#include <stdint.h>

/* What the octets of p= are. RSA keys are taken in both forms that are met: SubjectPublicKeyInfo
 * (RFC 5280 section 4.1) and the bare RSAPublicKey that RFC 6376 names (RFC 8017 appendix A.1.1). */
enum der_kind {
	DER_GARBLED, /* no key of any kind */
	DER_CUT, /* more octets were announced than are there */
	DER_RSA,
	DER_RSA_UNSOUND, /* its numbers cannot be a key's */
	DER_ED25519, /* wrapped; RFC 8463 wants the bare octets */
	DER_OTHER_KEY, /* a public key of another algorithm */
	DER_CERTIFICATE,
	DER_PRIVATE /* a private key, in public */
};

struct der_key {
	enum der_kind kind;
	uint32_t bits; /* DER_RSA */
	size_t announced; /* by the outermost header; 0: there is none */
	size_t trailing; /* octets behind the key */
};

struct der_key der_read(const uint8_t *octets, size_t len);

#endif
