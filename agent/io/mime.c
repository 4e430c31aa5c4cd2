#include "io/mime.h"

#include "base/str.h"

#include <gmime/gmime.h>
#include <string.h>

/* RFC 5321 section 4.5.3.1.3 allows 256 with the angle brackets. Names beside it are short. */
enum { ADDRESS_MAX_BYTES = 254, MAILBOX_MAX_BYTES = 512, SUBJECT_MAX_BYTES = 512 };

/* --- what may stand in a header --- */

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

/* One line of valid UTF-8. */
static const char *one_line(const char *text, struct arena *arena)
{
	char *valid = g_utf8_make_valid(text, (gssize)strnlen(text, SUBJECT_MAX_BYTES));
	char *line = arena_strdup(arena, valid);

	g_free(valid);
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';
	return line;
}

/* Letters of both cases, digits, dots, hyphens: what an id may hold without quotes. */
static bool is_plain(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!g_ascii_isalnum(*at) && !strchr("-.", *at))
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
		if (!g_ascii_isgraph(*c) || strchr("()<>[]:;@\\,\"", *c))
			return false;
	return true;
}

/* The single mailbox that the text is, or NULL; the list holds it. */
static InternetAddressMailbox *parse_mailbox(const char *text, InternetAddressList **list)
{
	InternetAddress *one;

	*list = NULL;
	if (has_control(text) || strlen(text) > MAILBOX_MAX_BYTES ||
	    !g_utf8_validate(text, -1, NULL))
		return NULL;
	*list = internet_address_list_parse(NULL, text);
	if (!*list || internet_address_list_length(*list) != 1)
		return NULL;
	one = internet_address_list_get_address(*list, 0);
	if (!INTERNET_ADDRESS_IS_MAILBOX(one) ||
	    !is_address(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one))))
		return NULL;
	return INTERNET_ADDRESS_MAILBOX(one);
}

static void drop(void *object)
{
	if (object)
		g_object_unref(object);
}

const char *mime_address(const char *text, struct arena *arena)
{
	InternetAddressList *list;
	const char *address = NULL;
	InternetAddressMailbox *mailbox;

	g_mime_init();
	mailbox = parse_mailbox(text, &list);
	if (mailbox)
		address = arena_strdup(arena, internet_address_mailbox_get_addr(mailbox));
	drop(list);
	return address;
}

static bool add_mailbox(GMimeMessage *message, GMimeAddressType type, const char *text,
			struct err *err)
{
	InternetAddressList *list;
	InternetAddressMailbox *const mailbox = parse_mailbox(text, &list);

	if (mailbox)
		g_mime_message_add_mailbox(message, type,
					   internet_address_get_name(INTERNET_ADDRESS(mailbox)),
					   internet_address_mailbox_get_addr(mailbox));
	else
		err_set(err, "'%s' is no mail address", text);
	drop(list);
	return mailbox;
}

static bool add_addresses(GMimeMessage *message, const struct mime_mail *mail, struct err *err)
{
	bool is_good = add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, mail->from, err);

	if (!mail->tos)
		return err_set(err, "there is nobody to send mail to");
	for (size_t i = 0; is_good && i < mail->tos; i++)
		is_good = add_mailbox(message, GMIME_ADDRESS_TYPE_TO, mail->to[i], err);
	return is_good;
}

/* --- the other fields --- */

static void add_field(GMimeMessage *message, const char *name, const char *value)
{
	g_mime_object_append_header(GMIME_OBJECT(message), name, value, "utf-8");
}

static void add_date(GMimeMessage *message, const struct mime_mail *mail)
{
	GDateTime *const utc = g_date_time_new_from_unix_utc(mail->at);
	GTimeZone *const zone = g_time_zone_new_offset(mail->offset_s);
	GDateTime *const local = utc ? g_date_time_to_timezone(utc, zone) : NULL;

	if (local) {
		g_mime_message_set_date(message, local);
		g_date_time_unref(local);
	}
	if (utc)
		g_date_time_unref(utc);
	g_time_zone_unref(zone);
}

static const char *id_of(const struct mime_mail *mail, uint32_t seq, struct arena *arena)
{
	return arena_printf(arena, "%s.%u@%s", is_plain(mail->uid) ? mail->uid : "letter", seq,
			    host_of(mail));
}

static void add_thread(GMimeMessage *message, const struct mime_mail *mail, struct arena *arena)
{
	g_mime_message_set_message_id(message, id_of(mail, mail->seq, arena));
	if (mail->seq > 1) {
		const char *const first = arena_printf(arena, "<%s>", id_of(mail, 1, arena));

		add_field(message, "In-Reply-To", first);
		add_field(message, "References", first);
	}
}

/* RFC 3834 section 5: nobody's vacation answers a machine. The second field is Exchange's. */
static void add_machine_fields(GMimeMessage *message, const struct mime_mail *mail,
			       struct arena *arena)
{
	add_field(message, "Auto-Submitted", "auto-generated");
	add_field(message, "X-Auto-Response-Suppress", "All");
	add_field(message, "X-Repwatch-Host", host_of(mail));
	add_field(message, "X-Repwatch-Incident", one_line(mail->uid, arena));
	add_field(message, "X-Repwatch-Seq", arena_printf(arena, "%u", mail->seq));
	add_field(message, "X-Repwatch-Kind", one_line(mail->kind, arena));
	add_field(message, "X-Repwatch-Severity", one_line(mail->severity, arena));
}

/* --- body and whole --- */

/* RFC 2046 section 4.1.1: a line of text ends with CRLF before it is encoded, too. */
static const char *canonical(struct slice body, struct arena *arena)
{
	char *const valid = g_utf8_make_valid(body.at, (gssize)body.len);
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
	g_free(valid);
	return copy;
}

static void add_body(GMimeMessage *message, const struct mime_mail *mail, struct arena *arena)
{
	const char *const text = canonical(mail->body, arena);
	GMimeStream *const stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *const content =
	    g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	GMimePart *const part = g_mime_part_new_with_type("text", "plain");

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(
	    part, g_mime_part_get_best_content_encoding(part, GMIME_ENCODING_CONSTRAINT_7BIT));
	g_mime_message_set_mime_part(message, GMIME_OBJECT(part));
	g_object_unref(part);
	g_object_unref(content);
	g_object_unref(stream);
}

static void write_out(GMimeMessage *message, struct arena *arena, struct slice *out)
{
	GMimeFormatOptions *const format = g_mime_format_options_new();
	GMimeStream *const stream = g_mime_stream_mem_new();
	GByteArray *bytes;

	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	out->len = bytes->len;
	out->at = arena_strndup(arena, (const char *)bytes->data, bytes->len);
	g_object_unref(stream);
	g_mime_format_options_free(format);
}

bool mime_message(const struct mime_mail *mail, struct arena *arena, struct slice *out,
		  struct err *err)
{
	GMimeMessage *message;
	bool is_good;

	g_mime_init();
	message = g_mime_message_new(FALSE);
	is_good = add_addresses(message, mail, err);
	if (is_good) {
		g_mime_message_set_subject(message, one_line(mail->subject, arena), "utf-8");
		add_date(message, mail);
		add_thread(message, mail, arena);
		add_machine_fields(message, mail, arena);
		add_body(message, mail, arena);
		write_out(message, arena, out);
	}
	g_object_unref(message);
	return is_good;
}
