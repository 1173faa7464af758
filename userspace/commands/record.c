// SPDX-License-Identifier: GPL-2.0
/* memcensus record: writes censuses to a file, for -f and diff. */
#include <signal.h>
#include <stdio.h>

#include "cli/command.h"
#include "host/names.h"
#include "host/proc-texts.h"
#include "record/recorded-names.h"
#include "record/recorder.h"

static int record_words(struct options *options, char **words, int n,
			struct failure *why)
{
	if (!n)
		return fail(why, FAIL_USAGE, "'record' needs a FILE; '-' is stdout");
	options->record = words[0];
	return options_interval(options, words + 1, n - 1, why);
}

/* Whether a later census may succeed although this one failed. */
static bool may_go_on(const struct session *session, const struct failure *why)
{
	return session->options->interval &&
	       (why->kind == FAIL_LOST || why->kind == FAIL_MEMORY ||
		why->kind == FAIL_SYSTEM);
}

/* Appends the census @snap to the record and frees it. */
static enum recorder_end_status keep(struct recorder *recorder, struct snapshot *snap,
				     struct failure *why)
{
	enum recorder_end_status done = RECORDER_LOST;

	if (names_write(snap, why))
		recorder_abort(recorder);
	else
		done = recorder_end(recorder, snap, why);
	snapshot_free(snap);
	return done;
}

/* Records one census: 0 to continue, after reporting an error that may pass; 1 at the end. */
static int record_one(struct session *session, struct recorder *recorder,
		      bool *partial, struct failure *why)
{
	enum recorder_end_status done = RECORDER_LOST;
	struct snapshot *snap;
	enum taken taken;

	recorder_begin(recorder);
	taken = session_next(session, &snap, why);
	if (taken == TAKE_DONE)
		done = keep(recorder, snap, why);
	else
		recorder_abort(recorder);
	if (taken == TAKE_END || done == RECORDER_CLOSED)
		return 1;
	if (done == RECORDER_DONE)
		return 0;
	if (!may_go_on(session, why))
		return -1;
	fprintf(stderr, "memcensus: %s\n", why->text);
	*partial = true;
	return 0;
}

static int record_run(struct session *session, bool *partial,
		      struct failure *why)
{
	struct recorder *recorder = recorder_open(session->options->record, why);
	struct failure late;
	int ret;

	if (!recorder)
		return -1;
	/* The failing write reports both conditions. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	session->request.proc_texts = PROC_TEXTS_BIT_MEMINFO | PROC_TEXTS_BIT_VM |
		(session->options->slab ? PROC_TEXTS_BIT_SLABINFO : 0);
	session->source->tap = recorder_tap(recorder);
	while (!(ret = record_one(session, recorder, partial, why)))
		;
	session->source->tap = NULL;
	if (recorder_close(recorder, &late) && ret > 0) {
		*why = late;
		ret = -1;
	}
	return ret < 0 ? -1 : 0;
}

static const struct option_entry option_vmas = {
	0, "vmas", NULL, "mappings too, of the processes that --pid names",
	.flag = offsetof(struct options, vmas) };

static const struct option_use record_options[] = {
	USE_AS(user, "with what each user holds, for -u"),
	USE_AS(cgroup, "with what each cgroup holds, for -g"),
	USE_AS(command, "with what each command name holds, for --command"),
	USE(pid),
	USE_AS(together, "with what all that --pid names hold, for --together"),
	USE(basis),
	USE_AS(types, "with free blocks by migrate type, for buddy --types"),
	USE(vmas),
	USE_AS(slab, "with /proc/slabinfo, for system --slab"),
	OPTIONS_ALWAYS,
};

const struct command record_command = {
	.name = "record",
	.args = "FILE [INTERVAL [COUNT]]",
	.words = record_words,
	.summary = "censuses into a file, which -f of the others reads",
	.about =
	"Appends one census, or one every INTERVAL seconds until Ctrl-C or COUNT of them,\n"
	"to FILE, which is made if it is not there; '-' is stdout. It holds what the\n"
	"kernel sent, and the names of users and cgroups, /proc/meminfo and /proc/sys/vm:\n"
	"'memcensus COMMAND -f FILE' shows it anywhere, without root and the module.\n"
	"\n"
	"Figures of groups are counted in the census, and mappings come with PIDs only:\n"
	"what -u, -g, --command, --together, --vmas, --types, --slab and --basis ask for\n"
	"must be asked for when it is recorded. A census holds one kind of groups.\n"
	"\n"
	"A census that cannot be written, because the disk is full, is left out with a message;\n"
	"the file keeps those before it, and at an INTERVAL the next one is tried. Two\n"
	"cannot record into one FILE at once. A new FILE is readable for its owner only.\n",
	.options = record_options,
	.parts = REQUEST_DEFAULT_PARTS,
	.run = record_run,
};
