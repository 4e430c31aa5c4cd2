#ifndef JUDGE_RANGE_H
#define JUDGE_RANGE_H

#include <stdbool.h>

/* Thresholds of the Monitoring Plugins guidelines: "[@]START:END" alerts when the value is outside
 * START to END, both inclusive; with "@" when it is inside. "10" is 0:10, "10:" has no end, "~" is
 * minus infinity. */
struct range {
	double low, high;
	bool alerts_inside;
};

/* False for anything else, an end below the start too; `out` is untouched then. */
bool range_parse(const char *text, struct range *out);
bool range_alerts(const struct range *range, double value);

#endif
