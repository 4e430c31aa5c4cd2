#include "log_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	read_lines(LOG_POSTFIX, data, len);
	return 0;
}
