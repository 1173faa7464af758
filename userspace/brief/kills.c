// SPDX-License-Identifier: GPL-2.0
/* OOM kills of the last day, by the kernel's log. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "brief/kills.h"
#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "model/amount.h"
#include "os/kernel-log.h"

#define DAY	(24 * 3600 * NSEC_PER_SEC)

/* Cgroups whose limits were met: the rest is counted with the last one. */
#define PLACES_MOST	16

/**
 * struct place - where the OOM killer ran
 * @of: cgroup whose limit was met; NULL: the machine; owned
 * @n: kills
 * @last: when the last one was, ns of CLOCK_MONOTONIC
 * @victim: "PID COMM" of that; owned
 * @in: its cgroup; owned
 */
struct place {
	char *of;
	uint64_t n;
	uint64_t last;
	char *victim;
	char *in;
};

/**
 * struct kills - what is found in the log
 * @v: @n of them
 * @of, @in: of the last line "oom-kill:"; owned
 * @from: ns of CLOCK_MONOTONIC, from when on kills count
 * @all: also those before that
 */
struct kills {
	struct place v[PLACES_MOST];
	size_t n;
	char *of;
	char *in;
	uint64_t from;
	uint64_t all;
};

/* The text behind @key up to a ',' that begins @next, which the caller frees; NULL: none. */
static char *field(const char *text, const char *key, const char *next)
{
	const char *begin = strstr(text, key), *end;

	if (!begin)
		return NULL;
	begin += strlen(key);
	end = strstr(begin, next);
	return end ? xasprintf("%.*s", (int)(end - begin), begin) : NULL;
}

static struct place *place_of(struct kills *kills)
{
	size_t i;

	for (i = 0; i < kills->n; i++)
		if (kills->of ? kills->v[i].of && !strcmp(kills->v[i].of, kills->of) :
				!kills->v[i].of)
			return &kills->v[i];
	if (kills->n == PLACES_MOST)
		return &kills->v[PLACES_MOST - 1];
	kills->v[kills->n].of = kills->of ? xstrdup(kills->of) : NULL;
	return &kills->v[kills->n++];
}

/* "Memory cgroup out of memory: Killed process 4711 (name) total-vm:..." */
static void note_kill(struct kills *kills, uint64_t when, const char *text)
{
	const char *begin = strstr(text, "illed process "), *name, *end;
	struct place *place;

	if (!begin)
		return;
	begin += strlen("illed process ");
	name = strstr(begin, " (");
	end = name ? strstr(name, ") total-vm:") : NULL;
	if (!end)
		return;
	kills->all++;
	if (when < kills->from)
		return;
	place = place_of(kills);
	place->n++;
	place->last = when;
	free(place->victim);
	free(place->in);
	place->victim = xasprintf("%.*s %.*s", (int)(name - begin), begin,
				  (int)(end - name - 2), name + 2);
	place->in = kills->in ? xstrdup(kills->in) : NULL;
}

static void note_line(void *untyped, uint64_t when, const char *text)
{
	struct kills *kills = untyped;

	if (!strncmp(text, "oom-kill:", strlen("oom-kill:"))) {
		free(kills->of);
		free(kills->in);
		kills->of = field(text, ",oom_memcg=", ",task_memcg=");
		kills->in = field(text, ",task_memcg=", ",task=");
	} else if (strstr(text, "ut of memory")) {
		note_kill(kills, when, text);
	}
}

static void add_place(struct brief *brief, const struct place *place, uint64_t boot)
{
	brief_add(brief, &(struct brief_fact){
		.rule = BRIEF_OOM_KILL, .amount = place->n, .since = place->last + boot,
		.what = place->of ? xasprintf("OOM kills by the limit of %s, last day", place->of) :
				    xstrdup("OOM kills, as the machine's memory ran out, last day"),
		.who = place->in ? xasprintf("%s in %s", place->victim, place->in) :
				   xstrdup(place->victim),
		.path = place->of ? xstrdup(place->of) : NULL });
}

void facts_of_kills(struct brief *brief, const struct snapshot *snap)
{
	const struct amount all = amount_figure(&snap->totals.events, MEMCENSUS_E_OOM_KILL);
	const uint64_t now = signals_now(), real = signals_realtime();
	struct kills kills = { .from = now > DAY ? now - DAY : 0 };
	char *lacks = NULL;
	size_t i;

	/* There was none since the boot: the log may be long. */
	if (all.known && !all.bytes) {
		brief_look(brief, BRIEF_LOOK_KILLS, NULL, NULL);
		return;
	}
	if (!kernel_log_each(note_line, &kills)) {
		brief_look_failed(brief, BRIEF_LOOK_KILLS, xstrdup("cannot be read: run as root"));
		return;
	}
	for (i = 0; i < kills.n; i++) {
		add_place(brief, &kills.v[i], real - now);
		free(kills.v[i].of);
		free(kills.v[i].victim);
		free(kills.v[i].in);
	}
	if (all.known && (uint64_t)all.bytes > kills.all)
		lacks = xasprintf("it lacks %" PRIu64 " of %" PRId64 " OOM kills since boot",
				  (uint64_t)all.bytes - kills.all, all.bytes);
	brief_look(brief, BRIEF_LOOK_KILLS, lacks, lacks ? "oom" : NULL);
	free(kills.of);
	free(kills.in);
}
