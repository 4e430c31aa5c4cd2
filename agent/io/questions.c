#include "io/resolver_parts.h"

#include "base/mem.h"
#include "dns/wire.h"

#include <stdlib.h>
#include <string.h>

/* A lone SERVFAIL of a list that otherwise answers is asked once more after this. */
enum { FAILURE_RETRY_US = 200000 };

static struct sending *sending_new(struct resolver *resolver)
{
	struct sending *sending = resolver->free_sending;

	if (sending)
		resolver->free_sending = sending->next;
	else
		sending = arena_calloc(resolver->arena, 1, sizeof(*sending));
	return sending;
}

struct open_question *question_new(struct resolver *resolver, struct lane *lane)
{
	struct open_question *question = resolver->free_question;

	if (question)
		resolver->free_question = question->next;
	else
		question = arena_calloc(resolver->arena, 1, sizeof(*question));
	memset(question, 0, offsetof(struct open_question, name));
	question->lane = lane;
	return question;
}

static void join_lane(struct open_question *question)
{
	struct lane *const lane = question->lane;

	question->lane_prev = NULL;
	question->lane_next = lane->first;
	if (lane->first)
		lane->first->lane_prev = question;
	lane->first = question;
	lane->open++;
}

static void leave_lane(struct open_question *question)
{
	struct lane *const lane = question->lane;

	if (question->lane_prev)
		question->lane_prev->lane_next = question->lane_next;
	else
		lane->first = question->lane_next;
	if (question->lane_next)
		question->lane_next->lane_prev = question->lane_prev;
	lane->open--;
}

static void leave_window(struct open_question *question)
{
	if (question->is_late || !question->server)
		return;
	question->is_late = true;
	question->server->in_flight--;
}

/* The lane's own round trip, or before it has one no guess from other lanes: behind one
 * resolver every list has its own servers. */
static int64_t resend_us(const struct open_question *question, int64_t now_us)
{
	const struct lane *const lane = question->lane;
	const int64_t once_us = round_trip_resend_us(&lane->trip);

	/* Where others are being answered, a packet was lost. Where nobody is, the server is
	 * in trouble, and more packets are no help. */
	if (lane->has_answered && now_us - lane->last_answer_us < 4 * once_us)
		return once_us;
	return once_us << (question->sendings - 1);
}

static int64_t give_up_us(const struct resolver *resolver, const struct open_question *question)
{
	return question->began_us + resolver->config.timeout_ms * resolver->config.tries * 1000;
}

static void set_timer(struct resolver *resolver, struct open_question *question, int64_t now_us)
{
	const int64_t end_us = give_up_us(resolver, question);
	int64_t due_us = end_us;

	if (question->sendings < QUESTION_SENDINGS_MAX)
		due_us = question->sent_us + resend_us(question, now_us);
	if (!question->is_late) {
		const int64_t late_us =
		    question->sent_us + round_trip_straggle_us(&question->lane->trip);

		due_us = late_us < due_us ? late_us : due_us;
	}
	wheel_set(&resolver->wheel, &question->timer.wheel, due_us < end_us ? due_us : end_us);
}

/* Starts the clock of a lane that says nothing. */
static void note_silence(struct resolver *resolver, struct lane *lane, int64_t now_us)
{
	if (++lane->silent_questions == LANE_SILENT_QUESTIONS)
		wheel_set(&resolver->wheel, &lane->silence.wheel,
			  now_us + resolver->config.timeout_ms * 1000 / 2);
}

void question_send(struct resolver *resolver, struct open_question *question, int64_t now_us)
{
	struct sending *const sending = sending_new(resolver);
	const bool is_first = question->sendings == 0;

	if (is_first) {
		question->began_us = now_us;
		question->timer.kind = TIMER_QUESTION;
		join_lane(question);
		resolver->open++;
		resolver->counts.asked++;
		note_silence(resolver, question->lane, now_us);
	}
	if (!question->is_late && question->server)
		question->server->in_flight--;
	question->server = server_pick(question->lane, is_first ? NULL : question->server);
	if (!question->is_late)
		question->server->in_flight++;
	*sending = (struct sending){.next = question->sending,
				    .question = question,
				    .resolver = resolver,
				    .server = question->server,
				    .sent_us = now_us};
	question->sending = sending;
	question->sendings++;
	question->sent_us = now_us;
	set_timer(resolver, question, now_us);
	window_send(&question->server->window, now_us);
	server_send(resolver, question->server, question, sending);
}

/* Packets still out will find nobody; c-ares gives them back in its own time. */
static void detach_sendings(struct open_question *question)
{
	for (struct sending *sending = question->sending; sending; sending = sending->next)
		sending->question = NULL;
	question->sending = NULL;
}

void question_end(struct resolver *resolver, struct open_question *question,
		  enum dns_outcome outcome)
{
	if (question->sendings) {
		leave_window(question);
		leave_lane(question);
		wheel_unset(&resolver->wheel, &question->timer.wheel);
		detach_sendings(question);
		resolver->open--;
	}
	question->answer.outcome = outcome;
	question->next = NULL;
	if (resolver->ended)
		resolver->last_ended->next = question;
	else
		resolver->ended = question;
	resolver->last_ended = question;
}

void lane_close(struct resolver *resolver, struct lane *lane, enum dns_outcome outcome)
{
	lane->is_closed = true;
	lane->closed_with = outcome;
	wheel_unset(&resolver->wheel, &lane->silence.wheel);
	while (lane->first)
		question_end(resolver, lane->first, outcome);
}

static void unlink_sending(struct sending *sending)
{
	struct sending **link = &sending->question->sending;

	while (*link != sending)
		link = &(*link)->next;
	*link = sending->next;
}

static void lane_lives(struct resolver *resolver, struct lane *lane, int64_t now_us)
{
	lane->last_answer_us = now_us;
	lane->silent_questions = 0;
	wheel_unset(&resolver->wheel, &lane->silence.wheel);
}

static void note_round_trip(struct resolver *resolver, const struct sending *sending,
			    int64_t now_us)
{
	const int64_t took_us = now_us - sending->sent_us;

	round_trip_add(&sending->server->trip, took_us);
	round_trip_add(&sending->question->lane->trip, took_us);
	sending->server->lost_in_a_row = 0;
	window_answer(&sending->server->window, &sending->server->trip, now_us);
	resolver->counts.smoothed_us = sending->server->trip.smoothed_us;
}

/* Sends again from the timer, never from here: c-ares is in the middle of its own work. */
static void resend_later(struct resolver *resolver, struct open_question *question, int64_t at_us)
{
	question->resend_at_us = at_us;
	wheel_set(&resolver->wheel, &question->timer.wheel, at_us);
}

/* SERVFAIL, REFUSED or a mangled answer: another server, or once more where the lane is
 * otherwise well, or that is how it ends. */
static void question_failed(struct resolver *resolver, struct open_question *question,
			    enum dns_outcome outcome, int64_t now_us)
{
	struct lane *const lane = question->lane;
	const bool lane_is_well = lane->has_answered && lane->failures < LANE_FAILURES / 2;

	question->failures++;
	question->was_garbled |= outcome == DNS_GARBLED;
	if (question->failures < lane->servers) {
		resend_later(resolver, question, now_us);
	} else if (question->failures == lane->servers && lane_is_well) {
		resend_later(resolver, question, now_us + FAILURE_RETRY_US);
	} else {
		question_end(resolver, question, outcome);
		if (outcome != DNS_GARBLED && ++lane->failures >= LANE_FAILURES && !lane->is_closed)
			lane_close(resolver, lane, outcome);
	}
}

/* Forged, or from a server without case. The packet's ears are closed now: send another. */
static void echo_was_wrong(struct resolver *resolver, struct open_question *question,
			   const struct sending *sending, int64_t now_us)
{
	server_saw_case(resolver, sending->server, false);
	question->was_garbled = true;
	if (question->sendings < QUESTION_SENDINGS_MAX)
		resend_later(resolver, question, now_us);
}

static void take_answer(struct resolver *resolver, struct sending *sending, const void *bytes,
			size_t len)
{
	struct open_question *const question = sending->question;
	const int64_t now_us = resolver->now_us;
	struct wire_flags flags;
	const struct dns_answer answer =
	    wire_answer(bytes, len, question->name, question->type, question->arena, &flags);

	if (flags.is_echo_wrong) {
		echo_was_wrong(resolver, question, sending, now_us);
		return;
	}
	lane_lives(resolver, question->lane, now_us);
	if (answer.outcome == DNS_GARBLED)
		resolver->counts.dropped++;
	else
		server_saw_case(resolver, sending->server, true);
	note_round_trip(resolver, sending, now_us);
	if (answer.outcome == DNS_GARBLED || answer.outcome == DNS_SERVFAIL ||
	    answer.outcome == DNS_REFUSED) {
		question_failed(resolver, question, answer.outcome, now_us);
		return;
	}
	question->answer = answer;
	question->answer.rtt_us = (uint32_t)(now_us - sending->sent_us);
	question->lane->failures = 0;
	question->lane->has_answered = true;
	question_end(resolver, question, answer.outcome);
}

void question_packet_ended(void *context, void *token, enum channel_end end, const void *bytes,
			   size_t len)
{
	struct resolver *const resolver = context;
	struct sending *const sending = token;

	if (sending->question) {
		unlink_sending(sending);
		if (end == CHANNEL_ANSWERED)
			take_answer(resolver, sending, bytes, len);
	}
	/* A lost packet needs nothing here: the question's timer sends again. */
	sending->next = resolver->free_sending;
	resolver->free_sending = sending;
}

void question_timer(struct resolver *resolver, struct open_question *question, int64_t now_us)
{
	const bool may_send = question->sendings < QUESTION_SENDINGS_MAX;

	if (now_us >= give_up_us(resolver, question)) {
		question_end(resolver, question, question->was_garbled ? DNS_GARBLED : DNS_TIMEOUT);
		return;
	}
	leave_window(question);
	if (question->resend_at_us) {
		if (now_us >= question->resend_at_us) {
			question->resend_at_us = 0;
			server_mix_case(resolver, question->server, question->name, question->name);
			question_send(resolver, question, now_us);
		}
	} else if (may_send && now_us >= question->sent_us + resend_us(question, now_us)) {
		question->server->lost_in_a_row++;
		window_resend(&question->server->window);
		question_send(resolver, question, now_us);
	} else {
		set_timer(resolver, question, now_us);
	}
}
