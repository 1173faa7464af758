// SPDX-License-Identifier: GPL-2.0
/* memcensus leak: finds processes whose private memory grows steadily. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/subtree.h"
#include "lib/memory.h"
#include "lib/output.h"
#include "lib/signals.h"
#include "model/format.h"
#include "os/kernel-stack.h"
#include "os/limits.h"
#include "os/proc-texts.h"
#include "os/process.h"
#include "report/changes.h"
#include "report/warnings.h"
#include "tools/leak/ahead.h"
#include "tools/leak/descriptors.h"
#include "tools/leak/show.h"
#include "tools/leak/stacks.h"

#define DEFAULT_TIME	(60 * NSEC_PER_SEC)
/* Default number of censuses in the requested time. */
#define DEFAULT_COUNT	60
#define LEAST_INTERVAL	NSEC_PER_SEC

/* The options of 'leak' alone. */
struct leak_options {
	bool stacks;
	const char *call_graph;
};

/* What a census of this machine has: zones and nodes say what is left of nodes. */
#define LIVE_PARTS	(MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES)

/* Of named processes, and of suspects */
#define NAMED_PARTS	(MEMCENSUS_PART_VMAS | MEMCENSUS_PART_FLAGS)

/* Maximum number of suspects whose mappings are requested: those that grew most. */
#define SUSPECTS_MAX	32

/**
 * struct leak - the state of a run
 * @descriptors: of live processes
 * @last: the last census; owned
 * @series: what was left of limits
 * @earlier: number of censuses of earlier boots, which are left out
 * @count: number of censuses to take; 0: all of a record
 * @pids: processes whose mappings are requested, named ones or suspects;
 *	owned
 */
struct leak {
	struct session *session;
	struct tracks tracks;
	struct leak_descriptors descriptors;
	struct snapshot *last;
	struct limit_series series;
	uint64_t earlier;
	uint64_t count;
	uint64_t *pids;
	size_t n_pids;
};

static bool has_times(const struct snapshot *snap)
{
	return KNOWN(&snap->scan, MEMCENSUS_SCAN_BOOTTIME_NS) &&
	       KNOWN(&snap->scan, MEMCENSUS_SCAN_REALTIME_NS);
}

/* A process ends with its boot: begins again after a reboot in a record. */
static void restart_after_reboot(struct leak *leak, const struct snapshot *snap)
{
	struct tracks *tracks = &leak->tracks;

	if (!leak->last || !has_times(snap) || changes_one_boot(leak->last, snap))
		return;
	leak->earlier += tracks->censuses;
	limit_series_free(&leak->series);
	tracks_restart(tracks);
}

/* What is left of limits in a census that the tracks have. */
static void add_limits(struct leak *leak, const struct snapshot *snap)
{
	struct limits limits = { .n = 0 };

	limits_of_machine(&limits, snap);
	limit_series_add(&leak->series, &limits,
			 (double)(snap->scan.boottime - leak->tracks.zero) / 1e9);
	limits_free(&limits);
}

static void add_census(struct leak *leak, struct snapshot *snap)
{
	const uint64_t censuses = leak->tracks.censuses;
	const struct session *session = leak->session;
	const bool live = session->source->ops->live, named = session->options->n_pids;
	const bool by_pid = session->request.pids.n;

	if (live)
		limits_read(snap);
	else
		restart_after_reboot(leak, snap);
	if (live && !leak->tracks.stack.known)
		leak->tracks.stack = kernel_stack_size(amount_total(snap,
								    MEM_KERNEL_STACK));
	if (!named)
		leak->tracks.own = live ? process_own() : proc_texts_recorder(snap);
	/* It may have all processes: select the named ones. */
	if (named && !by_pid)
		tracks_add(&leak->tracks, snap, leak->pids, leak->n_pids, true);
	else
		tracks_add(&leak->tracks, snap, NULL, 0, named || !by_pid);
	if (leak->tracks.censuses > censuses || leak->tracks.censuses == 1)
		add_limits(leak, snap);
}

static int by_growth(const void *a, const void *b)
{
	const struct suspect *x = a, *y = b;

	return COMPARE(y->finding.grown, x->finding.grown);
}

/*
 * Chooses the suspects at half time: processes that grew until now.  A missed leak is
 * worse than a false suspect, so processes that grew unevenly are included.
 */
static void choose_suspects(struct leak *leak)
{
	const struct tracks *tracks = &leak->tracks;
	struct suspect *rising = xcalloc(tracks->n, sizeof(*rising));
	struct suspect suspect = { 0 };
	size_t n = 0, i;

	leak->pids = xcalloc(SUSPECTS_MAX, sizeof(*leak->pids));
	for (i = 0; i < tracks->n; i++) {
		suspect.track = tracks->v[i];
		if (!track_lives(tracks, suspect.track))
			continue;
		suspect.finding = slope_judge(suspect.track->series.points,
					      suspect.track->series.n, LEAK_LEAST / 2);
		if (suspect.finding.verdict >= VERDICT_UNEVEN)
			rising[n++] = suspect;
	}
	qsort(rising, n, sizeof(*rising), by_growth);
	for (i = 0; i < n && i < SUSPECTS_MAX; i++)
		leak->pids[leak->n_pids++] = rising[i].track->pid;
	free(rising);
}

/* From half time on, every second census has only the suspects, with their mappings. */
static void choose_request(struct leak *leak)
{
	struct session *session = leak->session;
	struct request *request = &session->request;
	bool of_suspects;

	if (!session->source->ops->live || session->options->n_pids)
		return;
	if (!leak->pids && session->taken >= leak->count / 2)
		choose_suspects(leak);
	if (session->source->shared)
		return;
	of_suspects = leak->n_pids && session->taken % 2;
	request->pids = (struct numbers){ of_suspects ? leak->n_pids : 0, leak->pids };
	request->parts = LIVE_PARTS | (of_suspects ? NAMED_PARTS : 0);
}

/* Drops requested processes that have ended; false if none was dropped. */
static bool drop_ended(struct leak *leak)
{
	size_t i, kept = 0, n = leak->n_pids;

	for (i = 0; i < n; i++)
		if (!process_is_gone(leak->pids[i]))
			leak->pids[kept++] = leak->pids[i];
	/* Drop all suspects rather than fail again and again. */
	if (kept == n && !leak->session->options->n_pids)
		kept = 0;
	leak->n_pids = kept;
	/* Without privileges, of all processes. */
	if (leak->session->request.pids.n)
		leak->session->request.pids.n = kept;
	return kept < n;
}

/*
 * The mappings of suspects and of named processes, where a service answers: it gives users a census
 * of all their processes, without mappings.
 */
static void add_mappings(struct leak *leak)
{
	const struct source *source = leak->session->source;
	const struct request request = {
		.parts = MEMCENSUS_PART_TASKS | NAMED_PARTS,
		.pids = { leak->n_pids, leak->pids },
	};
	struct failure ended;
	struct snapshot *snap;

	if (!source->shared || !leak->n_pids)
		return;
	snap = snapshot_new();
	if (source->ops->take(leak->session->source, &request, snap, &ended) == TAKE_DONE)
		tracks_add_mappings(&leak->tracks, snap);
	else if (ended.kind == FAIL_NO_PROCESS)
		drop_ended(leak);
	snapshot_free(snap);
}

static int add_all(struct leak *leak, struct failure *why)
{
	struct session *session = leak->session;
	bool named = session->options->n_pids;
	struct snapshot *snap, *last;
	enum taken taken;
	uint64_t due;
	int ret = 0;

	while (!ret && (!leak->count || session->taken < leak->count) &&
	       (!named || leak->n_pids)) {
		choose_request(leak);
		due = session->due;
		taken = session_next(session, &snap, why);
		if (taken == TAKE_END)
			break;
		if (taken == TAKE_DONE) {
			add_census(leak, snap);
			if (session->source->shared && named) {
				drop_ended(leak);
				/* The first census may be older than the processes. */
				if (!leak->tracks.n && leak->tracks.censuses > 1)
					leak->n_pids = 0;
			}
			add_mappings(leak);
			if (session->source->ops->live && leak->tracks.censuses == 1 &&
			    !leak->descriptors.n)
				leak_descriptors_read(&leak->descriptors, &leak->tracks, true);
			/* The next one of a record may be of another boot. */
			if (has_times(snap)) {
				last = leak->last;
				leak->last = snap;
				snap = last;
			}
		} else if (why->kind == FAIL_NO_PROCESS && leak->tracks.censuses) {
			/* Retry a process that is still exiting at the next census. */
			if (drop_ended(leak))
				session->due = due;
		} else {
			ret = -1;
		}
		snapshot_free(snap);
	}
	return ret;
}

/* Which limits may come before those that are shown. */
static void note_unknown(const struct leak_report *report)
{
	const uint64_t unknown = report->limits.unknown, cgroups = 1ULL << LIMIT_CGROUP_MAX;
	char names[256] = "";
	size_t i, n = 0;

	if (unknown & cgroups && !report->live) {
		fprintf(stderr, "memcensus: the record has no limits of cgroups, so %s\n",
			"TimeLeft is unknown: record with -g");
		return;
	}
	for (i = 0; i < LIMITS; i++)
		if (unknown >> i & 1 && leak_takes(report, limit_types[i].use))
			n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s",
					      n ? ", " : "", limit_types[i].name);
	if (n)
		fprintf(stderr, "memcensus: TimeLeft is without limits that %s: %s\n",
			report->live ? "cannot be read" : "the record does not have", names);
	if (report->limits.left_out)
		fprintf(stderr, "memcensus: %zu limits left out: more than %d\n",
			report->limits.left_out, LIMITS_MOST);
}

static void report_leaks(struct leak *leak)
{
	const struct session *session = leak->session;
	struct leak_report report = {
		.tracks = &leak->tracks,
		.live = session->source->ops->live,
		.last = leak->last,
		.series = &leak->series,
		.within = session->options->n_cgroups == 1 &&
			  strcmp(session->options->cgroups[0], "/") ?
			  session->options->cgroups[0] : NULL,
	};

	if (leak->tracks.dropped)
		fprintf(stderr, "memcensus: up to %zu processes or mappings of a census %s\n",
			leak->tracks.dropped,
			"are not followed: too many since the first census: name PIDs");
	if (leak->tracks.skipped)
		fprintf(stderr, "memcensus: %llu censuses left out: no later than another\n",
			(unsigned long long)leak->tracks.skipped);
	if (leak->earlier)
		fprintf(stderr, "memcensus: %llu censuses left out: before the last reboot\n",
			(unsigned long long)leak->earlier);
	leak_judge(&report, session->options->n_pids);
	if (report.in_swap)
		fprintf(stderr, "memcensus: %zu process%s in swap had too few samples: %s\n",
			report.in_swap, report.in_swap == 1 ? "" : "es",
			"whose that swap is was unknown, as not all processes were walked");
	leak_find_limits(&report);
	if (report.n)
		note_unknown(&report);
	if (report.live)
		leak_descriptors_read(&leak->descriptors, &leak->tracks, false);
	report.descriptors = &leak->descriptors;
	leak_show(&report, session);
	leak_free(&report);
}

/* The command prints nothing for long, so it first prints how long it takes. */
static void announce(const struct leak *leak)
{
	char time[TIME_SIZE];
	uint64_t interval = leak->session->options->interval;

	if (!leak->session->source->ops->live || !isatty(STDERR_FILENO))
		return;
	time_duration(time, (leak->count - 1) * (interval / 1e9));
	fprintf(stderr, "memcensus: %llu censuses in %s; Ctrl-C ends it early\n",
		(unsigned long long)leak->count, time);
}

static int leak_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	struct leak leak = { .session = session };
	const struct leak_options *own = options->own;
	bool live = session->source->ops->live, by_pid;
	struct leak_stacks stacks = { .pid = 0 };
	struct failure ignored;
	int ret;

	/* Never partial: a busy process only has fewer points, and the report shows it. */
	if (live)
		leak.count = options->duration / options->interval + 1;
	if (options->n_pids) {
		leak.pids = xmemdup(options->pids, options->n_pids * sizeof(*leak.pids));
		leak.n_pids = options->n_pids;
	}
	/* A request for PIDs of a record fails if one of several has ended. */
	by_pid = live && !session->source->shared;
	session->request.pids = (struct numbers){ by_pid ? leak.n_pids : 0, leak.pids };
	/* Those of records have the limits of cgroups. */
	session->request.any_groups = !live;
	if (live)
		session->request.parts = LIVE_PARTS |
					 (by_pid && leak.n_pids ? NAMED_PARTS : 0);
	announce(&leak);
	if (own->stacks && leak_stacks_begin(&stacks, options, own->call_graph,
					     output_columns(session->out), why)) {
		free(leak.pids);
		return -1;
	}
	ret = add_all(&leak, why);
	if (!ret && !leak.tracks.n)
		ret = fail(why, FAIL_NO_PROCESS, "these censuses contain none of these processes");
	/* Measurements before a failure are valid: report them. */
	if (!ret || (leak.tracks.n && leak.tracks.censuses >= SLOPE_MIN_POINTS))
		report_leaks(&leak);
	if (stacks.pid && leak_stacks_end(&stacks, session->out, ret ? &ignored : why))
		ret = -1;
	leak_descriptors_free(&leak.descriptors);
	tracks_free(&leak.tracks);
	limit_series_free(&leak.series);
	snapshot_free(leak.last);
	free(leak.pids);
	return ret;
}

static int leak_words(struct options *options, char **words, int n,
		      struct failure *why)
{
	const struct leak_options *own = options->own;

	if (options_pids(options, words, n, why))
		return -1;
	if (own->stacks && (options->n_pids != 1 || options->file || options->json))
		return fail(why, FAIL_USAGE,
			    "'--stacks' follows one live process, and prints a table");
	if (own->call_graph && !own->stacks)
		return fail(why, FAIL_USAGE, "'--call-graph' needs '--stacks'");
	/* Without an interval, all censuses of a record count. */
	if (options->file)
		return 0;
	if (!options->duration)
		options->duration = options->interval * DEFAULT_COUNT > DEFAULT_TIME ?
				    options->interval * DEFAULT_COUNT : DEFAULT_TIME;
	if (!options->interval)
		options->interval = options->duration / DEFAULT_COUNT > LEAST_INTERVAL ?
				    options->duration / DEFAULT_COUNT : LEAST_INTERVAL;
	if (options->duration / options->interval + 1 < SLOPE_MIN_POINTS)
		return fail(why, FAIL_USAGE,
			    "'--for' is too short: at least %d censuses are needed, one per '--interval'",
			    SLOPE_MIN_POINTS);
	return 0;
}

/* Checked here, or memcensus-flame would fail while the censuses go on. */
static int set_call_graph(struct options *options, const char *value, struct failure *why)
{
	struct leak_options *own = options->own;

	own->call_graph = value;
	if (!strcmp(value, "fp") || !strcmp(value, "dwarf"))
		return 0;
	return fail(why, FAIL_USAGE, "no call graph '%.60s'; there are: fp dwarf", value);
}

static const struct option_entry option_stacks = {
	0, "stacks", NULL, "of one PID, also the stacks whose memory grew, as flame",
	OWN(FLAG, leak_options, stacks) };

static const struct option_entry option_call_graph = {
	0, "call-graph", "fp|dwarf", "with --stacks: as of flame",
	.set = set_call_graph };

static const struct option_use leak_uses[] = {
	USE(pid), USE_CGROUPS, USE(tree), USE(file), USE(at), OPTIONS_OF_SERIES, USE(output),
	USE(for), USE(stacks), USE(call_graph),
	OPTIONS_OF_TABLES,
};

const struct command leak_command = {
	.name = "leak",
	.words = leak_words,
	.about =
	"Takes a census every --interval for the time --for (1 minute), and prints the\n"
	"processes whose private memory grows steadily, not those that start up, fill a\n"
	"cache or fluctuate. A longer time gives a surer answer: a cache that is still\n"
	"filling grows like a leak. Private memory is what the system gets back when the\n"
	"process ends: exclusive anonymous and shared memory, swap, huge pages, page\n"
	"tables and kernel stacks, without page cache and what MADV_FREE gave back.\n"
	"\n"
	"Below each process it prints the mappings that grow, the heap first. Without\n"
	"PIDs, it reads the mappings of the suspects from half of the time on. A mapping\n"
	"is printed by name (and how many have it) or by address.\n"
	"\n"
	"PerHour is the Theil-Sen slope, the median of the slopes between all pairs of\n"
	"censuses; Low and High are its 95% confidence interval. Confidence is that of\n"
	"the Mann-Kendall test that the memory grows. TimeLeft is the time until the first\n"
	"limit is met, and Limit names it: memory and swap, memory.max or memory.high of a\n"
	"cgroup, a hugetlb pool, a tmpfs, CommitLimit, a node, RLIMIT_AS and others. Below\n"
	"the table is what is left of it, what happens there, and which limit is the next. A\n"
	"record has limits of cgroups if it was made with -g. Amounts are in KiB.\n"
	"\n"
	"The process that takes the censuses is left out unless PIDs are given. --cgroup PATH\n"
	"selects the processes of a cgroup and of those below it, --tree PID a process and its\n"
	"descendants, also those that join later.\n"
	"Growth below 64 KiB is ignored. Of a record, all censuses are used, or those of\n"
	"--from and --to; it has the mappings only of processes recorded by PID.\n",
	.options = leak_uses,
	.own_size = sizeof(struct leak_options),
	.parts = MEMCENSUS_PART_TASKS,
	.totals = true,
	.run = leak_run,
};
