// SPDX-License-Identifier: GPL-2.0
/* memcensus share --if-stopped: what the system gets back if processes end. */
#include "cli/subtree.h"
#include "stopped/together.h"
#include "tools/share/each.h"
#include "tools/share/ends.h"
#include "tools/share/stopped.h"

/* All together. */
static int run_together(struct stopping *s, struct failure *why)
{
	const struct options *options = s->session->options;

	s->cgroups = options->cgroups;
	s->n_cgroups = options->n_cgroups;
	if (subtree_processes(&s->pids, options, why) || together_add(s, why))
		return -1;
	ends_show(s);
	ends_note(s);
	ends_note_sockets(s);
	return 0;
}

/* Each group alone, by one census of all. */
static int run_each(struct stopping *s, struct failure *why)
{
	s->session->may_end = true;
	if (process_all(&s->pids, why) || stopping_sort(s, why) ||
	    stopping_take(s, &s->pids, why))
		return -1;
	if (each_add_groups(s, why))
		return -1;
	sums_end(&s->sums, s->snap);
	if (each_name_cgroups(s, why))
		return -1;
	ends_show_each(s);
	ends_note(s);
	ends_note_peers(s->snap);
	return 0;
}

int stopped_run(struct session *session, uint8_t each, enum called_by called,
		struct failure *why)
{
	struct stopping s;
	int ret;

	stopping_begin(&s, session, each ?: MEMCENSUS_BY_PIDS);
	s.called = called;
	ret = each ? run_each(&s, why) : run_together(&s, why);
	stopping_free(&s);
	return ret;
}
