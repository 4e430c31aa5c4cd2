/* Subject and body; io/mime.c makes the message of them. */
#include "render/letter_parts.h"

#include <string.h>

void letter_mail(const struct alert *alert, const struct letter_style *style, struct arena *arena,
		 struct letter *out)
{
	struct str subject = {0};

	alert_brief(&subject, alert, style);
	out->content_type = "text/plain; charset=utf-8";
	out->subject = arena_strdup(arena, str_text(&subject));
	out->body = arena_printf(arena, "%s\n\n%s", letter_headline(alert, style, arena),
				 letter_body(alert, style, arena));
	out->len = strlen(out->body);
	str_release(&subject);
}
