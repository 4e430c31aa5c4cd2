#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/arena.h"
#include "base/ip.h"
#include "model/list.h"
#include "model/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The configuration as read: every value is within its bounds, defaults are filled in. Strings
 * are never NULL ("" is "not given") and belong to the arena given to conf_load. */

struct conf_address {
	struct prefix prefix; /* one address, or a block that is watched as a whole */
	const char *name, *helo, *pool;
};

/* A key some lists ask for. The key itself is only in list.query_zone. */
struct conf_key {
	const char *name, *key_file;
};

struct conf_domain {
	const char *domain;
	const char *const *selector;
	size_t selectors;
	const char *pool;
};

struct conf_log_map {
	const char *word; /* the service or the host */
	struct ip ip;
};

struct conf_maillog {
	const char *path, *format;
	struct ip ip; /* family 0: not given */
	const char *timezone; /* "": the operator's */
	const char *const *match; /* of a journal: as io/journal.h has them */
	size_t matches;
	const struct conf_log_map *by_service;
	size_t by_services;
	const struct conf_log_map *by_host;
	size_t by_hosts;
};

struct conf_channel {
	const char *name, *type;
	const char *const *to;
	size_t tos;
	const char *from, *url, *url_file, *user, *password_file, *ca_file;
	const char *const *command; /* program and arguments */
	size_t commands;
	const char *command_file; /* of Nagios */
	const char *const *pool; /* none: all */
	size_t pools;
	enum severity min_severity;
	const char *language; /* "": the main one */
	const char *quiet_hours; /* as parse_day_span() has it, in the operator's zone */
	int64_t timeout_ms;
};

struct conf {
	const char *path; /* of the main file, "" for built-in defaults */
	uint64_t digest; /* of the text of all files: what it says is the same where this is */
	const char *state_dir, *language, *timezone;
	int64_t stale_after_ms;
	struct {
		const char *const *server; /* ADDRESS[:PORT]; none: /etc/resolv.conf */
		size_t servers;
		int64_t timeout_ms;
		int64_t tries, in_flight;
		int64_t deadline_ms; /* for the whole pass */
	} resolver;
	struct {
		const char *const *catalogue_path;
		size_t catalogue_paths;
		const char *const *disable, *const *enable; /* zones */
		size_t disables, enables;
		const struct conf_key *key;
		size_t keys;
		int64_t confirm;
		int64_t confirm_wait_ms;
		double breaker;
		double rate; /* questions a second to a list whose entry names none; 0: no limit */
	} lists;
	struct catalogue catalogue;
	const char *const *replies_path; /* read by conf/replies.h when they are needed */
	size_t replies_paths;
	bool are_replies_given; /* or the default */
	struct {
		const char *rrdcached; /* "": files are written directly */
	} series;
	const struct conf_address *address;
	size_t addresses;
	const struct conf_domain *domain;
	size_t domains;
	struct {
		int64_t every_ms;
		int64_t min_volume, limit;
		const char *const *ignore;
		size_t ignores;
	} auth;
	const struct conf_maillog *maillog;
	size_t maillogs;
	struct {
		double elevated_ratio, spike_ratio;
		int64_t floor, idle_days;
	} volume;
	struct {
		int64_t repeat_ms, digest_over;
		const char *heartbeat_url, *heartbeat_url_file;
		const char *weekly; /* a day's name; "": never */
		const char *report_url;
		const struct conf_channel *channel;
		size_t channels;
	} alerts;
	/* What is right but worth knowing, FILE:LINE: sentence. */
	const char *const *note;
	size_t notes;
};

#endif
