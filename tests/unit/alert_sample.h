#ifndef TESTS_ALERT_SAMPLE_H
#define TESTS_ALERT_SAMPLE_H

#include "model/alert.h"
#include "render/letter.h"

#include <stddef.h>

/* Alerts as a night at a hosting company brings them: one of each kind. */
struct alert_sample {
	const char *name;
	struct alert alert;
};
extern const struct alert_sample alert_sample[];
extern const size_t alert_samples;

/* Japan's clock. */
struct letter_style alert_sample_style(const char *language);

/* An alert with everything in it, whose texts of others are all `text`, the operator's too. */
struct alert alert_sample_hostile(const char *text, struct arena *arena);

#endif
