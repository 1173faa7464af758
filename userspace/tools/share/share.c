// SPDX-License-Identifier: GPL-2.0
/* memcensus share: who shares memory with whom, and what stopping gives back. */
#include <string.h>

#include "cli/command.h"
#include "cli/subtree.h"
#include "tools/share/file.h"
#include "tools/share/peers.h"
#include "tools/share/stopped.h"

/**
 * struct share_options - the options of 'share' alone
 * @peers: who shares with whom
 * @if_stopped: what comes back if processes end
 * @file: the file that this is limited to
 */
struct share_options {
	struct peers_ask peers;
	const char *file;
	bool if_stopped;
};

static int share_run(struct session *session, struct failure *why)
{
	const struct share_options *own = session->options->own;

	if (own->file && file_open(session, own->file, why))
		return -1;
	if (own->if_stopped)
		return stopped_run(session, own->peers.by, own->peers.called, why);
	if (own->peers.by)
		return peers_run(session, &own->peers, why);
	if (own->file && !session->options->n_pids && !subtree_given(session->options))
		return file_run(session, why);
	if (subtree_given(session->options) && subtree_request(session, why))
		return -1;
	if (session->request.pids.n > MEMCENSUS_SHARE_PIDS_MAX)
		return fail(why, FAIL_USAGE, "%zu processes are too many for 'share': at most %d",
			    session->request.pids.n, MEMCENSUS_SHARE_PIDS_MAX);
	return peers_run(session, &own->peers, why);
}

static const struct rows stopped_rows = {
	&stopped_file_rows, "outcome,holder,memory,swap,file", "memory"
};
static const struct rows each_rows = {
	&stopped_each_rows, "name,memory,anon,shmem,kernel,cached,kept_shmem,why,shared", "memory"
};
static const struct rows each_tree_rows = {
	&stopped_each_rows, "name,pid,memory,anon,shmem,kernel,cached,kept_shmem,why,shared",
	"memory"
};
static const struct rows file_rows = {
	&file_mapper_rows, "pid,user,comm,addresses,mapped,%file,exclusive,pss,copied", "mapped"
};
static const struct rows groups_rows = {
	&pair_rows, "name,peer,memory,alone,%own,%peer,anon,file,shmem,swap,hugetlb",
	"memory"
};

static int each_words(struct options *options, int n, struct failure *why)
{
	const struct share_options *own = options->own;

	options->rows = own->peers.by == MEMCENSUS_BY_TREE ? &each_tree_rows : &each_rows;
	if (n || options->n_pids || options->n_roots)
		return fail(why, FAIL_USAGE, "'--by' is of all processes: it takes no PID");
	if (options_select_cgroups(options) &&
	    (own->peers.by != MEMCENSUS_BY_CGROUP || own->peers.called))
		return fail(why, FAIL_USAGE, "only '--by cgroup' takes '--cgroup'");
	return 0;
}

static int share_words(struct options *options, char **words, int n, struct failure *why)
{
	struct share_options *own = options->own;
	unsigned int none = 1U << MEMCENSUS_BY_PIDS;

	/* Its rows are no groups of tasks. */
	none |= 1U << (own->if_stopped ? MEMCENSUS_BY_SESSION : MEMCENSUS_BY_TREE);
	if (options_group(options, ~none, why))
		return -1;
	if (options->called_by > CALLED_BY_POD)
		return fail(why, FAIL_USAGE,
			    "'share' counts each page once, which has no sum by %s: '--by container' has each; 'memcensus --by %s' adds up PSS",
			    options_by(options), options_by(options));
	if (options->called_by && own->peers.charged)
		return fail(why, FAIL_USAGE, "'--charged' needs '--by cgroup'");
	own->peers.by = options->group_by;
	own->peers.called = options->called_by;
	options->group_by = 0;
	options->called_by = CALLED_BY_NONE;
	if (options->has_top && (!options->top || options->top > MEMCENSUS_LIMIT_MAX))
		return fail(why, FAIL_USAGE, "'--top' is 1 to %d rows here", MEMCENSUS_LIMIT_MAX);
	if (own->if_stopped && own->peers.by)
		return each_words(options, n, why);
	if (own->if_stopped)
		options->rows = &stopped_rows;
	if (own->peers.charged && own->peers.by != MEMCENSUS_BY_CGROUP)
		return fail(why, FAIL_USAGE, "'--charged' needs '--by cgroup'");
	if (own->peers.by_file && !own->peers.charged)
		return fail(why, FAIL_USAGE, "'--by-file' needs '--charged'");
	if (own->peers.by) {
		options->rows = &groups_rows;
		if (options->n_pids || subtree_given(options))
			return fail(why, FAIL_USAGE, "'--by' is of all processes: it takes no PID");
		return options_none(options, words, n, why);
	}
	if (own->file && !n && !options->n_pids && !subtree_given(options)) {
		options->rows = &file_rows;
		return 0;
	}
	return options_processes(options, words, n, why);
}

static const struct option_entry option_stopped = {
	0, "if-stopped", NULL, "what the system gets back if all these processes end",
	OWN(FLAG, share_options, if_stopped) };

static const struct option_entry option_charged = {
	0, "charged", NULL, "with --by cgroup: who is charged for what they map",
	OWN(FLAG, share_options, peers.charged) };

static const struct option_entry option_by_file = {
	0, "by-file", NULL, "with --charged: for which files of others",
	OWN(FLAG, share_options, peers.by_file) };

static const struct option_entry option_path = {
	0, "of", "FILE", "who maps this file; --by, PIDs: of it alone",
	OWN(TEXT, share_options, file) };

static const struct option_use share_uses[] = {
	USE(stopped),
	USE_AS(groups_by, "all by user, cgroup, container, pod, command"),
	USE(user), USE(cgroups),
	USE(pid), USE_CGROUPS, USE(tree), USE(path), USE(charged), USE(by_file),
	 USE_AS(top, "the N largest peers of each, or pairs of groups; 64"),
	USE(columns), USE(all), USE(sort), USE(reverse), USE(totals), USE(numeric), USE(output),
	OPTIONS_OF_TABLES,
};

static const struct option_rule share_rules[] = {
	{ .one = &option_stopped, .others = { &option_top, &option_numeric } },
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
	"end together, however they share memory with each other, and what stays. PIDs,\n"
	"--cgroup and --tree add up. Below are their files that are in memory or deleted.\n"
	"Such a file dies if no directory has it and no other process maps it or has it open;\n"
	"then all of it comes back, mapped or not. A System V segment dies if it is marked for\n"
	"removal. Amounts are in KiB. --by answers for each cgroup that has processes, or user,\n"
	"command, or process with its descendants (tree), by one census; the largest is first.\n"
	"--by container and --by pod leave of the cgroups those that are of these.\n"
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
	"  memcensus share --if-stopped --cgroup /system.slice/redis.service -k\n"
	"  memcensus share --if-stopped -g -k                   which one service to restart\n"
	"  memcensus share --of /usr/bin/python3              who maps it, and what is cached\n",
	.options = share_uses,
	.own_size = sizeof(struct share_options),
	.rules = share_rules,
	.rows = {
		&pair_rows,
		"pid,peer_pid,peer_comm,memory,alone,%own,%peer,anon,file,shmem,swap,hugetlb",
		"memory"
	},
	.further = (const struct further_rows[]){
		{ "--if-stopped --by", &stopped_each_rows }, { }
	},
	.adds_processes = true,
	.run = share_run,
};
