#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include "base/civil.h"
#include "model/view.h"

#include <stddef.h>
#include <stdint.h>

/* A network as the renderers see it, with what goes wrong in one. */

/* 2026-11-21T10:00:00+09:00 */
#define SAMPLE_NOW INT64_C(1795222800)

extern const struct zone sample_zone;
extern const struct catalogue sample_catalogue;

/* In the configuration's order: a good one, one on two lists with a wrong PTR and hostile text,
 * one nobody could ask about, one with notes, one whose listing has grown old. */
enum { SAMPLE_GOOD, SAMPLE_POOR, SAMPLE_UNKNOWN, SAMPLE_NOTED, SAMPLE_OLD, SAMPLE_VIEWS };
extern const struct address_view sample_view[SAMPLE_VIEWS];
/* As `check` sees a domain: no identity, no beginnings. */
extern const struct address_view sample_domain;

extern const struct list_view sample_list[];
extern const size_t sample_lists;
extern const struct event sample_event[];
extern const size_t sample_events;
extern const struct pass_summary sample_pass;

#endif
