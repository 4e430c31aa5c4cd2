#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/url.h"

#include "base/mem.h"

static const struct {
	const char *url, *host;
	bool is_loopback;
} rows[] = {
    {"https://hooks.example.com/x", "hooks.example.com", false},
    {"smtp://127.0.0.1:25", "127.0.0.1", true},
    {"smtp://127.8.9.10", "127.8.9.10", true},
    {"smtp://localhost", "localhost", true},
    {"smtps://[::1]:465", "::1", true},
    {"https://[2001:db8::1]/", "2001:db8::1", false},
    {"https://[::1", "", false},
    {"https://u@127.0.0.1@h.example/", "h.example", false},
    {"https://h.example?x=@127.0.0.1/", "h.example", false},
    {"https://h.example/://127.0.0.1", "h.example", false},
    {"https://localhost.example/", "localhost.example", false},
    {"https://127.0.0.1.example/", "127.0.0.1.example", false},
    {"https://0177.0.0.1/", "0177.0.0.1", false},
    {"https://", "", false},
    {"127.0.0.1", "", false},
    {"", "", false},
};

static void test_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct slice host = url_host(rows[i].url);

		if (!slice_is(host, rows[i].host))
			fail_msg("%s: %.*s", rows[i].url, (int)host.len, host.at);
		if (url_is_loopback(rows[i].url) != rows[i].is_loopback)
			fail_msg("%s: loopback", rows[i].url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_hosts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
