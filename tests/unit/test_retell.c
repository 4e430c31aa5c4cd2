/* Finding the sentence that an English text was made of, and saying it in another language. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "render/retell.h"
#include "render/tr_table.h"

#include <stdio.h>
#include <string.h>

static void sentences(void **state)
{
	static const struct {
		const char *english, *wanted;
	} row[] = {
	    {"", ""},
	    {"no answer in time", "時間内に応答なし"},
	    {"192.0.2.10 has no PTR record", "192.0.2.10 にPTRレコードがありません"},
	    /* places change their order, sentences stand within sentences */
	    {"SPF gives fail for 192.0.2.10: there is no SPF record",
	     "192.0.2.10 からの送信のSPF結果は fail です: SPFレコードがありません"},
	    {"sent 48,200 yesterday, 155 times last month's daily mean of 310; Tuesdays usually "
	     "bring 250",
	     "昨日48,200通を送信、前月の1日平均310通の155倍。火曜日は通常250通"},
	    {"sent 9,100 today by 10:59, on the way to 48,200, 5.1 times the daily mean so far of "
	     "310; now and then there are 4,000",
	     "本日10:59までに9,100通を送信（見込み48,200通）、これまでの1日平均310通の5.1倍。"
	     "時おり4,000通の日あり"},
	    {"docomo refuses its mail: rate-limit (ip), 310 messages so far; it says: 550 none; "
	     "suspects: a@example.jp sent 48,200, usually 310, b@example.jp sent 12, usually 1",
	     "docomo が受信を拒否: 流量制限（対象: IPアドレス）、これまでに310通。説明: 550 "
	     "none。疑わしい送信元: a@example.jp 送信48,200通（通常310通）、b@example.jp "
	     "送信12通（通常1通）"},
	    {"zen.example lists it, now major (was minor): SBL (127.0.0.2)",
	     "zen.example に登録（重大度が「注意」から「重要」に上昇）: SBL（127.0.0.2）"},
	    {"3 domains (a.example, b.example, ...): SPF gives softfail for its address",
	     "3件のドメイン（a.example, b.example, ...）: 送信元IPアドレスからの送信のSPF結果は "
	     "softfail です"},
	    {"whether DKIM, DMARC and PTR would pass as a bulk sender's is not known: no domain "
	     "was "
	     "looked at yet",
	     "一括送信者の要件（DKIM、DMARCと逆引き（PTR））を満たすかは不明です: "
	     "まだ確認したドメインがありません"},
	    {"docomo takes its mail again, after 1d 2h",
	     "docomo が1日2時間ぶりに受信を再開しました"},
	    /* the shipped catalogue's words are ours, an operator's are not */
	    {"zen.example lists it: SBL, source of spam (127.0.0.2, 127.0.0.9)",
	     "zen.example に登録: SBL、迷惑メールの送信元（127.0.0.2, 127.0.0.9）"},
	    {"zen.example lists it: SBL, own words (127.0.0.2)",
	     "zen.example に登録: SBL, own words（127.0.0.2）"},
	    {"answered 127.0.0.255: more than 95% spam", "応答 127.0.0.255: 迷惑メール95%超"},
	    /* what is a stranger's is shown as it is */
	    {"zen.example lists it: SBL; it says: no answer in time",
	     "zen.example に登録: SBL。説明: no answer in time"},
	    {"selector none: there is no record", "セレクター none: レコードがありません"},
	    /* half a translation is worse than none */
	    {"first none, then something of an older version (none)",
	     "first none, then something of an older version (none)"},
	    {"selector none: something of an older version",
	     "selector none: something of an older version"},
	    {"not one of our sentences", "not one of our sentences"},
	    {"of x selectors the first 32 were looked at",
	     "of x selectors the first 32 were looked at"},
	    {" no answer in time", " no answer in time"},
	    {"no answer in time\n", "no answer in time\n"},
	    {"%s", "%s"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		retell(&out, "ja", row[i].english);
		if (strcmp(str_text(&out), row[i].wanted) != 0)
			fail_msg("'%s': '%s'", row[i].english, str_text(&out));
		str_clear(&out);
		retell(&out, "en", row[i].english);
		assert_string_equal(str_text(&out), row[i].english);
		str_release(&out);
	}
}

/* What printf() would make of the sentence, with fillings that are ours where the translation tells
 * them, too. */
static void make_sample(struct str *english, struct str *japanese, const struct tr_row *row)
{
	static const char *const ours[] = {"no answer in time", "時間内に応答なし"};
	const char *filling[9][2];
	size_t places = 0;
	size_t next = 0;

	for (const char *at = row->translated; *at; at++) {
		const struct tr_place place = tr_place(at, next);

		if (!place.len)
			continue;
		next = place.which + 1;
		filling[place.which][0] = place.is_told || place.is_word ? ours[0] : "42";
		filling[place.which][1] = place.is_told || place.is_word ? ours[1] : "42";
	}
	for (const char *at = row->english; *at; at++)
		if (at[0] == '%' && at[1] == '%') {
			str_add_char(english, *at++);
		} else if (*at == '%') {
			at += 1 + strspn(at + 1, "0123456789.*zl");
			str_add(english, filling[places++][0]);
		} else {
			str_add_char(english, *at);
		}
	next = 0;
	for (const char *at = row->translated; *at; at++) {
		const struct tr_place place = tr_place(at, next);

		if (place.len) {
			str_add(japanese, filling[place.which][1]);
			next = place.which + 1;
			at += place.len - 1;
		} else {
			at += at[0] == '%' && at[1] == '%';
			str_add_char(japanese, *at);
		}
	}
}

static void each_sentence_is_found_again(void **state)
{
	size_t said = 0;

	(void)state;
	for (size_t i = 0; i < tr_ja_rows; i++) {
		struct str english = {0}, japanese = {0}, out = {0};

		if (!tr_ja[i].is_said || strcmp(tr_ja[i].english, "%s") == 0)
			continue;
		said++;
		make_sample(&english, &japanese, &tr_ja[i]);
		retell(&out, "ja", str_text(&english));
		if (strcmp(str_text(&out), str_text(&japanese)) != 0)
			fail_msg("'%s' of '%s' becomes '%s'", str_text(&english), tr_ja[i].english,
				 str_text(&out));
		str_release(&english);
		str_release(&japanese);
		str_release(&out);
	}
	assert_true(said > 250);
}

/* Words that look like many of our sentences cost no more than others. */
static void long_texts_end(void **state)
{
	struct str text = {0}, out = {0};

	(void)state;
	while (text.len < 60000)
		str_add(&text, "none, none; none: none and none '");
	retell(&out, "ja", str_text(&text));
	assert_string_equal(str_text(&out), str_text(&text));
	str_release(&text);
	str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sentences),
	    cmocka_unit_test(each_sentence_is_found_again),
	    cmocka_unit_test(long_texts_end),
	};

	return cmocka_run_group_tests_name("retell", tests, NULL, NULL);
}
