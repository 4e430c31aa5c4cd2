#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/post.h"

#include "base/mem.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* What real servers say is in tests/system/test_deliver.py. */

static const struct {
	long code;
	enum post_outcome http, smtp;
} codes[] = {
    {0, POST_LATER, POST_LATER},     {100, POST_LATER, POST_LATER},
    {200, POST_TAKEN, POST_TAKEN},   {204, POST_TAKEN, POST_TAKEN},
    {250, POST_TAKEN, POST_TAKEN},   {301, POST_REFUSED, POST_LATER},
    {302, POST_REFUSED, POST_LATER}, {354, POST_REFUSED, POST_LATER},
    {400, POST_REFUSED, POST_LATER}, {401, POST_LATER, POST_LATER},
    {403, POST_LATER, POST_LATER},   {404, POST_LATER, POST_LATER},
    {413, POST_REFUSED, POST_LATER}, {421, POST_REFUSED, POST_LATER},
    {422, POST_REFUSED, POST_LATER}, {429, POST_LATER, POST_LATER},
    {450, POST_REFUSED, POST_LATER}, {500, POST_LATER, POST_REFUSED},
    {503, POST_LATER, POST_REFUSED}, {521, POST_LATER, POST_LATER},
    {535, POST_LATER, POST_LATER},   {550, POST_LATER, POST_REFUSED},
    {554, POST_LATER, POST_REFUSED}, {999, POST_LATER, POST_LATER},
};

static void codes_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(codes); i++) {
		if (post_http_outcome(codes[i].code) != codes[i].http)
			fail_msg("HTTP %ld", codes[i].code);
		if (post_smtp_outcome(codes[i].code) != codes[i].smtp)
			fail_msg("SMTP %ld", codes[i].code);
	}
}

static const struct {
	const char *name, *text, *out;
} redactions[] = {
    {"nothing secret", "all is well", "all is well"},
    {"at the start, in the middle, at the end", "sesame sesame sesame", "*** *** ***"},
    {"the longest one", "open sesame!", "***!"},
    {"not a part of one", "sesam", "sesam"},
    {"too short to be one", "abc", "abc"},
    {"nothing", "", ""},
};

static void secrets_are_blotted_out(void **state)
{
	static const char *const secret[] = {"sesame", "open sesame", "abc", "", NULL};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(redactions); i++)
		assert_string_equal(
		    post_redact(redactions[i].text, secret, COUNT_OF(secret), arena),
		    redactions[i].out);
	arena_free(arena);
}

/* --- through the lanes --- */

enum { LANES = 3 };

struct heard {
	const struct post *post; /* the same for each lane */
	size_t left[LANES]; /* letters to give */
	size_t taken, later, refused;
	char error[256];
	size_t besides;
};

static bool give(void *context, size_t lane, struct post *out)
{
	struct heard *const heard = context;

	if (!heard->left[lane])
		return false;
	heard->left[lane]--;
	*out = *heard->post;
	return true;
}

static void hear(void *context, size_t lane, const struct post_result *result)
{
	struct heard *const heard = context;

	(void)lane;
	heard->taken += result->outcome == POST_TAKEN;
	heard->later += result->outcome == POST_LATER;
	heard->refused += result->outcome == POST_REFUSED;
	snprintf(heard->error, sizeof(heard->error), "%s", result->error);
}

static bool beside(void *context)
{
	struct heard *const heard = context;

	return ++heard->besides < 5;
}

static void post(struct heard *heard, const struct post *letter, int64_t limit_ms)
{
	const struct post_calls calls = {give, hear, beside, heard};

	heard->post = letter;
	post_lanes(LANES, limit_ms, &calls);
}

static const char *const to[] = {"noc@example.jp"};
static const char *const bad_to[] = {"noc@example.jp", "x@example.jp>\r\nRCPT TO:<y@example.jp"};
static const char *const two_words[] = {"a b@example.jp"};
static const char *const no_at[] = {"root"};
static const char *const header[] = {"X-Token: abc\r\nX-Other: d"};
static const char *const no_header[] = {"X-Token"};

/* Port 9 would be a connection: none may be tried. */
#define MAIL(...) .method = POST_MAIL, .url = "smtp://127.0.0.1:9", __VA_ARGS__
static const struct {
	const char *name;
	struct post post;
} forbidden[] = {
    {"a line end in a recipient", {MAIL(.mail_to = bad_to, .mail_tos = 2)}},
    {"two words", {MAIL(.mail_to = two_words, .mail_tos = 1)}},
    {"no domain", {MAIL(.mail_to = no_at, .mail_tos = 1)}},
    {"nobody", {MAIL(.mail_tos = 0)}},
    {"a line end in the sender",
     {MAIL(.mail_from = "a@example.jp\nDATA", .mail_to = to, .mail_tos = 1)}},
    {"a line end in the password",
     {MAIL(.user = "u", .password = "p\r\nDATA", .mail_to = to, .mail_tos = 1)}},
    {"a line end in a header", {.url = "http://127.0.0.1:9/", .header = header, .headers = 1}},
    {"a header without value", {.url = "http://127.0.0.1:9/", .header = no_header, .headers = 1}},
    {"a line end in the URL", {.url = "http://127.0.0.1:9/\r\nX: y"}},
    {"a blank in the URL", {.url = "http://127.0.0.1:9/ HTTP/1.1"}},
    {"no URL", {.url = ""}},
    {"no host", {.url = "http:///x"}},
    {"a file", {.url = "file:///etc/passwd"}},
    {"mail by HTTP",
     {.method = POST_MAIL, .url = "http://127.0.0.1:9/", .mail_to = to, .mail_tos = 1}},
    {"HTTP by mail", {.method = POST_HTTP, .url = "smtp://127.0.0.1:9/"}},
};

static void what_could_be_a_command_is_refused_unsent(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
		struct heard heard = {.left = {1}};

		post(&heard, &forbidden[i].post, 5000);
		if (heard.refused != 1 || heard.later || heard.taken)
			fail_msg("%s: %s", forbidden[i].name, heard.error);
	}
}

/* A port that listens and whose connections nobody answers. */
static int silent_port(uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void a_closed_port_is_told_for_each_letter(void **state)
{
	struct heard heard = {.left = {2, 0, 1}};
	struct post letter = {.total_ms = 2000};
	uint16_t port;
	char url[64];
	const int fd = silent_port(&port);

	(void)state;
	close(fd);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/services/T0SECRET/B0", port);
	letter.url = url;
	post(&heard, &letter, 5000);
	assert_int_equal(heard.later, 3);
	assert_int_equal(heard.taken + heard.refused, 0);
	assert_true(*heard.error);
	assert_null(strstr(heard.error, "T0SECRET"));
	assert_int_equal(heard.besides, 5);
}

static void silence_ends_with_the_time(void **state)
{
	static const struct {
		int64_t total_ms, limit_ms;
	} time_limit[] = {{300, 20000}, {20000, 300}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(time_limit); i++) {
		struct heard heard = {.left = {1, 1, 1}};
		struct post letter = {.total_ms = time_limit[i].total_ms};
		struct timespec began, ended;
		uint16_t port;
		char url[64];
		const int fd = silent_port(&port);

		assert_int_equal(listen(fd, 8), 0);
		snprintf(url, sizeof(url), "http://127.0.0.1:%u/", port);
		letter.url = url;
		clock_gettime(CLOCK_MONOTONIC, &began);
		post(&heard, &letter, time_limit[i].limit_ms);
		clock_gettime(CLOCK_MONOTONIC, &ended);
		close(fd);
		assert_int_equal(heard.later, 3);
		assert_true(ended.tv_sec - began.tv_sec < 15);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codes_decide),
	    cmocka_unit_test(secrets_are_blotted_out),
	    cmocka_unit_test(what_could_be_a_command_is_refused_unsent),
	    cmocka_unit_test(a_closed_port_is_told_for_each_letter),
	    cmocka_unit_test(silence_ends_with_the_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
