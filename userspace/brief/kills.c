// SPDX-License-Identifier: GPL-2.0
/* OOM kills of the last day, by the kernel's log. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "brief/kills.h"
#include "lib/memory.h"
#include "lib/signals.h"
#include "model/amount.h"
#include "os/kernel-log.h"

#define DAY	(24 * 3600 * NSEC_PER_SEC)

/* Cgroups whose limits were met: the rest is counted with the last one. */
#define PLACES_MOST	16

/**
 * struct place - where the OOM killer ran
 * @cgroup: at the limit of a cgroup
 * @of: path of that; NULL: unknown, or the machine
 * @n: processes killed
 * @last: the last time
 */
struct place {
	bool cgroup;
	const char *of;
	uint64_t n;
	const struct kill *last;
};

/**
 * struct counted - the places of the kills since @from, ns since 1970
 * @v: @n of them
 * @all: kills, also those before
 */
struct counted {
	struct place v[PLACES_MOST];
	size_t n;
	uint64_t from;
	uint64_t all;
};

static struct place *place_of(struct counted *counted, const struct kill *kill)
{
	const bool cgroup = kill->scope == KILL_CGROUP;
	struct place *place;
	size_t i;

	for (i = 0; i < counted->n; i++) {
		place = &counted->v[i];
		if (place->cgroup == cgroup &&
		    !strcmp(place->of ?: "", kill->limited ?: ""))
			return place;
	}
	if (counted->n == PLACES_MOST)
		return &counted->v[PLACES_MOST - 1];
	place = &counted->v[counted->n++];
	place->cgroup = cgroup;
	place->of = kill->limited;
	return place;
}

static void count(struct counted *counted, const struct kill *kill)
{
	struct place *place;

	counted->all += kill->killed;
	if (kill->realtime < counted->from)
		return;
	place = place_of(counted, kill);
	place->n += kill->killed;
	place->last = kill;
}

static void read_line(void *kills, const struct kernel_line *line)
{
	kills_line(kills, line);
}

static void add_place(struct brief *brief, const struct place *place)
{
	const struct kill_victim *victim = &place->last->victims[0];

	brief_add(brief, &(struct brief_fact){
		.rule = BRIEF_OOM_KILL, .amount = place->n, .since = place->last->realtime,
		.what = place->of ? xasprintf("OOM kills by the limit of %s, last day", place->of) :
			xasprintf("OOM kills, %s, last day", place->cgroup ?
				  "by the limit of a cgroup" : "as the machine's memory ran out"),
		.who = place->last->within ?
			xasprintf("%" PRIu64 " %s in %s", victim->pid, victim->comm,
				  place->last->within) :
			xasprintf("%" PRIu64 " %s", victim->pid, victim->comm),
		.path = place->of ? xstrdup(place->of) : NULL });
}

void facts_of_kills(struct brief *brief, const struct snapshot *snap)
{
	const struct amount all = amount_figure(&snap->totals.events, EVENT_OOM_KILL);
	const uint64_t now = signals_realtime();
	struct counted counted = { .from = now > DAY ? now - DAY : 0 };
	struct kills kills = { .v = NULL };
	char *lacks = NULL;
	size_t i;

	/* There was none since the boot: the log may be long. */
	if (all.known && !all.bytes) {
		brief_look(brief, BRIEF_LOOK_KILLS, NULL, NULL);
		return;
	}
	if (!kernel_log_each(read_line, &kills)) {
		brief_look_failed(brief, BRIEF_LOOK_KILLS, xstrdup("cannot be read: run as root"));
		return;
	}
	for (i = 0; i < kills.n; i++)
		count(&counted, kills.v[i]);
	for (i = 0; i < counted.n; i++)
		add_place(brief, &counted.v[i]);
	if (all.known && (uint64_t)all.bytes > counted.all)
		lacks = xasprintf("it lacks %" PRIu64 " of %" PRId64 " OOM kills since boot",
				  (uint64_t)all.bytes - counted.all, all.bytes);
	brief_look(brief, BRIEF_LOOK_KILLS, lacks, lacks ? "oom" : NULL);
	kills_free(&kills);
}
