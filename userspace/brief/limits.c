// SPDX-License-Identifier: GPL-2.0
/* Limits that are near, or met. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "brief/facts.h"
#include "brief/limits.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "os/hugepages.h"
#include "os/limits-process.h"
#include "os/limits.h"

/* Processes whose own limits are read, if they may be near, but with --all: two files each. */
#define LIMITED_MOST	100

/* These may be used up for good: nothing fails before more is wanted. */
static bool may_last(enum limit_kind kind)
{
	return kind == LIMIT_CGROUP_SWAP || kind == LIMIT_CGROUP_HUGETLB ||
	       kind == LIMIT_CGROUP_RSVD || kind == LIMIT_POOL || kind == LIMIT_MEMLOCK;
}

/* Above memory.high is a rule of its own; a zone below its low watermark is what kswapd is for. */
static bool is_judged(const struct limit *limit)
{
	return limit->kind != LIMIT_ZONE &&
	       !(limit->kind == LIMIT_CGROUP_HIGH && limit_state(limit) == LIMIT_MET);
}

static void add_limit(struct brief *brief, const struct limit *limit, const struct task *task)
{
	const bool mappings = limit->kind == LIMIT_MAPPINGS;
	char size[NUMBER_SIZE], *name = limit_name(limit);

	text_size(size, (double)limit->limit);
	brief_add(brief, &(struct brief_fact){
		.rule = mappings ? BRIEF_MAPPINGS : BRIEF_LIMIT,
		.amount = limit->limit - limit->left, .limit = limit->limit,
		.what = mappings ? xasprintf("mappings, of vm.max_map_count %" PRIu64,
					     limit->limit) :
			xasprintf("of %s %s, then: %s", name, size,
				  limit_types[limit->kind].then),
		.who = task ? fact_process(task) : limit->whose ? xstrdup(limit->whose) : NULL,
		.path = limit_types[limit->kind].scope == LIMIT_OF_CGROUP && limit->whose ?
			xstrdup(limit->whose) : NULL,
		.pid = limit->pid, .lasts = may_last(limit->kind) });
	free(name);
}

/* Adds those of @limits that are near or met. */
static void add_limits(struct brief *brief, const struct limits *limits, const struct task *task)
{
	size_t i;

	for (i = 0; i < limits->n; i++)
		if (is_judged(&limits->v[i]) && limit_state(&limits->v[i]) != LIMIT_FAR)
			add_limit(brief, &limits->v[i], task);
}

/*
 * All processes have the number of their mappings in the census; the largest of those that may be
 * near an own limit are read.  Returns of how many all limits are known.
 */
static size_t add_processes(struct brief *brief, const struct snapshot *snap,
			    struct brief_ask *ask, uint64_t *unknown)
{
	const struct task **v = facts_largest(snap);
	struct limits limits = { .n = 0 };
	size_t i, read = 0, far = 0;

	for (i = 0; i < snap->n_tasks; i++) {
		const bool is_far = ask->live && !ask->quick && limits_own_far(v[i]);
		const bool live = ask->live && !is_far &&
				  (ask->all || read < LIMITED_MOST) && facts_take(ask, 2);
		const struct limit_process process = { .task = v[i], .live = live };

		read += live;
		far += is_far;
		limits_of_process(&limits, snap, &process);
		add_limits(brief, &limits, v[i]);
		/* Which nodes a process may use is not read here. */
		if (live)
			*unknown |= limits.unknown & ~(1ULL << LIMIT_NODE);
		else
			*unknown |= limits.unknown & 1ULL << LIMIT_MAPPINGS;
		limits_free(&limits);
	}
	free(v);
	return read + far;
}

/* What was not looked at; NULL: nothing. */
static char *lack_of(const struct limits *limits, uint64_t unknown, size_t unread)
{
	size_t size, i;
	char *text;
	FILE *out = xopen_memstream(&text, &size);

	for (i = 0; i < LIMITS; i++)
		if (unknown >> i & 1)
			fprintf(out, "%s%s", ftell(out) ? ", " : "unknown: ",
				limit_types[i].name);
	if (unread)
		fprintf(out, "%sRLIMIT_* of %zu processes", ftell(out) ? "; " : "", unread);
	if (limits->left_out)
		fprintf(out, "%s%zu limits of more than %d", ftell(out) ? "; " : "",
			limits->left_out, LIMITS_MOST);
	xfclose(out);
	if (!size) {
		free(text);
		text = NULL;
	}
	return text;
}

void facts_of_limits(struct brief *brief, const struct snapshot *snap, struct brief_ask *ask)
{
	struct limits limits = { .n = 0 };
	uint64_t unknown;
	size_t read;

	limits_of_machine(&limits, snap);
	limits_of_groups(&limits, snap);
	add_limits(brief, &limits, NULL);
	unknown = limits.unknown;
	read = add_processes(brief, snap, ask, &unknown);
	/* Without cgroups there are none, which the look at cgroups says. */
	for (size_t i = LIMIT_CGROUP_MAX; i <= LIMIT_CGROUP_RSVD; i++)
		unknown &= ~(1ULL << i);
	brief_look(brief, BRIEF_LOOK_LIMITS,
		   lack_of(&limits, unknown, ask->live ? snap->n_tasks - read : 0),
		   ask->live && read < snap->n_tasks ? "brief --all" : NULL);
	limits_free(&limits);
}

/* Pools, at most: arm64 with pages of 64 KiB has four. */
#define POOLS_MOST	8

void facts_of_hugepages(struct brief *brief, const struct snapshot *snap)
{
	struct limit_pool pools[POOLS_MOST];
	char size[NUMBER_SIZE], reserved[NUMBER_SIZE];
	size_t n, i;

	if (!hugepages_pools(snap, pools, POOLS_MOST, &n)) {
		brief_look_failed(brief, BRIEF_LOOK_HUGEPAGES, xstrdup("cannot be read"));
		return;
	}
	for (i = 0; i < n; i++) {
		text_size(size, (double)pools[i].size);
		text_size(reserved, (double)(pools[i].reserved * pools[i].size));
		if (pools[i].free)
			brief_add(brief, &(struct brief_fact){
				.rule = BRIEF_UNUSED, .amount = pools[i].free * pools[i].size,
				.what = xasprintf("huge pages of %s that are free, %s promised",
						  size, reserved) });
	}
	brief_look(brief, BRIEF_LOOK_HUGEPAGES, NULL, NULL);
}
