// SPDX-License-Identifier: GPL-2.0
/* memcensus record: writes censuses to a file, for -f and diff. */
#include <signal.h>
#include <stdio.h>

#include "commands/commands.h"
#include "host/names.h"
#include "host/proc-texts.h"
#include "lib/text.h"
#include "record/record-file.h"
#include "record/recorded-names.h"
#include "record/recorder.h"

/**
 * struct record_options - the options of 'record' alone
 * @path: the file that it writes
 * @ring: most bytes of it; 0: no limit
 */
struct record_options {
	const char *path;
	const char *ring_text;
	uint64_t ring;
	bool types;
	bool vmas;
	bool slab;
	bool cmdline;
};

static int record_words(struct options *options, char **words, int n,
			struct failure *why)
{
	struct record_options *own = options->own;

	if (!n)
		return fail(why, FAIL_USAGE, "'record' needs a FILE; '-' is stdout");
	own->path = words[0];
	return options_interval(options, words + 1, n - 1, why);
}

static int set_ring(struct options *options, const char *value, struct failure *why)
{
	struct record_options *own = options->own;

	if (text_bytes(value, &own->ring) && own->ring >= RECORDER_RING_MIN &&
	    own->ring <= INT64_MAX)
		return 0;
	return fail(why, FAIL_USAGE,
		    "'%.60s' is not the size of a ring: a number of bytes, or 512K, 64M, 2G; at least %luK",
		    value, RECORDER_RING_MIN >> 10);
}

/*
 * Whether a later census may succeed although this one failed.  A service that is down has no
 * processes, perhaps no cgroup.
 */
static bool may_go_on(const struct session *session, const struct failure *why)
{
	return session->options->interval &&
	       (why->kind == FAIL_LOST || why->kind == FAIL_MEMORY ||
		why->kind == FAIL_SYSTEM ||
		(why->kind == FAIL_NO_PROCESS && session->by_subtree && session->taken));
}

/* Records one census: 0 to continue, after reporting an error that may pass; 1 at the end. */
static int record_one(struct session *session, struct recorder *recorder,
		      struct failure *why)
{
	enum recorder_end_status done = RECORDER_LOST;
	struct snapshot *snap;
	enum taken taken;

	session->source->tap = recorder_begin(recorder);
	taken = session_next(session, &snap, why);
	if (taken == TAKE_DONE) {
		names_write(snap);
		if (session->request.cmdlines)
			cmdlines_write(snap);
		done = recorder_end(recorder, snap, why);
		snapshot_free(snap);
	} else {
		recorder_abort(recorder);
	}
	if (taken == TAKE_END || done == RECORDER_CLOSED)
		return 1;
	if (done == RECORDER_DONE)
		return 0;
	if (!may_go_on(session, why))
		return -1;
	fprintf(stderr, "memcensus: %s\n", why->text);
	session->partial = true;
	return 0;
}

static int record_run(struct session *session, struct failure *why)
{
	const struct record_options *own = session->options->own;
	const struct recorder_options how = { .ring = own->ring };
	struct recorder *recorder = recorder_open(own->path, &how, why);
	struct failure late;
	int ret;

	if (!recorder)
		return -1;
	/* The failing write reports both conditions. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	session->request.proc_texts = PROC_TEXTS_BIT_MEMINFO | PROC_TEXTS_BIT_VM |
		(own->slab ? PROC_TEXTS_BIT_SLABINFO : 0);
	session->request.cmdlines = own->cmdline;
	session->by_subtree = session->options->below;
	/* A record of a subtree has the figures of tasks --cgroup, unless chosen. */
	if (session->by_subtree && !session->request.basis)
		session->request.basis = MEMCENSUS_BASIS_FRAMES;
	while (!(ret = record_one(session, recorder, why)))
		;
	session->source->tap = NULL;
	if (session->missed)
		fprintf(stderr, "memcensus: %zu command lines did not come in time: not recorded\n",
			session->missed);
	session->partial |= session->missed;
	if (recorder_close(recorder, &late) && ret > 0) {
		*why = late;
		ret = -1;
	}
	return ret < 0 ? -1 : 0;
}

static const struct option_entry option_vmas = {
	0, "vmas", NULL, "include the mappings of the processes of --pid or --cgroup",
	OWN(FLAG, record_options, vmas) };
static const struct option_entry option_types = {
	0, "types", NULL, "include free blocks by migrate type",
	OWN(FLAG, record_options, types) };
static const struct option_entry option_slab = {
	0, "slab", NULL, "include /proc/slabinfo, for system --slab",
	OWN(FLAG, record_options, slab) };

static const struct option_entry option_cmdline = {
	0, "cmdline", NULL, "include command lines, for -P and -c cmdline",
	OWN(FLAG, record_options, cmdline) };

static const struct option_entry option_ring = {
	0, "ring", "SIZE", "keep FILE below this size: the oldest censuses go",
	OWN(TEXT, record_options, ring_text), .set = set_ring };

static const struct option_rule record_rules[] = {
	{ .one = &option_vmas, .others = { &option_pid, &option_below },
	  .needs = "'--pid' or '--cgroup'" },
	{ .one = &option_below, .others = { &option_together },
	  .because = "'--cgroups' has the sum of each cgroup" },
	{ .one = &option_together, .others = { &option_pid }, .needs = "'--pid'" },
	{ }
};

static uint32_t record_parts(const struct options *options)
{
	const struct record_options *own = options->own;

	return REQUEST_DEFAULT_PARTS | (own->types ? MEMCENSUS_PART_TYPES : 0) |
	       (own->vmas ? MEMCENSUS_PART_VMAS : 0);
}

static const struct option_use record_uses[] = {
	USE_AS(user, "include groups by user, for -u"),
	USE_AS(cgroup, "include groups by cgroup, for -g"),
	USE_AS(command, "include groups by command, for --command"),
	USE_AS(below, "only the processes of this cgroup and of those below it"),
	USE(pid),
	USE_AS(together, "include one group of the processes of --pid"),
	USE(basis),
	USE(types),
	USE(vmas),
	USE(slab),
	USE(cmdline),
	USE(ring),
	OPTIONS_ALWAYS,
};

const struct command record_command = {
	.name = "record",
	.words = record_words,
	.about =
	"Appends one census to FILE, or one every INTERVAL seconds until Ctrl-C or until\n"
	"there are COUNT of them. FILE is created if it does not exist; '-' is stdout. A\n"
	"record contains the messages of the kernel, the names of users and cgroups,\n"
	"/proc/meminfo and /proc/sys/vm: 'memcensus COMMAND -f FILE' shows it on any\n"
	"machine, without root and without the module.\n"
	"\n"
	"Groups are counted during the census, and mappings are included only with PIDs.\n"
	"So use -u, -g, --command, --together, --vmas, --types, --slab and --basis when\n"
	"you record, if you want to show their figures later. A census has one kind of\n"
	"groups.\n"
	"\n"
	"--cgroup PATH records only the processes of a cgroup and of those below it, with\n"
	"their shares by frames, and continues while the cgroup is empty. A record has the\n"
	"paths of cgroups, so --cgroup also selects processes when it is read.\n"
	"\n"
	"--cmdline includes command lines, so that -P and -c cmdline know one python from\n"
	"another. They may hold passwords: without it a record has none.\n"
	"\n"
	"--ring SIZE limits the file: when it is full, the oldest half of the censuses goes.\n"
	"It can be read at any time, also after the recorder was killed.\n"
	"\n"
	"A census that cannot be written, for example because the disk is full, is left\n"
	"out with a message. The file keeps the earlier ones, and with an INTERVAL\n"
	"recording continues with the next one. Two processes cannot record to one FILE at\n"
	"the same time. Only its owner can read a new FILE.\n",
	.options = record_uses,
	.rules = record_rules,
	.own_size = sizeof(struct record_options),
	.parts_of = record_parts,
	.run = record_run,
};
