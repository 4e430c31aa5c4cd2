#ifndef TESTS_TOLD_H
#define TESTS_TOLD_H

#include "render/retell.h"

/* Fails unless what a check or a judge said can be said in Japanese, too. "" can. */
#define ASSERT_TOLD(text)                                                                         \
	do {                                                                                       \
		struct str told_ = {0};                                                            \
		if (*(text) && !retell_fits(&told_, "ja", text))                                   \
			fail_msg("'%s' is of no sentence marked SAID()", text);                    \
		str_release(&told_);                                                               \
	} while (0)

#endif
