// SPDX-License-Identifier: GPL-2.0
/* memcensus share: who shares memory with whom, and what stopping gives back. */
#include "commands/commands.h"
#include "commands/share-stopped.h"

/**
 * struct share_options - the options of 'share' alone
 * @stopped: what comes back if the processes end
 * @cgroups: the @n_cgroups paths of the command line; they point into argv
 */
struct share_options {
	bool stopped;
	char **cgroups;
	size_t n_cgroups;
};

static int share_run(struct session *session, struct failure *why)
{
	const struct share_options *own = session->options->own;

	return stopped_run(session, own->cgroups, own->n_cgroups, why);
}

/* PIDs, and paths of cgroups, which are moved to the begin of @words. */
static int stopped_words(struct options *options, char **words, int n, struct failure *why)
{
	struct share_options *own = options->own;
	int i;

	own->cgroups = words;
	for (i = 0; i < n; i++) {
		if (words[i][0] == '/')
			own->cgroups[own->n_cgroups++] = words[i];
		else if (options_pids(options, &words[i], 1, why))
			return -1;
	}
	if (!n)
		return fail(why, FAIL_USAGE,
			    "'--if-stopped' needs a PID, or the path of a cgroup");
	return 0;
}

static int share_words(struct options *options, char **words, int n, struct failure *why)
{
	const struct share_options *own = options->own;

	if (!own->stopped)
		return fail(why, FAIL_USAGE, "'share' needs '--if-stopped'");
	return stopped_words(options, words, n, why);
}

static const struct option_entry option_stopped = {
	0, "if-stopped", NULL, "what the system gets back if all these processes end",
	OWN(FLAG, share_options, stopped) };

static const struct option_use share_uses[] = {
	USE(stopped), USE(columns), USE(all), USE(sort), USE(reverse), USE(totals), USE(output),
	OPTIONS_OF_TABLES,
};

const struct command share_command = {
	.name = "share",
	.words = share_words,
	.about =
	"With --if-stopped, prints what the system gets back if all the processes named\n"
	"end together, however they share memory with each other, and what stays. A word\n"
	"that begins with / is a cgroup: its processes and those below it. Below are their\n"
	"files that are in memory or deleted. Such a file dies if no directory has it and no\n"
	"other process maps it or has it open; then all of it comes back, mapped or not. A\n"
	"System V segment dies if it is marked for removal. Amounts are in KiB.\n"
	"\n"
	"Not counted are the kernel's own objects for a process (task, files, sockets,\n"
	"pipes): most of them stay in its caches for a while. Nor is the memory of a tmpfs\n"
	"that goes with the mount namespace of a container.\n"
	"\n"
	"Examples:\n"
	"  memcensus share --if-stopped $(pgrep -d, nginx)      what these give back\n"
	"  memcensus share --if-stopped /system.slice/redis.service -k\n",
	.options = share_uses,
	.own_size = sizeof(struct share_options),
	.rows = { &stopped_file_record, "fate,holder,memory,swap,file", "memory" },
	.run = share_run,
};
