#include "render/utf8.h"

#include "base/mem.h"

#include <string.h>

/* The Unicode Standard, table 3-7: well-formed byte sequences. Third and fourth bytes are
 * always 80..BF. */
struct form {
	uint8_t lead_low, lead_high;
	uint8_t bytes;
	uint8_t second_low, second_high;
	uint8_t lead_bits; /* of the lead byte that belong to the code point */
};
static const struct form form[] = {
    {0xc2, 0xdf, 2, 0x80, 0xbf, 0x1f}, {0xe0, 0xe0, 3, 0xa0, 0xbf, 0x0f},
    {0xe1, 0xec, 3, 0x80, 0xbf, 0x0f}, {0xed, 0xed, 3, 0x80, 0x9f, 0x0f},
    {0xee, 0xef, 3, 0x80, 0xbf, 0x0f}, {0xf0, 0xf0, 4, 0x90, 0xbf, 0x07},
    {0xf1, 0xf3, 4, 0x80, 0xbf, 0x07}, {0xf4, 0xf4, 4, 0x80, 0x8f, 0x07},
};

struct range {
	int32_t low, high;
};

static const struct range hidden[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f},
    {0x00ad, 0x00ad}, /* soft hyphen */
    {0x034f, 0x034f}, /* combining grapheme joiner */
    {0x061c, 0x061c}, /* Arabic letter mark */
    {0x115f, 0x1160}, /* Hangul fillers */
    {0x17b4, 0x17b5},   {0x180b, 0x180f},
    {0x200b, 0x200f}, /* zero width characters, directional marks */
    {0x2028, 0x202e}, /* line and paragraph separators, embeddings and overrides */
    {0x2060, 0x206f}, /* word joiner, invisible operators, isolates */
    {0x3164, 0x3164},   {0xfe00, 0xfe0f}, /* variation selectors */
    {0xfeff, 0xfeff}, /* byte order mark */
    {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, /* tags, more variation selectors */
};

static const struct range combining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x20d0, 0x20ff}, {0x302a, 0x302d}, {0x3099, 0x309a}, {0xfe20, 0xfe2f},
};

/* East Asian Width W and F (UAX 11), blocks joined where what lies between is unassigned. */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x3247},   {0x3250, 0x4dbf},
    {0x4e00, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},   {0xffe0, 0xffe6},
    {0x16fe0, 0x18cff}, {0x1aff0, 0x1b2ff}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
    {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

static bool in_ranges(int32_t point, const struct range *range, size_t ranges)
{
	for (size_t i = 0; i < ranges && range[i].low <= point; i++)
		if (point <= range[i].high)
			return true;
	return false;
}

static const struct form *form_of(uint8_t lead)
{
	for (size_t i = 0; i < COUNT_OF(form); i++)
		if (lead >= form[i].lead_low && lead <= form[i].lead_high)
			return &form[i];
	return NULL;
}

size_t utf8_next(const char *bytes, size_t len, int32_t *point)
{
	const uint8_t lead = len ? (uint8_t)bytes[0] : 0;
	const struct form *f;

	*point = lead;
	if (lead < 0x80)
		return len ? 1 : 0;
	f = form_of(lead);
	if (!f) {
		*point = UTF8_INVALID;
		return 1;
	}
	*point = lead & f->lead_bits;
	for (size_t i = 1; i < f->bytes; i++) {
		const uint8_t low = i == 1 ? f->second_low : 0x80;
		const uint8_t high = i == 1 ? f->second_high : 0xbf;
		const uint8_t byte = i < len ? (uint8_t)bytes[i] : 0;

		if (byte < low || byte > high) {
			*point = UTF8_INVALID;
			return i;
		}
		*point = *point << 6 | (byte & 0x3f);
	}
	return f->bytes;
}

bool utf8_is_hidden(int32_t point)
{
	return in_ranges(point, hidden, COUNT_OF(hidden));
}

size_t utf8_columns(int32_t point)
{
	if (point < 0x300)
		return 1;
	if (in_ranges(point, combining, COUNT_OF(combining)))
		return 0;
	return in_ranges(point, wide, COUNT_OF(wide)) ? 2 : 1;
}

size_t utf8_text_columns(const char *bytes, size_t len)
{
	size_t columns = 0;

	for (size_t at = 0; at < len;) {
		int32_t point;

		at += utf8_next(bytes + at, len - at, &point);
		columns += utf8_columns(point);
	}
	return columns;
}

size_t utf8_plain(const char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len && bytes[at] >= ' ' && bytes[at] <= '~')
		at++;
	return at;
}

bool utf8_is_valid(const char *text)
{
	const size_t len = strlen(text);
	int32_t point = 0;

	for (size_t at = 0; at < len && point != UTF8_INVALID;)
		at += utf8_next(text + at, len - at, &point);
	return point != UTF8_INVALID;
}

size_t utf8_take(const char *bytes, size_t len, int32_t *point)
{
	const size_t plain = utf8_plain(bytes, len);

	if (!plain)
		return utf8_next(bytes, len, point);
	*point = bytes[0];
	return plain;
}
