#include "run/deliver_parts.h"

#include <string.h>

/* EX_TEMPFAIL of sysexits(3). */
enum { STATUS_LATER = 75 };

bool channel_is_command(const struct conf_channel *channel)
{
	return strcmp(channel->type, "command") == 0;
}

static void tell(struct delivery_lane *lane, enum post_outcome outcome, const char *sentence)
{
	const bool is_taken = outcome == POST_TAKEN;
	/* Something that came: a program that refuses one letter may take the next. */
	const struct post_result result = {
	    .outcome = outcome,
	    .code = 1,
	    .error = is_taken ? "" : sentence,
	    .reply = is_taken ? sentence : "",
	};

	letters_done(lane, &result);
}

static bool begin(struct delivery_lane *lane, const struct outbox_letter *letter)
{
	const struct conf_channel *const channel = lane->channel;
	const char *const variable[] = {arena_printf(lane->arena, "REPWATCH_KEY=%s", letter->key)};
	const struct command_spec spec = {
	    .word = channel->command,
	    .words = channel->commands,
	    .input = slice_of(letter->body, letter->len),
	    .variable = variable,
	    .variables = 1,
	    .limit_ms = channel->timeout_ms,
	};
	struct err err;

	if (command_start(&lane->command, &spec, &err))
		return true;
	tell(lane, POST_LATER, err.text);
	return false;
}

static void finish(struct delivery_lane *lane, const struct command_end *end)
{
	const char *const line = arena_strndup(lane->arena, end->said, strcspn(end->said, "\n"));
	const char *const more = *line ? ": " : "";

	if (end->status == 0)
		tell(lane, POST_TAKEN, line);
	else if (end->is_late)
		tell(lane, POST_LATER,
		     arena_printf(lane->arena, "the program took too long%s%s", more, line));
	else if (end->status < 0)
		tell(lane, POST_LATER,
		     arena_printf(lane->arena, "a signal ended the program%s%s", more, line));
	else
		tell(lane, end->status == STATUS_LATER ? POST_LATER : POST_REFUSED,
		     arena_printf(lane->arena, "the program ended with status %d%s%s", end->status,
				  more, line));
}

static bool step(struct delivery_lane *lane)
{
	const struct outbox_letter *letter;
	struct command_end end;

	if (lane->command.pid) {
		if (!command_ended(&lane->command, lane->arena, &end))
			return true;
		finish(lane, &end);
		arena_reset(lane->arena);
	}
	while ((letter = letters_next(lane)))
		if (begin(lane, letter))
			return true;
	return false;
}

bool commands_step(struct sending *delivery)
{
	bool has_more = false;

	for (size_t i = 0; i < delivery->lanes; i++) {
		struct delivery_lane *const lane = &delivery->lane[i];

		if (lane->channel && channel_is_command(lane->channel))
			has_more = step(lane) || has_more;
	}
	return has_more;
}

void commands_kill(struct sending *delivery)
{
	for (size_t i = 0; i < delivery->lanes; i++) {
		struct delivery_lane *const lane = &delivery->lane[i];

		if (!lane->command.pid)
			continue;
		command_kill(&lane->command);
		tell(lane, POST_LATER, "the time that is there for all messages is over");
	}
}
