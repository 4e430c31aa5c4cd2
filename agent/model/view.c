#include "model/view.h"

#include <string.h>

const struct standing *view_standing(const struct address_view *view, const struct reason *reason)
{
	for (size_t i = 0; i < view->standings; i++)
		if (strcmp(view->standing[i].check, reason->check) == 0 &&
		    strcmp(view->standing[i].subject, reason->subject) == 0)
			return &view->standing[i];
	return NULL;
}
