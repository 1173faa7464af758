// SPDX-License-Identifier: GPL-2.0
/* One run of a command: takes its censuses. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/session.h"
#include "cli/subtree.h"
#include "lib/signals.h"
#include "os/cmdlines.h"
#include "os/ksm.h"
#include "os/numa-maps.h"

/* Waits until the next census is due and sets the time of the one after it. */
static bool wait_for_due(struct session *session)
{
	const uint64_t interval = session->options->interval;
	uint64_t now;

	if (session->due && !signals_sleep_until(session->due))
		return false;
	now = signals_now();
	if (!session->due)
		session->due = now;
	if (interval)
		session->due += ((now - session->due) / interval + 1) * interval;
	return true;
}

static bool is_over(const struct session *session)
{
	const struct options *options = session->options;

	if (signals_stopped())
		return true;
	if (options->count)
		return session->taken >= options->count;
	return session->taken && !options->interval && session->source->ops->live;
}

/*
 * Takes the next census of a record that is an interval later than the previous
 * one; skips those between.
 */
static enum taken next_recorded(struct session *session, struct snapshot *snap,
				struct failure *why)
{
	const uint64_t interval = session->options->interval;
	enum taken taken;
	bool back;

	for (;;) {
		taken = session->source->ops->take(session->source,
						   &session->request, snap, why);
		if (taken != TAKE_DONE || !interval ||
		    !KNOWN(&snap->scan, MEMCENSUS_SCAN_REALTIME_NS))
			return taken;
		back = snap->scan.realtime < session->realtime;
		session->realtime = snap->scan.realtime;
		/* Take the nearest one: it may be up to half an interval early. */
		if (!session->taken || back || snap->scan.realtime + interval / 2 >= session->due)
			break;
		snapshot_reset(snap);
	}
	/* After a gap in the record, or if the clock was set back, restart the time grid. */
	if (back || snap->scan.realtime > session->due + interval)
		session->due = snap->scan.realtime;
	session->due += interval;
	return taken;
}

/* Fails if none of the named processes has an address space. */
static int check_named(const struct session *session, const struct snapshot *snap,
		       struct failure *why)
{
	const struct request *request = &session->request;
	size_t i;

	if (!request->pids.n || session->may_end)
		return 0;
	for (i = 0; i < snap->n_tasks; i++)
		if (!task_is_gone(&snap->tasks[i]))
			return 0;
	if (snap->n_tasks && !KNOWN(&snap->tasks[0], MEMCENSUS_TASK_COMM))
		return fail(why, FAIL_NO_PROCESS, "no such process: PID %" PRIu64 "%s",
			    request->pids.v[0], request->pids.n > 1 ? " nor any other" : "");
	return fail(why, FAIL_NO_PROCESS,
		    "process %" PRIu64 "%s has no address space (kernel thread or zombie)",
		    request->pids.v[0], request->pids.n > 1 ? ", as all others," : "");
}

enum taken session_take(struct session *session, struct snapshot **snap,
			struct failure *why)
{
	const bool live = session->source->ops->live;
	enum taken taken;

	*snap = NULL;
	if ((session->prepare && session->prepare(session, why)) ||
	    (session->by_subtree && subtree_request(session, why)))
		return TAKE_FAILED;
	*snap = snapshot_new();
	taken = live ? session->source->ops->take(session->source, &session->request, *snap, why) :
		       next_recorded(session, *snap, why);
	if (taken == TAKE_DONE && live && check_named(session, *snap, why))
		taken = TAKE_FAILED;
	if (taken == TAKE_DONE) {
		subtree_narrow(session, *snap);
		if (session->options->called_by)
			called_groups(*snap, session->options->called_by);
		if (live && session->request.cmdlines)
			session->missed += cmdlines_add(*snap);
		if (live && session->request.nodes)
			session->missed_nodes += numa_maps_add(*snap);
		if (live && session->request.merged)
			ksm_add(*snap);
		if (!session->taken++ && KNOWN(&(*snap)->scan, MEMCENSUS_SCAN_BOOTTIME_NS))
			session->begun = (*snap)->scan.boottime;
		return TAKE_DONE;
	}
	snapshot_free(*snap);
	*snap = NULL;
	/* A signal interrupted the census. */
	if (taken == TAKE_FAILED && why->kind == FAIL_INTERRUPTED && signals_stopped())
		return TAKE_END;
	return taken;
}

enum taken session_next(struct session *session, struct snapshot **snap,
			struct failure *why)
{
	*snap = NULL;
	if (is_over(session) ||
	    (session->source->ops->live && !wait_for_due(session)))
		return TAKE_END;
	return session_take(session, snap, why);
}

void session_free(struct session *session)
{
	free(session->pids);
}
