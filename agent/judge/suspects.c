/* Who is likely behind what happened to an address. An account is a suspect for what it sent
 * beyond its own usual, never for its size:
 *
 *     score = excess / all mail of the address       how much of what happened is its doing
 *           * (1 - usual / sent)                     how unlike itself it was
 *           * (1 + 4 * unknown + 2 * blocked + bounced share + reach)
 *
 * Whoever sends with a stolen password works through lists of addresses that are old, so unknown
 * users weigh most, then what receivers refused as spam, then other bounces; and it reaches
 * many receivers, where a newsletter of a small customer reaches few. */
#include "judge/suspects.h"

#include <stdbool.h>
#include <string.h>

/* Less than this beyond the usual in three days hurts no address. */
static const double excess_min = 20;
/* Up to this much over its usual an account does what it always does. */
static const double factor_min = 1.5;
static const double unknown_weight = 4, blocked_weight = 2, bounced_weight = 1, reach_weight = 0.5;
/* As many receivers as a list bought somewhere has at least. */
static const double reach_receivers = 50;

/* From 0 to 1, whatever was counted. */
static double share_of(double part, double all)
{
	if (!(part > 0) || !(all > 0))
		return 0;
	return part < all ? part / all : 1;
}

/* Written so that NaN and less than nothing count as never sent. */
static double usual_of(const struct account_volume *account)
{
	return account->usual > 0 ? account->usual : 0;
}

static bool is_unusual(const struct account_volume *account)
{
	const double sent = (double)account->recent;
	const double usual = usual_of(account);

	return sent - usual >= excess_min && sent >= factor_min * usual;
}

static double badness(const struct account_volume *account, const struct suspect *suspect)
{
	const double blocked = share_of((double)account->blocked, (double)account->recent);
	const double other = suspect->bounce_share - suspect->unknown_share;

	return 1 + unknown_weight * suspect->unknown_share + blocked_weight * blocked +
	       bounced_weight * (other > 0 ? other : 0) +
	       reach_weight * share_of(account->receivers, reach_receivers);
}

static struct suspect suspect_of(const struct account_volume *account, double all)
{
	const double sent = (double)account->recent;
	const double usual = usual_of(account);
	struct suspect suspect = {
	    .account = account->account,
	    .sent = account->recent,
	    .usual = usual,
	    .factor = sent / (usual > 1 ? usual : 1),
	    .share = share_of(sent, all),
	    .bounce_share = share_of((double)account->bounced, sent),
	    .unknown_share = share_of((double)account->unknown_user, sent),
	    .receivers = account->receivers,
	};

	suspect.score =
	    share_of(sent - usual, all) * share_of(sent - usual, sent) * badness(account, &suspect);
	return suspect;
}

/* A whole order, so that the same accounts come the same way whoever listed them. */
static bool comes_before(const struct suspect *a, const struct suspect *b)
{
	if (a->score > b->score || a->score < b->score)
		return a->score > b->score;
	if (a->sent != b->sent)
		return a->sent > b->sent;
	return strcmp(a->account, b->account) < 0;
}

/* Puts one into the sorted list of the best; returns how many there are then. */
static size_t insert(struct suspect *best, size_t count, size_t max, const struct suspect *fresh)
{
	size_t at = count;

	while (at > 0 && comes_before(fresh, &best[at - 1]))
		at--;
	if (at == max)
		return count;
	if (count < max)
		count++;
	memmove(&best[at + 1], &best[at], (count - at - 1) * sizeof(*best));
	best[at] = *fresh;
	return count;
}

size_t suspects_rank(const struct account_volume *account, size_t accounts, struct suspect *out,
		     size_t max)
{
	double all = 0;
	size_t count = 0;

	for (size_t i = 0; i < accounts; i++)
		all += (double)account[i].recent;
	for (size_t i = 0; i < accounts; i++) {
		struct suspect suspect;

		if (!is_unusual(&account[i]))
			continue;
		suspect = suspect_of(&account[i], all);
		count = insert(out, count, max, &suspect);
	}
	return count;
}
