#ifndef LISTS_BUDGET_H
#define LISTS_BUDGET_H

#include "model/list.h"

#include <stdint.h>

/* What a list will be asked in a day, and the interval that keeps it within its budget. */
struct budget_plan {
	uint64_t per_day; /* questions a day at the catalogue's interval */
	int64_t every_ms; /* the interval used: the catalogue's, or stretched to fit */
	uint64_t planned_per_day; /* questions a day at that interval */
	uint64_t too_much; /* 0, or by how many questions a day even one round is too many */
};

/* Questions one pass puts beside those about addresses. */
enum { BUDGET_CANARIES_PER_PASS = 16 }; /* of a list for all three kinds of targets */

struct budget_plan budget_plan(const struct list *list, uint64_t targets);
/* How many questions are left today. UINT64_MAX without a budget. */
uint64_t budget_left(const struct list *list, uint64_t asked_today);

#endif
