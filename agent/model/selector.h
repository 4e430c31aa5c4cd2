#ifndef MODEL_SELECTOR_H
#define MODEL_SELECTOR_H

#include "model/auth_words.h"

#include <stdint.h>

/* A DKIM selector of the domain that nobody configured. */
struct auth_selector {
	const char *name; /* lower case */
	enum selector_source source;
	int64_t told_at; /* when a log told of it last; 0: none did */
	int64_t key_at; /* when a usable key was seen there last; 0: never */
};

#endif
