#include "base/mem.h"
#include "base/url.h"
#include "conf/problems.h"
#include "conf/rules.h"
#include "sys/files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a channel of each type needs and takes beside its name. A URL that is enough to post is a
 * secret and comes from a file. */

enum {
	TO = 1,
	FROM = 2,
	URL = 4,
	URL_FILE = 8,
	USER = 16,
	PASSWORD = 32,
	CA = 64,
	COMMAND = 128,
	COMMAND_FILE = 256
};

static const struct channel_rule {
	const char *type;
	unsigned needs, takes; /* of URL and URL_FILE together: one of the two */
	const char *scheme; /* of `url` */
} channel_rule[] = {
    {"mail", TO | FROM | URL, USER | PASSWORD | CA, "smtp"},
    {"slack", URL_FILE, CA, "http"},
    {"mattermost", URL_FILE, CA, "http"},
    {"discord", URL_FILE, CA, "http"},
    {"teams", URL_FILE, CA, "http"},
    {"chatwork", URL | PASSWORD, CA, "http"},
    {"pagerduty", PASSWORD, URL | CA, "http"},
    {"alertmanager", URL, USER | PASSWORD | CA, "http"},
    {"webhook", URL | URL_FILE, USER | PASSWORD | CA, "http"},
    {"command", COMMAND, 0, ""},
    {"nagios", COMMAND_FILE, 0, ""},
    {"icinga", URL | USER | PASSWORD, CA, "http"},
};

struct channel_option {
	unsigned bit;
	const char *name;
	size_t offset; /* in struct conf_channel */
};

static const struct channel_option channel_option[] = {
    {TO, "to", offsetof(struct conf_channel, to)},
    {FROM, "from", offsetof(struct conf_channel, from)},
    {URL, "url", offsetof(struct conf_channel, url)},
    {URL_FILE, "url_file", offsetof(struct conf_channel, url_file)},
    {USER, "user", offsetof(struct conf_channel, user)},
    {PASSWORD, "password_file", offsetof(struct conf_channel, password_file)},
    {CA, "ca_file", offsetof(struct conf_channel, ca_file)},
    {COMMAND, "command", offsetof(struct conf_channel, command)},
    {COMMAND_FILE, "command_file", offsetof(struct conf_channel, command_file)},
};

static const void *field_of(const struct conf_channel *channel, const struct channel_option *option)
{
	return (const char *)channel + option->offset;
}

static unsigned given_bits(struct reader *reader, const struct conf_channel *channel)
{
	unsigned given = 0;

	for (size_t i = 0; i < COUNT_OF(channel_option); i++)
		if (reader_is_given(reader, field_of(channel, &channel_option[i])))
			given |= channel_option[i].bit;
	return given;
}

/* What is given but wrong was noted where it stands. */
static void check_needs(struct reader *reader, const struct conf_channel *channel,
			const struct channel_rule *rule, unsigned given)
{
	const bool has_choice = (rule->needs & (URL | URL_FILE)) == (URL | URL_FILE);
	const unsigned needs = has_choice ? rule->needs & ~(unsigned)(URL | URL_FILE) : rule->needs;

	if (has_choice && !(given & (URL | URL_FILE)))
		problems_add(&reader->problems, reader_where(reader, channel),
			     "a channel of type '%s' needs 'url_file' or 'url'", rule->type);
	for (size_t i = 0; i < COUNT_OF(channel_option); i++)
		if (needs & ~given & channel_option[i].bit)
			problems_add(&reader->problems, reader_where(reader, channel),
				     "a channel of type '%s' needs '%s'", rule->type,
				     channel_option[i].name);
}

static void check_takes(struct reader *reader, const struct conf_channel *channel,
			const struct channel_rule *rule, unsigned given)
{
	for (size_t i = 0; i < COUNT_OF(channel_option); i++) {
		const struct channel_option *const option = &channel_option[i];

		if (!(given & ~(rule->needs | rule->takes) & option->bit))
			continue;
		if (option->bit == URL && rule->needs & URL_FILE)
			problems_add(&reader->problems, reader_where(reader, &channel->url),
				     "the URL of a channel of type '%s' is a secret; put it into a "
				     "file and name that with 'url_file'",
				     rule->type);
		else
			problems_add(&reader->problems,
				     reader_where(reader, field_of(channel, option)),
				     "'%s' says nothing to a channel of type '%s'; remove it",
				     option->name, rule->type);
	}
}

/* A secret that goes out unencrypted is none; on loopback nobody hears it. */
static bool is_exposed(const char *url)
{
	return strncmp(url, "http://", 7) == 0 && !url_is_loopback(url);
}

static void check_url(struct reader *reader, const struct conf_channel *channel,
		      const struct channel_rule *rule, unsigned given)
{
	if (!*channel->url || !((rule->needs | rule->takes) & URL))
		return;
	if (strncmp(channel->url, rule->scheme, strlen(rule->scheme)) != 0)
		problems_add(&reader->problems, reader_where(reader, &channel->url),
			     "'url' of a channel of type '%s' must start with %ss:// or %s://",
			     rule->type, rule->scheme, rule->scheme);
	else if (given & PASSWORD && is_exposed(channel->url) && rule->needs != (URL | URL_FILE))
		problems_add(&reader->problems, reader_where(reader, &channel->url),
			     "'url' must start with https://, or the password goes out for all to "
			     "read");
}

/* The sentence must not hold what is in the file. */
static void check_secret_url(struct reader *reader, const char *const *field)
{
	char *url = NULL;
	struct err err;

	if (!**field || reader->is_looking || !files_secret(*field, &url, &err))
		return;
	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		problems_add(&reader->problems, reader_where(reader, field),
			     "the first line of %s is no URL; it must start with https://",
			     quote(reader->scratch, *field));
	else if (is_exposed(url))
		problems_add(&reader->problems, reader_where(reader, field),
			     "the URL in %s must start with https://, or it goes out for all to "
			     "read",
			     quote(reader->scratch, *field));
	explicit_bzero(url, strlen(url));
	free(url);
}

static void check_command(struct reader *reader, const struct conf_channel *channel)
{
	const char *const program = channel->commands ? channel->command[0] : NULL;

	if (!program)
		return;
	if (*program != '/')
		problems_add(&reader->problems, reader_where(reader, &channel->command[0]),
			     "the program %s of 'command' needs its whole path",
			     quote(reader->scratch, program));
	else if (!reader->is_looking && access(program, X_OK) != 0)
		problems_add(&reader->problems, reader_where(reader, &channel->command[0]),
			     "the program %s of 'command' cannot be run",
			     quote(reader->scratch, program));
}

static void check_channel(struct reader *reader, const struct conf_channel *channel)
{
	const unsigned given = given_bits(reader, channel);
	const struct channel_rule *rule = NULL;

	for (size_t i = 0; i < COUNT_OF(channel_rule); i++)
		if (strcmp(channel_rule[i].type, channel->type) == 0)
			rule = &channel_rule[i];
	if (!rule)
		return; /* noted where it stands */
	check_needs(reader, channel, rule, given);
	if (given & URL && given & URL_FILE)
		problems_add(&reader->problems, reader_where(reader, &channel->url_file),
			     "'url' and 'url_file' exclude each other; keep one");
	if (given & USER & rule->takes && !(given & PASSWORD))
		problems_add(&reader->problems, reader_where(reader, &channel->user),
			     "'user' needs 'password_file'");
	check_takes(reader, channel, rule, given);
	check_url(reader, channel, rule, given);
	check_secret_url(reader, &channel->url_file);
	check_command(reader, channel);
}

static bool is_watched(const struct conf *conf, const char *url)
{
	const struct slice host = url_host(url);
	char text[IP_TEXT_BYTES] = "";
	struct ip ip;

	if (host.len < sizeof(text))
		memcpy(text, host.at, host.len);
	if (!ip_parse(text, &ip))
		return false;
	for (size_t i = 0; i < conf->addresses; i++)
		if (prefix_has(&conf->address[i].prefix, &ip))
			return true;
	return false;
}

/* Mail through a server that sends from what is watched may be refused just when it matters. */
static void check_ways_out(struct reader *reader, const struct conf *conf)
{
	const struct conf_channel *const first = conf->alerts.channel;

	for (size_t i = 0; i < conf->alerts.channels; i++) {
		const struct conf_channel *const channel = &conf->alerts.channel[i];

		if (strcmp(channel->type, "mail") != 0 ||
		    (!url_is_loopback(channel->url) && !is_watched(conf, channel->url)))
			return;
	}
	if (conf->alerts.channels)
		problems_add(
		    &reader->notes, reader_where(reader, first),
		    "alerts may be sent from the very address that is listed: add a second "
		    "channel that does not depend on it");
}

static void check_heartbeat(struct reader *reader, const struct conf *conf)
{
	const char *const url = conf->alerts.heartbeat_url;

	if (*url && strncmp(url, "http", 4) != 0)
		problems_add(&reader->problems, reader_where(reader, &conf->alerts.heartbeat_url),
			     "'heartbeat_url' must start with https:// or http://");
	check_secret_url(reader, &conf->alerts.heartbeat_url_file);
}

void channels_check(struct reader *reader, const struct conf *conf)
{
	for (size_t i = 0; i < conf->alerts.channels; i++)
		check_channel(reader, &conf->alerts.channel[i]);
	check_heartbeat(reader, conf);
	check_ways_out(reader, conf);
}
