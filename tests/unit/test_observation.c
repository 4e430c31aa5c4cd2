#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/observation.h"

static const struct {
	uint32_t code;
	const char *text;
} code_case[] = {
    {0x7f000002, "127.0.0.2"},       {0x7ffffffe, "127.255.255.254"}, {0, "0.0.0.0"},
    {UINT32_MAX, "255.255.255.255"}, {0x01020304, "1.2.3.4"},
};

static void writes_codes_as_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(code_case); i++) {
		char text[CODE_TEXT_BYTES];

		assert_string_equal(code_text(code_case[i].code, text), code_case[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_codes_as_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
