#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "maillog/source.h"

#include <string.h>

static const struct log_map service[] = {{{"postfix-b", 9}, {4, {192, 0, 2, 11}}},
					 {{"x-198.51.100.7", 14}, {4, {192, 0, 2, 12}}}};
static const struct log_map host[] = {{{"mx7", 3}, {4, {192, 0, 2, 17}}}};
static const struct log_settings settings = {.address = {4, {192, 0, 2, 1}},
					     .by_service = service,
					     .by_services = COUNT_OF(service),
					     .by_host = host,
					     .by_hosts = COUNT_OF(host)};

static const struct {
	const char *name, *service, *host, *ip;
} source_case[] = {
    {"nothing is known: the log's own", "postfix", "mx1", "192.0.2.1"},
    {"of the host", "postfix", "mx7", "192.0.2.17"},
    {"of the service, which knows better", "postfix-b", "mx7", "192.0.2.11"},
    {"in the service's name, which knows best", "x-198.51.100.7", "mx7", "198.51.100.7"},
    {"at its start", "198.51.100.8-out", "mx1", "198.51.100.8"},
    {"IPv6", "postfix-2001:db8::7", "mx1", "2001:db8::7"},
    {"numbers that are none", "postfix-1.2.3-017-dead:beef", "mx1", "192.0.2.1"},
    {"the host's name is no service", "mx7", "mx1", "192.0.2.1"},
    {"where one ends and the other begins", "postfix-bm", "x7", "192.0.2.1"},
    {"none at all", "", "", "192.0.2.1"},
};

static void the_nearest_word_decides(void **state)
{
	struct sources *sources = sources_new(&settings);
	char text[IP_TEXT_BYTES];

	(void)state;
	for (int round = 0; round < 2; round++) { /* the second from memory */
		for (size_t i = 0; i < COUNT_OF(source_case); i++) {
			const struct ip ip =
			    sources_find(sources, slice_text(source_case[i].service),
					 slice_text(source_case[i].host));

			if (strcmp(ip_text(&ip, text), source_case[i].ip) != 0)
				fail_msg("%s: %s", source_case[i].name, text);
		}
	}
	sources_free(sources);
}

static void long_names_are_looked_up_each_time(void **state)
{
	struct sources *sources = sources_new(&settings);
	char name[500];
	struct ip ip;

	(void)state;
	memset(name, 'x', sizeof(name));
	ip = sources_find(sources, slice_of(name, sizeof(name)), slice_text("mx7"));
	assert_true(ip_equal(&ip, &host[0].ip));
	sources_free(sources);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_nearest_word_decides),
	    cmocka_unit_test(long_names_are_looked_up_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
