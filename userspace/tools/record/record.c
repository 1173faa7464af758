// SPDX-License-Identifier: GPL-2.0
/* memcensus record: writes censuses to a file, for -f and diff. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/subtree.h"
#include "lib/budget.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "os/limits.h"
#include "os/names.h"
#include "os/proc-texts.h"
#include "record/recorded-names.h"
#include "record/recorder.h"
#include "tools/record/kill-lines.h"
#include "tools/record/pace.h"

/* Share of one processor without --budget. */
#define BUDGET_DEFAULT	0.01

/* Most resident memory of this program that is locked, bytes. */
#define MEMORY_LOCK_MAX	(64UL << 20)
/* The C library accepts no higher one, for freed memory that is kept for later. */
#define MMAP_THRESHOLD	(32 << 20)

/**
 * struct record_options - the options of 'record' alone
 * @path: the file that it writes
 * @ring: most bytes of it; 0: no limit
 * @on_pressure: take more censuses while tasks stall for memory
 * @budget: share of one processor; 0: not given
 */
struct record_options {
	const char *path;
	uint64_t ring;
	bool on_pressure;
	double budget;
	bool vmas;
	bool cmdline;
};

static int record_words(struct options *options, char **words, int n,
			struct failure *why)
{
	struct record_options *own = options->own;

	if (!n)
		return fail(why, FAIL_USAGE, "'record' needs a FILE; '-' is stdout");
	own->path = words[0];
	if (options->group_by == MEMCENSUS_BY_PIDS && !options->n_pids && !options->n_roots)
		return fail(why, FAIL_USAGE,
			    "'--by all' needs '--pid' or '--tree'; '-g' has the sum of each cgroup");
	if (options->n_cgroups > 1 && (own->ring || own->on_pressure))
		return fail(why, FAIL_USAGE, "'--ring' and '--on-pressure' take one cgroup");
	/* It has the cgroups, of which its readers make the groups that --by names. */
	options->called_by = CALLED_BY_NONE;
	options->parts |= own->vmas ? MEMCENSUS_PART_VMAS | MEMCENSUS_PART_FLAGS : 0;
	return options_interval(options, words + 1, n - 1, why);
}

/* Parses bytes, or a number with K, M, G or T, of 1024 each; false if it is none. */
static bool read_bytes(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	size_t len = strlen(text);
	const char *unit = len ? strchr(units, text[len - 1]) : NULL;
	const unsigned int shift = unit ? 10 * (unsigned int)(unit - units + 1) : 0;

	if (!text_number(text, len - !!unit, bytes) || *bytes > UINT64_MAX >> shift)
		return false;
	*bytes <<= shift;
	return true;
}

static int set_ring(struct options *options, const char *value, struct failure *why)
{
	struct record_options *own = options->own;

	if (read_bytes(value, &own->ring) && own->ring >= RECORDER_RING_MIN &&
	    own->ring <= INT64_MAX)
		return 0;
	return fail(why, FAIL_USAGE,
		    "'%.60s' is not the size of a ring: a number of bytes, or 512K, 64M, 2G; at least %luK",
		    value, RECORDER_RING_MIN >> 10);
}

static int set_budget(struct options *options, const char *value, struct failure *why)
{
	struct record_options *own = options->own;

	if (budget_parse(&own->budget, value))
		return 0;
	return fail(why, FAIL_USAGE,
		    "'%.60s' is not a budget: a share of one processor, from 0.01%% to 100%%",
		    value);
}

/**
 * struct recording - a run of 'record'
 * @pace: when to take a census; NULL: at the interval
 * @lines: of OOM kills
 * @named: the record is of named processes alone, without them
 * @unlocked: it was said that the program is not locked in memory
 */
struct recording {
	struct session *session;
	struct recorder *recorder;
	struct pace *pace;
	struct kill_lines lines;
	bool named;
	bool unlocked;
};

/*
 * Whether a later census may succeed although this one failed.  A service that is down has no
 * processes, perhaps no cgroup.
 */
static bool may_go_on(const struct recording *run, const struct failure *why)
{
	const struct session *session = run->session;

	return (session->options->interval || run->pace) &&
	       (why->kind == FAIL_LOST || why->kind == FAIL_MEMORY ||
		why->kind == FAIL_SYSTEM ||
		(why->kind == FAIL_NO_PROCESS && session->options->n_cgroups && session->taken));
}

/* As session_next(), at the times of the pace. */
static enum taken next_paced(struct recording *run, struct snapshot **snap, struct failure *why)
{
	const uint64_t count = run->session->options->count;

	if (signals_stopped() || (count && run->session->taken >= count) ||
	    !pace_wait(run->pace))
		return TAKE_END;
	/* What is there now was before the census. */
	if (!run->named && kill_lines_read(&run->lines, KILL_LINES_ALL, NULL))
		pace_killed(run->pace);
	return session_take(run->session, snap, why);
}

/* Resident memory of this program, bytes; 0: unknown. */
static unsigned long resident(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (file && fscanf(file, "%*u %lu", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * (unsigned long)sysconf(_SC_PAGESIZE);
}

/*
 * Locks all pages that are resident now, and those of the same mappings that will be: a recorder
 * must not wait for its own pages while it observes how memory runs out.  0; or -1 and @why, and
 * nothing is locked.
 */
static int memory_lock(struct failure *why)
{
	const unsigned long bytes = resident();

	if (bytes > MEMORY_LOCK_MAX) {
		munlockall();
		return fail(why, FAIL_MEMORY,
			    "the recorder has %lu MiB, more than the %lu MiB that it locks in memory: it may have to wait for memory",
			    bytes >> 20, MEMORY_LOCK_MAX >> 20);
	}
	/* Pages that no census needed, such as those of a large file of locales, stay out. */
	if (!mlockall(MCL_CURRENT | MCL_ONFAULT))
		return 0;
	return fail(why, FAIL_MEMORY,
		    "cannot lock the recorder in memory (%s): it may have to wait for memory; run as root (CAP_IPC_LOCK)",
		    strerror(errno));
}

/* Prepares for the next census, after all memory for one is there. */
static void rest_until_next(struct recording *run, const struct record_options *own)
{
	struct failure why;

	if (!pace_is_pressed(run->pace))
		recorder_rest(run->recorder);
	if (own->on_pressure && memory_lock(&why) && !run->unlocked) {
		fprintf(stderr, "memcensus: %s\n", why.text);
		run->unlocked = true;
	}
	pace_took(run->pace);
}

/* Records one census: 0 to continue, after reporting an error that may pass; 1 at the end. */
static int record_one(struct recording *run, struct failure *why)
{
	enum recorder_end_status done = RECORDER_LOST;
	struct session *session = run->session;
	struct snapshot *snap;
	enum taken taken;

	session->source->tap = recorder_begin(run->recorder);
	taken = run->pace ? next_paced(run, &snap, why) : session_next(session, &snap, why);
	if (taken == TAKE_DONE) {
		if (!run->named && run->lines.fd >= 0) {
			if (kill_lines_read(&run->lines, KILL_LINES_ALL, &snap->scan) && run->pace)
				pace_killed(run->pace);
			recorder_kills(run->recorder, run->lines.text, run->lines.len);
		}
		limits_read(snap);
		names_write(snap);
		if (session->request.cmdlines)
			cmdlines_write(snap);
		done = recorder_end(run->recorder, snap, why);
		if (done == RECORDER_DONE)
			kill_lines_drop(&run->lines);
		snapshot_free(snap);
	} else {
		recorder_abort(run->recorder);
	}
	if (taken == TAKE_END || done == RECORDER_CLOSED)
		return 1;
	if (run->pace)
		rest_until_next(run, session->options->own);
	if (done == RECORDER_DONE)
		return 0;
	/* The trees have ended. */
	if (why->kind == FAIL_NO_PROCESS && session->options->n_roots && session->taken)
		return 1;
	if (!may_go_on(run, why))
		return -1;
	fprintf(stderr, "memcensus: %s\n", why->text);
	session->partial = true;
	return 0;
}

static int record_all(struct recording *run, struct failure *why)
{
	struct session *session = run->session;
	const struct record_options *own = session->options->own;
	struct failure late;
	int ret;

	/* The failing write reports both conditions. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	session->request.cmdlines = own->cmdline;
	session->by_subtree = subtree_given(session->options);
	while (!(ret = record_one(run, why)))
		;
	session->source->tap = NULL;
	if (session->missed)
		fprintf(stderr, "memcensus: %zu command lines did not come in time: not recorded\n",
			session->missed);
	session->partial |= session->missed;
	if (recorder_close(run->recorder, &late) && ret > 0) {
		*why = late;
		ret = -1;
	}
	return ret < 0 ? -1 : 0;
}

static int record_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct record_options *own = options->own;
	const struct recorder_options how = { .ring = own->ring, .early = own->on_pressure };
	struct recording run = { .session = session, .named = options->n_pids };
	struct pace pace;
	int ret = 0;

	kill_lines_open(&run.lines);
	if (own->on_pressure) {
		mallopt(M_TRIM_THRESHOLD, MEMORY_LOCK_MAX);
		mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
	}
	if (own->on_pressure || (own->ring && options->interval)) {
		run.pace = &pace;
		ret = pace_open(&pace, &(struct pace_options){
			.cgroup = options->n_cgroups ? options->cgroups[0] : NULL,
			.on_pressure = own->on_pressure,
			.lines = run.named ? NULL : &run.lines, .interval = options->interval,
			.share = own->budget > 0 ? own->budget : BUDGET_DEFAULT }, why);
	}
	if (!ret) {
		run.recorder = recorder_open(own->path, &how, why);
		ret = run.recorder ? record_all(&run, why) : -1;
	}
	if (run.pace)
		pace_close(run.pace);
	kill_lines_close(&run.lines);
	return ret;
}

static const struct option_entry option_vmas = {
	0, "vmas", NULL, "include the mappings of the processes of --pid, --cgroup or --tree",
	OWN(FLAG, record_options, vmas) };
static const struct option_entry option_cmdline = {
	0, "cmdline", NULL, "include command lines, for -c cmdline",
	OWN(FLAG, record_options, cmdline) };

static const struct option_entry option_ring = {
	0, "ring", "SIZE", "keep FILE below this size: the oldest censuses go",
	.set = set_ring };
static const struct option_entry option_on_pressure = {
	0, "on-pressure", NULL, "take a census each second while processes wait for memory",
	OWN(FLAG, record_options, on_pressure) };
static const struct option_entry option_budget = {
	0, "budget", "PERCENT", "CPU time for the censuses of --on-pressure and --ring (1%)",
	.set = set_budget };

static const struct option_rule record_rules[] = {
	{ .one = &option_budget, .others = { &option_on_pressure, &option_ring },
	  .needs = "'--on-pressure' or '--ring'" },
	{ .one = &option_vmas,
	  .others = { &option_pid, &option_cgroup, &option_container, &option_pod, &option_tree },
	  .needs = "'--pid', '--cgroup' or '--tree'" },
	{ }
};

static const struct option_use record_uses[] = {
	USE_AS(groups_by, "such groups too; of cgroups, container, pod, namespace, image"),
	USE(user), USE(cgroups),
	USE(pid), USE_CGROUPS, USE(tree),
	USE(interval),
	USE(vmas),
	USE(cmdline),
	USE(ring),
	USE(on_pressure),
	USE(budget),
	OPTIONS_ALWAYS,
};

const struct command record_command = {
	.name = "record",
	.words = record_words,
	.about =
	"Appends one census to FILE, or one every INTERVAL seconds until Ctrl-C or until\n"
	"there are COUNT of them. FILE is created if it does not exist; '-' is stdout. A\n"
	"record contains the messages of the kernel, the names of users and cgroups,\n"
	"and /proc/meminfo: 'memcensus COMMAND -f FILE' shows it on any machine, without\n"
	"root and without the module.\n"
	"\n"
	"Groups are counted during the census, and mappings are included only with PIDs.\n"
	"So use --by, -u, -g and --vmas when you record, if you want to show their\n"
	"figures later. A census has one kind of\n"
	"groups.\n"
	"\n"
	"--cgroup PATH records only the processes of a cgroup and of those below it, with\n"
	"their shares by frames, and continues while the cgroup is empty. A record has the\n"
	"paths of cgroups, so --cgroup also selects processes when it is read. --tree PID\n"
	"does the same for a process and its descendants, until they have ended.\n"
	"\n"
	"--cmdline includes command lines, so that -c cmdline knows one python from\n"
	"another. They may hold passwords: without it a record has none.\n"
	"\n"
	"--ring SIZE limits the file: when it is full, the oldest half of the censuses goes.\n"
	"SIZE is in bytes, or has K, M or G, and is at least 64K. The file can be read at any\n"
	"time, also after the recorder was killed. With an INTERVAL there is a census too when a\n"
	"cgroup meets a limit (memory.events), at most each ten seconds, at each OOM kill, and a\n"
	"second after it.\n"
	"\n"
	"Each census has the kernel's lines of OOM kills since the one before, of /dev/kmsg, for\n"
	"'memcensus oom'.\n"
	"\n"
	"--on-pressure also takes a census each second while processes wait for memory:\n"
	"100 ms in 2 s, by the pressure stall information of the kernel, or of the cgroup of\n"
	"--cgroup. Without an INTERVAL there is one census at the start, then only these.\n"
	"--budget limits the CPU time of the recorder and of its censuses, all of them: what\n"
	"a minute allows may be used at once. The recorder locks itself in memory, at most\n"
	"64 MiB, and each census is on the disk before the next one is taken. This needs a\n"
	"kernel with pressure stall information, and CAP_SYS_RESOURCE.\n"
	"\n"
	"A census that cannot be written, for example because the disk is full, is left\n"
	"out with a message. The file keeps the earlier ones, and with an INTERVAL\n"
	"recording continues with the next one. Two processes cannot record to one FILE at\n"
	"the same time. Only its owner can read a new FILE.\n",
	.options = record_uses,
	.rules = record_rules,
	.own_size = sizeof(struct record_options),
	.parts = REQUEST_DEFAULT_PARTS,
	.totals = true,
	.run = record_run,
};
