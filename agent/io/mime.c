#include "io/mime.h"

#include "base/str.h"
#include "io/libgmime.h"

#include <string.h>

/* RFC 5321 section 4.5.3.1.3 allows 256 with the angle brackets. Names beside it are short. */
enum { ADDRESS_MAX_BYTES = 254, MAILBOX_MAX_BYTES = 512, SUBJECT_MAX_BYTES = 512 };

static bool begin(struct libgmime *gmime, struct err *err)
{
	if (!libgmime_load(gmime, err))
		return false;
	gmime->init();
	return true;
}

bool mime_is_there(struct err *err)
{
	struct libgmime gmime;

	return libgmime_load(&gmime, err);
}

/* --- what may stand in a header --- */

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

/* One line of valid UTF-8. */
static const char *one_line(const struct libgmime *gmime, const char *text, struct arena *arena)
{
	char *valid = gmime->utf8_make_valid(text, (gssize)strnlen(text, SUBJECT_MAX_BYTES));
	char *line = arena_strdup(arena, valid);

	gmime->free(valid);
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';
	return line;
}

static bool is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Letters of both cases, digits, dots, hyphens: what an id may hold without quotes. */
static bool is_plain(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!is_letter_or_digit(*at) && !strchr("-.", *at))
			return false;
	return *text != '\0' && strlen(text) <= ADDRESS_MAX_BYTES;
}

static const char *host_of(const struct mime_mail *mail)
{
	return mail->host && is_plain(mail->host) ? mail->host : "localhost";
}

/* --- addresses --- */

/* What libraries let pass and SMTP would take for something else: RFC 5321 section 4.1.2 without
 * quoted local parts and address literals. */
static bool is_address(const char *text)
{
	const char *at = strrchr(text, '@');

	if (!at || at == text || strlen(text) > ADDRESS_MAX_BYTES || !is_plain(at + 1))
		return false;
	for (const char *c = text; c < at; c++)
		if (*c <= ' ' || *c > '~' || strchr("()<>[]:;@\\,\"", *c))
			return false;
	return true;
}

/* The single mailbox that the text is, or NULL; the list holds it. */
static InternetAddressMailbox *parse_mailbox(const struct libgmime *gmime, const char *text,
					     InternetAddressList **list)
{
	InternetAddress *one;

	*list = NULL;
	if (has_control(text) || strlen(text) > MAILBOX_MAX_BYTES ||
	    !gmime->utf8_validate(text, -1, NULL))
		return NULL;
	*list = gmime->list_parse(NULL, text);
	if (!*list || gmime->list_length(*list) != 1)
		return NULL;
	one = gmime->list_get_address(*list, 0);
	if (!gmime->type_check_instance_is_a(&one->parent_object.g_type_instance, gmime->mailbox_get_type()) ||
	    !is_address(gmime->mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one))))
		return NULL;
	return INTERNET_ADDRESS_MAILBOX(one);
}

static void drop(const struct libgmime *gmime, void *object)
{
	if (object)
		gmime->object_unref(object);
}

static bool add_mailbox(const struct libgmime *gmime, GMimeMessage *message, GMimeAddressType type,
			const char *text, struct err *err)
{
	InternetAddressList *list;
	InternetAddressMailbox *const mailbox = parse_mailbox(gmime, text, &list);

	if (mailbox)
		gmime->message_add_mailbox(message, type,
					   gmime->get_name(INTERNET_ADDRESS(mailbox)),
					   gmime->mailbox_get_addr(mailbox));
	else
		err_set(err, "'%s' is no mail address", text);
	drop(gmime, list);
	return mailbox;
}

static bool add_addresses(const struct libgmime *gmime, GMimeMessage *message,
			  const struct mime_mail *mail, struct err *err)
{
	bool is_good = add_mailbox(gmime, message, GMIME_ADDRESS_TYPE_FROM, mail->from, err);

	if (!mail->tos)
		return err_set(err, "there is nobody to send mail to");
	for (size_t i = 0; is_good && i < mail->tos; i++)
		is_good = add_mailbox(gmime, message, GMIME_ADDRESS_TYPE_TO, mail->to[i], err);
	return is_good;
}

/* --- the other fields --- */

static void add_field(const struct libgmime *gmime, GMimeMessage *message, const char *name,
		      const char *value)
{
	gmime->object_append_header(GMIME_OBJECT(message), name, value, "utf-8");
}

static void add_date(const struct libgmime *gmime, GMimeMessage *message,
		     const struct mime_mail *mail)
{
	GDateTime *const utc = gmime->date_time_new_from_unix_utc(mail->at);
	GTimeZone *const zone = gmime->time_zone_new_offset(mail->offset_s);
	GDateTime *const local = utc ? gmime->date_time_to_timezone(utc, zone) : NULL;

	if (local) {
		gmime->message_set_date(message, local);
		gmime->date_time_unref(local);
	}
	if (utc)
		gmime->date_time_unref(utc);
	gmime->time_zone_unref(zone);
}

static const char *id_of(const struct mime_mail *mail, uint32_t seq, struct arena *arena)
{
	return arena_printf(arena, "%s.%u@%s", is_plain(mail->uid) ? mail->uid : "letter", seq,
			    host_of(mail));
}

static void add_thread(const struct libgmime *gmime, GMimeMessage *message,
		       const struct mime_mail *mail, struct arena *arena)
{
	gmime->message_set_message_id(message, id_of(mail, mail->seq, arena));
	if (mail->seq > 1) {
		const char *const first = arena_printf(arena, "<%s>", id_of(mail, 1, arena));

		add_field(gmime, message, "In-Reply-To", first);
		add_field(gmime, message, "References", first);
	}
}

/* RFC 3834 section 5: nobody's vacation answers a machine. The second field is Exchange's. */
static void add_machine_fields(const struct libgmime *gmime, GMimeMessage *message,
			       const struct mime_mail *mail, struct arena *arena)
{
	add_field(gmime, message, "Auto-Submitted", "auto-generated");
	add_field(gmime, message, "X-Auto-Response-Suppress", "All");
	add_field(gmime, message, "X-Repwatch-Host", host_of(mail));
	add_field(gmime, message, "X-Repwatch-Incident", one_line(gmime, mail->uid, arena));
	add_field(gmime, message, "X-Repwatch-Seq", arena_printf(arena, "%u", mail->seq));
	add_field(gmime, message, "X-Repwatch-Kind", one_line(gmime, mail->kind, arena));
	add_field(gmime, message, "X-Repwatch-Severity", one_line(gmime, mail->severity, arena));
}

/* --- body and whole --- */

/* RFC 2046 section 4.1.1: a line of text ends with CRLF before it is encoded, too. */
static const char *canonical(const struct libgmime *gmime, struct slice body, struct arena *arena)
{
	char *const valid = gmime->utf8_make_valid(body.at, (gssize)body.len);
	struct str text = {0};
	const char *copy;

	for (const char *at = valid; *at; at++) {
		if (*at == '\n')
			str_add(&text, "\r\n");
		else if (*at != '\r')
			str_add_char(&text, *at);
	}
	copy = arena_strdup(arena, str_text(&text));
	str_release(&text);
	gmime->free(valid);
	return copy;
}

static void add_body(const struct libgmime *gmime, GMimeMessage *message,
		     const struct mime_mail *mail, struct arena *arena)
{
	const char *const text = canonical(gmime, mail->body, arena);
	GMimeStream *const stream = gmime->stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *const content =
	    gmime->data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	GMimePart *const part = gmime->part_new_with_type("text", "plain");

	gmime->object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	gmime->part_set_content(part, content);
	gmime->part_set_content_encoding(
	    part, gmime->part_get_best_content_encoding(part, GMIME_ENCODING_CONSTRAINT_7BIT));
	gmime->message_set_mime_part(message, GMIME_OBJECT(part));
	gmime->object_unref(part);
	gmime->object_unref(content);
	gmime->object_unref(stream);
}

static void write_out(const struct libgmime *gmime, GMimeMessage *message, struct arena *arena,
		      struct slice *out)
{
	GMimeFormatOptions *const format = gmime->format_options_new();
	GMimeStream *const stream = gmime->stream_mem_new();
	GByteArray *bytes;

	gmime->format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	gmime->object_write_to_stream(GMIME_OBJECT(message), format, stream);
	bytes = gmime->stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	out->len = bytes->len;
	out->at = arena_strndup(arena, (const char *)bytes->data, bytes->len);
	gmime->object_unref(stream);
	gmime->format_options_free(format);
}

bool mime_message(const struct mime_mail *mail, struct arena *arena, struct slice *out,
		  struct err *err)
{
	struct libgmime lib;
	const struct libgmime *const gmime = &lib;
	GMimeMessage *message;
	bool is_good;

	if (!begin(&lib, err))
		return false;
	message = gmime->message_new(FALSE);
	is_good = add_addresses(gmime, message, mail, err);
	if (is_good) {
		gmime->message_set_subject(message, one_line(gmime, mail->subject, arena), "utf-8");
		add_date(gmime, message, mail);
		add_thread(gmime, message, mail, arena);
		add_machine_fields(gmime, message, mail, arena);
		add_body(gmime, message, mail, arena);
		write_out(gmime, message, arena, out);
	}
	gmime->object_unref(message);
	return is_good;
}
