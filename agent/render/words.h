#ifndef RENDER_WORDS_H
#define RENDER_WORDS_H

#include "model/delivery.h"

/* Words of the interface as people are told them, where the word alone is too short. */

/* Why a receiver refuses: "too much mail at once". */
const char *words_of_cause(const char *language, enum reply_cause cause);

#endif
