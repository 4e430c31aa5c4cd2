#ifndef IO_RESOLVER_PARTS_H
#define IO_RESOLVER_PARTS_H

/* What resolver.c (the interface), servers.c (which server, which letters) and questions.c (the
 * life of one question) share. Nobody else includes it. */

#include "base/wheel.h"
#include "dns/name.h"
#include "dns/pace.h"
#include "io/channel.h"
#include "io/resolver.h"

enum {
	LANE_SERVERS_MAX = 8,
	LANE_UNPROVEN_OPEN_MAX = 16, /* open at a lane that has not answered (lately) */
	LANE_SILENT_QUESTIONS = 8, /* unanswered ones it takes to call a lane silent */
	LANE_FAILURES = 20, /* SERVFAIL or REFUSED in a row that close a lane */
	SERVER_LOST_IN_A_ROW = 8, /* then the next server is tried first */
	SERVER_CASE_TRIALS = 8, /* wrong echoes, and no right one, that show a server without case */
	QUESTION_SENDINGS_MAX = 10,
	RANDOM_BYTES = 4096
};

struct server {
	const char *text;
	struct channel_set *channels;
	struct round_trip trip;
	struct window window;
	uint32_t in_flight; /* open and not late */
	uint32_t lost_in_a_row;
	uint32_t case_right, case_wrong;
	bool loses_case;
	bool is_sized; /* window.max knows the receive buffer */
};

enum timer_kind { TIMER_QUESTION, TIMER_LANE };

/* First member of what a timer belongs to. */
struct timer {
	struct wheel_timer wheel;
	enum timer_kind kind;
};

struct lane {
	struct timer silence; /* set while LANE_SILENT_QUESTIONS are without any answer */
	struct server *server[LANE_SERVERS_MAX];
	size_t servers;
	struct bucket bucket;
	uint64_t quota;
	uint64_t asked;
	struct round_trip trip;
	struct open_question *first; /* all open ones, in a ring through `lane_next` */
	uint32_t open;
	uint32_t silent_questions; /* first sent since the last answer of any kind */
	uint32_t failures; /* SERVFAIL or REFUSED since the last usable answer */
	bool has_answered; /* usably, in this pass */
	bool is_closed;
	enum dns_outcome closed_with;
	int64_t last_answer_us;
};

/* One packet that may still be answered. */
struct sending {
	struct sending *next;
	struct open_question *question; /* NULL: it has ended meanwhile */
	struct resolver *resolver;
	struct server *server;
	int64_t sent_us;
};

struct open_question {
	struct timer timer;
	struct open_question *next; /* in the list of the ended, or of the free */
	struct open_question *lane_next, *lane_prev;
	struct lane *lane;
	struct server *server; /* of the last sending */
	struct sending *sending; /* those out, newest first */
	struct arena *arena;
	void *token;
	int64_t began_us;
	int64_t sent_us;
	int64_t resend_at_us; /* asked for before its time; 0: not */
	uint32_t sendings;
	uint32_t failures; /* SERVFAIL, REFUSED or garbled answers to it */
	bool is_late; /* no longer counted in the window */
	bool was_garbled;
	enum dns_type type;
	struct dns_answer answer;
	char name[DNS_NAME_BYTES]; /* with the letters' case as sent */
};

struct resolver {
	struct resolver_config config;
	struct arena *arena;
	int epoll_fd;
	struct server **server;
	size_t servers;
	struct lane **lane;
	size_t lanes;
	struct wheel wheel;
	struct open_question *ended, *last_ended;
	struct open_question *free_question;
	struct sending *free_sending;
	uint32_t open;
	bool is_over; /* the deadline has passed */
	int64_t next_take_us; /* when a lane's rate lets the next one go, 0: unknown */
	int64_t next_tick_us;
	int64_t now_us; /* of this turn of the loop: near enough for a batch of packets */
	struct resolver_counts counts;
	uint8_t random[RANDOM_BYTES];
	size_t random_used;
	const char *notice;
};

/* servers.c */
struct server *server_find(struct resolver *resolver, const char *text, struct err *err);
void servers_free(struct resolver *resolver);
/* The lane's first server that is not silent, or else the one after `last`. */
struct server *server_pick(const struct lane *lane, const struct server *last);
/* One packet with random id; letters are in random case already. */
void server_send(struct resolver *resolver, struct server *server, struct open_question *question,
                 struct sending *sending);
void server_mix_case(struct resolver *resolver, const struct server *server, const char *name,
                     char out[DNS_NAME_BYTES]);
/* Counts what the echoed question looked like. */
void server_saw_case(struct resolver *resolver, struct server *server, bool is_right);

/* questions.c */
struct open_question *question_new(struct resolver *resolver, struct lane *lane);
void question_send(struct resolver *resolver, struct open_question *question, int64_t now_us);
void question_end(struct resolver *resolver, struct open_question *question,
                  enum dns_outcome outcome);
/* A packet's end, from c-ares. */
void question_packet_ended(void *resolver, void *sending, enum channel_end end, const void *bytes,
                           size_t len);
void question_timer(struct resolver *resolver, struct open_question *question, int64_t now_us);
void lane_close(struct resolver *resolver, struct lane *lane, enum dns_outcome outcome);

#endif
