#include "cli/verdict.h"

static bool is_wrong(enum finding belief)
{
	switch (belief) {
	case FINDING_LISTED:
	case FINDING_BROKEN:
	case FINDING_SPIKE:
		return true;
	case FINDING_BLIND:
	case FINDING_CLEAR:
	case FINDING_NOTED:
	case FINDING_ELEVATED:
	case FINDING_COLD:
	case FINDING_COUNT:
		break;
	}
	return false;
}

enum cli_status verdict_of(const struct address_view *view, size_t views)
{
	bool is_blind = false;

	for (size_t i = 0; i < views; i++) {
		is_blind |=
		    view[i].answered < view[i].asked || view[i].grade.letter == GRADE_UNKNOWN;
		if (view[i].grade.letter == GRADE_POOR)
			return CLI_FOUND;
		for (size_t j = 0; j < view[i].standings; j++) {
			if (is_wrong(view[i].standing[j].belief))
				return CLI_FOUND;
			is_blind |= view[i].standing[j].blind_cause != CAUSE_NONE;
		}
	}
	return is_blind ? CLI_BLIND : CLI_DONE;
}
