#ifndef IO_LIBGMIME_H
#define IO_LIBGMIME_H

#include "io/library.h"

/* Casts that look at run time whether they are right would call functions by name. */
#define G_DISABLE_CAST_CHECKS
#include <gmime/gmime.h>

/* What writing messages needs, of GMime and of the GLib that comes with it. */
/* clang-format off */
#define LIBGMIME_CALLS(CALL) \
	CALL(g_, free) \
	CALL(g_, utf8_validate) \
	CALL(g_, utf8_make_valid) \
	CALL(g_, object_unref) \
	CALL(g_, type_check_instance_is_a) \
	CALL(g_, date_time_new_from_unix_utc) \
	CALL(g_, date_time_to_timezone) \
	CALL(g_, date_time_unref) \
	CALL(g_, time_zone_new_offset) \
	CALL(g_, time_zone_unref) \
	CALL(internet_address_, get_name) \
	CALL(internet_address_, list_parse) \
	CALL(internet_address_, list_length) \
	CALL(internet_address_, list_get_address) \
	CALL(internet_address_, mailbox_get_type) \
	CALL(internet_address_, mailbox_get_addr) \
	CALL(g_mime_, init) \
	CALL(g_mime_, message_new) \
	CALL(g_mime_, message_add_mailbox) \
	CALL(g_mime_, message_set_date) \
	CALL(g_mime_, message_set_message_id) \
	CALL(g_mime_, message_set_mime_part) \
	CALL(g_mime_, message_set_subject) \
	CALL(g_mime_, object_append_header) \
	CALL(g_mime_, object_set_content_type_parameter) \
	CALL(g_mime_, object_write_to_stream) \
	CALL(g_mime_, part_new_with_type) \
	CALL(g_mime_, part_set_content) \
	CALL(g_mime_, part_set_content_encoding) \
	CALL(g_mime_, part_get_best_content_encoding) \
	CALL(g_mime_, data_wrapper_new_with_stream) \
	CALL(g_mime_, stream_mem_new) \
	CALL(g_mime_, stream_mem_new_with_buffer) \
	CALL(g_mime_, stream_mem_get_byte_array) \
	CALL(g_mime_, format_options_new) \
	CALL(g_mime_, format_options_free) \
	CALL(g_mime_, format_options_set_newline_format)
/* clang-format on */

struct libgmime {
	LIBGMIME_CALLS(LIBRARY_FIELD)
};

bool libgmime_load(struct libgmime *into, struct err *err);

#endif
