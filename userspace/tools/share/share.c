// SPDX-License-Identifier: GPL-2.0
/* memcensus share: who shares memory with whom, and what stopping gives back. */
#include <string.h>

#include "cli/command.h"
#include "tools/share/file.h"
#include "tools/share/peers.h"
#include "tools/share/stopped.h"

/**
 * struct share_options - the options of 'share' alone
 * @peers: who shares with whom
 * @if_stopped: what comes back if processes end
 * @stopped: which ones
 * @file: the file that this is limited to
 */
struct share_options {
	struct peers_ask peers;
	const char *file;
	bool if_stopped;
	struct stopped_ask stopped;
};

static int share_run(struct session *session, struct failure *why)
{
	const struct share_options *own = session->options->own;

	if (own->file && file_open(session, own->file, why))
		return -1;
	if (own->file && !own->peers.by && !session->options->n_pids)
		return file_run(session, why);
	return own->if_stopped ? stopped_run(session, &own->stopped, why) :
				 peers_run(session, &own->peers, why);
}

static const struct rows stopped_rows = {
	&stopped_file_rows, "outcome,holder,memory,swap,file", "memory"
};
static const struct rows each_rows = {
	&stopped_each_rows, "group,memory,anon,shmem,kernel,cached,kept_shmem,why,shared", "memory"
};
static const struct rows each_tree_rows = {
	&stopped_each_rows, "group,pid,memory,anon,shmem,kernel,cached,kept_shmem,why,shared",
	"memory"
};
static const struct rows file_rows = {
	&file_mapper_rows, "pid,user,comm,addresses,mapped,%file,exclusive,pss,copied", "mapped"
};
static const struct rows groups_rows = {
	&pair_rows, "group_name,peer_name,memory,alone,%own,%peer,anon,file,shmem,swap,hugetlb",
	"memory"
};

static const char *const keys[] = {
	[MEMCENSUS_BY_UID] = "user",
	[MEMCENSUS_BY_CGROUP] = "cgroup",
	[MEMCENSUS_BY_COMM] = "command",
	[MEMCENSUS_BY_TREE] = "tree",
	[MEMCENSUS_BY_SESSION] = "session",
};

/* The kind of groups that @value names; 0: none. */
static unsigned int find_key(const char *value)
{
	unsigned int by;

	for (by = ARRAY_SIZE(keys); --by;)
		if (keys[by] && !strcmp(value, keys[by]))
			break;
	return by;
}

static int set_share_by(struct options *options, const char *value, struct failure *why)
{
	struct peers_ask *ask = &((struct share_options *)options->own)->peers;

	ask->by = find_key(value);
	if (ask->by && ask->by != MEMCENSUS_BY_TREE)
		return 0;
	return fail(why, FAIL_USAGE, "no groups by '%.60s'; there are: user cgroup command session",
		    value);
}

static int set_each(struct options *options, const char *value, struct failure *why)
{
	struct stopped_ask *ask = &((struct share_options *)options->own)->stopped;

	ask->each = find_key(value ?: "cgroup");
	if (ask->each && ask->each != MEMCENSUS_BY_SESSION)
		return 0;
	return fail(why, FAIL_USAGE, "no groups by '%.60s'; there are: cgroup user command tree",
		    value);
}

/* PIDs, and paths of cgroups, which are moved to the begin of @words. */
static int stopped_words(struct options *options, char **words, int n, struct failure *why)
{
	struct share_options *own = options->own;
	int i;

	own->stopped.cgroups = words;
	for (i = 0; i < n; i++) {
		if (words[i][0] == '/')
			own->stopped.cgroups[own->stopped.n_cgroups++] = words[i];
		else if (options_pids(options, &words[i], 1, why))
			return -1;
	}
	if (own->stopped.each) {
		options->rows = own->stopped.each == MEMCENSUS_BY_TREE ? &each_tree_rows :
									 &each_rows;
		if (options->n_pids)
			return fail(why, FAIL_USAGE,
				    "'--each' takes no PID: it is of all processes");
		return !n || own->stopped.each == MEMCENSUS_BY_CGROUP ? 0 :
		       fail(why, FAIL_USAGE, "only '--each cgroup' takes the path of a cgroup");
	}
	if (!n && !options->n_roots)
		return fail(why, FAIL_USAGE,
			    "'--if-stopped' needs a PID, or the path of a cgroup; '--each' is for all");
	return 0;
}

static int share_words(struct options *options, char **words, int n, struct failure *why)
{
	const struct share_options *own = options->own;

	if (options->has_top && (!options->top || options->top > MEMCENSUS_LIMIT_MAX))
		return fail(why, FAIL_USAGE, "'--top' is 1 to %d rows here", MEMCENSUS_LIMIT_MAX);
	if (own->if_stopped) {
		options->rows = &stopped_rows;
		return stopped_words(options, words, n, why);
	}
	if (own->peers.charged && own->peers.by != MEMCENSUS_BY_CGROUP)
		return fail(why, FAIL_USAGE, "'--charged' needs '--by cgroup'");
	if (own->peers.by_file && !own->peers.charged)
		return fail(why, FAIL_USAGE, "'--by-file' needs '--charged'");
	if (own->peers.by) {
		options->rows = &groups_rows;
		return options_none(options, words, n, why);
	}
	if (own->file && !n) {
		options->rows = &file_rows;
		return 0;
	}
	if (options_pids(options, words, n, why))
		return -1;
	if (options->n_pids > MEMCENSUS_SHARE_PIDS_MAX)
		return fail(why, FAIL_USAGE, "%zu PIDs are too many for 'share': at most %d",
			    options->n_pids, MEMCENSUS_SHARE_PIDS_MAX);
	return 0;
}

static const struct option_entry option_by = {
	0, "by", "user|cgroup|command|session", "what groups of all processes have in common",
	.set = set_share_by };
static const struct option_entry option_stopped = {
	0, "if-stopped", NULL, "what the system gets back if all these processes end",
	OWN(FLAG, share_options, if_stopped) };

static const struct option_entry option_each = {
	0, "each", "[cgroup|user|command|tree]", "with --if-stopped: a row for each that there is",
	.set = set_each };

static const struct option_entry option_charged = {
	0, "charged", NULL, "with --by cgroup: who is charged for what they map",
	OWN(FLAG, share_options, peers.charged) };

static const struct option_entry option_by_file = {
	0, "by-file", NULL, "with --charged: and for which files that only others map",
	OWN(FLAG, share_options, peers.by_file) };

static const struct option_entry option_path = {
	0, "of", "FILE", "who maps this file; with --by or PIDs, of this file only",
	OWN(TEXT, share_options, file) };

static const struct option_use share_uses[] = {
	USE(stopped), USE(each),
	USE_AS(tree, "with --if-stopped: these processes and their descendants"),
	USE(path), USE(by), USE(charged), USE(by_file),
	 USE_AS(top, "the N largest peers of each, or pairs of groups; 64"),
	USE(columns), USE(all), USE(sort), USE(reverse), USE(totals), USE(numeric), USE(output),
	OPTIONS_OF_TABLES,
};

static const struct option_rule share_rules[] = {
	{ .one = &option_stopped, .others = { &option_by, &option_top, &option_numeric } },
	{ .one = &option_each, .others = { &option_stopped }, .needs = "'--if-stopped'" },
	{ .one = &option_each, .others = { &option_tree, &option_totals } },
	{ .one = &option_tree, .others = { &option_stopped }, .needs = "'--if-stopped'" },
	{ .one = &option_path, .others = { &option_stopped } },
	{ }
};

const struct command share_command = {
	.name = "share",
	.words = share_words,
	.about =
	"Prints how much of the memory of a process has 1, 2, 3 to 9, 10 and more owners, and\n"
	"with whom it shares: what both have, in percent of the frames of each, by kind. The\n"
	"largest is the last row. Of all peers beyond --top, one row has the sum, in which a\n"
	"page counts once for each of them.\n"
	"\n"
	"--by prints what each group of processes maps, each page once, how much of it is\n"
	"exclusive to the group, shared with other groups, and free if it ends; for cgroups\n"
	"also what is charged to it. Then what each two have in common. With --charged, also\n"
	"which cgroup is charged for the mapped pages: what a cgroup is charged for and only\n"
	"others map, and what it maps and others are charged for. This reads struct page.\n"
	"--by-file adds the files whose pages a cgroup is charged for and only others map.\n"
	"\n"
	"With --if-stopped, prints what the system gets back if all the processes named\n"
	"end together, however they share memory with each other, and what stays. A word\n"
	"that begins with / is a cgroup: its processes and those below it; --tree PID adds a\n"
	"process and its descendants. Below are their files that are in memory or deleted.\n"
	"Such a file dies if no directory has it and no other process maps it or has it open;\n"
	"then all of it comes back, mapped or not. A System V segment dies if it is marked for\n"
	"removal. Amounts are in KiB. --each answers for each cgroup that has processes, or\n"
	"user, command, or process with its descendants, by one census; the largest is first.\n"
	"\n"
	"Of a cgroup, what the kernel is charged for and no process maps (sockets, pipes, tasks)\n"
	"counts as kernel. Of processes these are not counted. What descriptors alone hold counts\n"
	"as buffers: DMA-BUFs, BPF maps, rings; the files of a tmpfs that goes with a mount\n"
	"namespace as shmem. at_most is a bound of what may come back beside the sum.\n"
	"\n"
	"With --of, prints how much of a file is in memory, mapped or not, and how much of\n"
	"that no process maps; then the processes that map it, how much each maps, and what\n"
	"no other one maps.\n"
	"Copies that private mappings have instead are a column of their own. A memfd or deleted\n"
	"file has a name in /proc/PID/map_files or /proc/PID/fd. With --by or PIDs, what they have in\n"
	"common of this file; with --charged, which cgroups are charged for its mapped pages.\n"
	"\n"
	"A record does not have what processes share: this command takes a census.\n"
	"\n"
	"Examples:\n"
	"  memcensus share $(pidof postgres | tr ' ' ,) --top 5  who shares its buffers\n"
	"  memcensus share --by cgroup -k                       do containers share an image\n"
	"  memcensus share --if-stopped $(pgrep -d, nginx)      what these give back\n"
	"  memcensus share --if-stopped /system.slice/redis.service -k\n"
	"  memcensus share --if-stopped --each -k               which one service to restart\n"
	"  memcensus share --of /usr/bin/python3              who maps it, and what is cached\n",
	.options = share_uses,
	.own_size = sizeof(struct share_options),
	.rules = share_rules,
	.rows = {
		&pair_rows,
		"pid,peer_pid,peer_comm,memory,alone,%own,%peer,anon,file,shmem,swap,hugetlb",
		"memory"
	},
	.further = (const struct further_rows[]){ { "--each", &stopped_each_rows }, { } },
	.run = share_run,
};
