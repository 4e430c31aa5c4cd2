#include "render/removal.h"

#include "base/mem.h"
#include "base/parse.h"
#include "render/escape.h"
#include "render/links.h"

#include <math.h>
#include <string.h>

/* The sentences of one language. Those with a %s are filled in by this file alone. */
struct phrases {
	const char *list_subject, *receiver_subject; /* address, list or receiver */
	const char *address, *ptr, *helo, *list, *since, *means, *says, *refused, *ticket, *then,
	    *now;
	const char *no_ptr;
	const char *messages_on; /* count, date */
	const char *messages; /* count */
	const char *so_far;
	const char *list_request, *receiver_request;
	const char *account; /* usual, yesterday, today */
	const char *complete;
	const char *closing;
};

static const struct phrases english = {
    .list_subject = "Subject: Removal of %s from %s\n",
    .receiver_subject = "Subject: Mail from %s refused by %s\n",
    .address = "Address",
    .ptr = "Reverse name",
    .helo = "HELO name",
    .list = "List",
    .since = "Since",
    .means = "Reason given",
    .says = "Your words",
    .refused = "Refused",
    .ticket = "Reference",
    .then = "Sent then",
    .now = "Sent now",
    .no_ptr = "none",
    .messages_on = "%s messages on %s",
    .messages = "%s messages",
    .so_far = " so far",
    .list_request = "We run the mail server with this address and ask you to remove it from the "
		    "list.\n",
    .receiver_request = "We run the mail server with this address and ask you to accept its mail "
			"again.\n",
    .account = "The account behind it usually sends %s messages a day; it sent %s yesterday and %s "
	       "today.\n",
    .complete = "[COMPLETE THIS LINE: what the cause was, what was done about it, and when]\n",
    .closing = "Should anything else be needed, please tell us what.\n",
};

static const struct phrases japanese = {
    .list_subject = "件名: IPアドレス %s の %s からの登録解除のお願い\n",
    .receiver_subject = "件名: IPアドレス %s からのメールの受信制限解除のお願い (%s)\n",
    .address = "IPアドレス",
    .ptr = "逆引きホスト名",
    .helo = "HELOホスト名",
    .list = "リスト",
    .since = "制限の開始",
    .means = "理由",
    .says = "応答の内容",
    .refused = "拒否された通数",
    .ticket = "受付番号",
    .then = "当時の送信数",
    .now = "現在の送信数",
    .no_ptr = "なし",
    .messages_on = "%s通 (%s)",
    .messages = "%s通",
    .so_far = " 集計途中",
    .list_request = "ご担当者様\n\n上記IPアドレスのメールサーバーを運用しております。"
		    "リストからの登録解除をお願いいたします。\n",
    .receiver_request = "ご担当者様\n\n上記IPアドレスのメールサーバーを運用しております。"
			"同アドレスからのメールの受信制限の解除をお願いいたします。\n",
    .account = "原因となったアカウントの通常の送信数は1日%s通ですが、昨日は%s通、"
	       "本日は%s通を送信しました。\n",
    .complete = "【この行を記入してください: 判明した原因、実施した対策、その日時】\n",
    .closing = "ほかに必要な情報がございましたら、お知らせください。\n",
};

static const struct phrases *const phrases[] = {
    [REMOVAL_ENGLISH] = &english,
    [REMOVAL_JAPANESE] = &japanese,
};
_Static_assert(COUNT_OF(phrases) == REMOVAL_LANGUAGE_COUNT, "sentences for each language");

/* A sentence with one "%s" after the other replaced. */
static void add_filled(struct str *out, const char *sentence, const char *const *filling)
{
	for (const char *place; (place = strstr(sentence, "%s")); sentence = place + 2) {
		str_add_bytes(out, sentence, (size_t)(place - sentence));
		escape_terminal(out, *filling, strlen(*filling));
		filling++;
	}
	str_add(out, sentence);
}

static void add_field(struct str *out, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	str_addf(out, "%s: ", label);
	escape_terminal(out, value, strlen(value));
	str_add_char(out, '\n');
}

static void add_count(struct str *out, const char *label, const char *sentence, uint64_t count)
{
	char number[GROUPED_BYTES];
	const char *const filling[] = {grouped_text(count, number)};

	if (!count)
		return;
	str_addf(out, "%s: ", label);
	add_filled(out, sentence, filling);
	str_add_char(out, '\n');
}

static void add_volume(struct str *out, const struct phrases *words, const char *label,
		       const struct removal_volume *volume)
{
	char number[GROUPED_BYTES];
	const char *const filling[] = {grouped_text(volume->sent, number), volume->date};

	if (!volume->is_known)
		return;
	str_addf(out, "%s: ", label);
	add_filled(out, words->messages_on, filling);
	str_addf(out, "%s\n", volume->is_so_far ? words->so_far : "");
}

static const char *name_of(const struct removal_view *view)
{
	return view->list ? view->list->name : view->standing->subject;
}

static void add_facts(struct str *out, const struct removal_view *view, const struct phrases *words,
		      const struct zone *zone)
{
	const struct standing *const standing = view->standing;
	char time[CIVIL_TEXT_BYTES];

	add_field(out, words->address, view->address);
	if (view->ptr)
		add_field(out, words->ptr, *view->ptr ? view->ptr : words->no_ptr);
	add_field(out, words->helo, view->helo);
	if (!view->is_receiver) {
		add_field(out, words->list, standing->subject);
		add_field(out, words->means, standing->means);
	}
	if (standing->since)
		add_field(out, words->since, civil_rfc3339(zone, standing->since, time));
	add_field(out, words->says, standing->text);
	if (view->is_receiver)
		add_count(out, words->refused, words->messages, view->refused);
	if (view->request && !view->request->cleared_at)
		add_field(out, words->ticket, view->request->ticket);
	add_volume(out, words, words->then, &view->then);
	add_volume(out, words, words->now, &view->now);
}

static void add_account(struct str *out, const struct removal_view *view,
			const struct phrases *words)
{
	const struct removal_suspect *const suspect = view->suspect;
	char usual[GROUPED_BYTES], yesterday[GROUPED_BYTES], today[GROUPED_BYTES];

	if (!view->suspects)
		return;
	add_filled(out, words->account,
		   (const char *const[]){grouped_text((uint64_t)llround(suspect->usual), usual),
					 grouped_text(suspect->yesterday, yesterday),
					 grouped_text(suspect->today, today)});
}

bool removal_has_letter(const struct removal_view *view)
{
	const enum removal_by by = view->way ? view->way->by : REMOVAL_BY_UNKNOWN;

	return by != REMOVAL_BY_EXPIRY && by != REMOVAL_BY_PAYING;
}

void removal_letter(struct str *out, const struct removal_view *view,
		    enum removal_language language, const struct zone *zone)
{
	const struct phrases *const words = phrases[language];
	const char *const filling[] = {view->address, name_of(view)};

	add_filled(out, view->is_receiver ? words->receiver_subject : words->list_subject, filling);
	str_add_char(out, '\n');
	add_facts(out, view, words, zone);
	str_add_char(out, '\n');
	str_add(out, view->is_receiver ? words->receiver_request : words->list_request);
	add_account(out, view, words);
	str_add(out, words->complete);
	str_add(out, words->closing);
}

void removal_page_url(struct str *out, const struct removal_view *view)
{
	if (view->way && view->way->url && *view->way->url)
		links_fill(out, view->way->url, view->address);
	else
		links_lookup(out, view->list, view->address);
}
