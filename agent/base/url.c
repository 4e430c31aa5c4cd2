#include "base/url.h"

#include "base/ip.h"

struct slice url_host(const char *url)
{
	const char *const mark = strstr(url, "://");
	const char *at = mark ? mark + 3 : "";
	const size_t authority = strcspn(at, "/?#");
	const char *const user = memrchr(at, '@', authority);
	size_t left = authority;

	if (user) {
		left -= (size_t)(user + 1 - at);
		at = user + 1;
	}
	if (left && *at == '[') {
		const char *const end = memchr(at, ']', left);

		return end ? slice_of(at + 1, (size_t)(end - at) - 1) : slice_of(at, 0);
	}
	return slice_of(at, strcspn(at, ":") < left ? strcspn(at, ":") : left);
}

bool url_is_loopback(const char *url)
{
	static const struct ip six = {.family = 6, .byte = {[15] = 1}};
	const struct slice host = url_host(url);
	char text[IP_TEXT_BYTES];
	struct ip ip;

	if (slice_is(host, "localhost"))
		return true;
	if (!host.len || host.len >= sizeof(text))
		return false;
	memcpy(text, host.at, host.len);
	text[host.len] = '\0';
	return ip_parse(text, &ip) &&
	       (ip.family == 4 ? ip.byte[0] == 127 : ip_compare(&ip, &six) == 0);
}
