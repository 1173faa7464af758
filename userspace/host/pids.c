// SPDX-License-Identifier: GPL-2.0
/* Selects the processes to name in a request. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "host/cmdlines.h"
#include "host/names.h"
#include "host/pids.h"
#include "host/process.h"
#include "host/procfs.h"
#include "lib/memory.h"

/* Kernel threads and zombies have no address space: all sizes are 0. */
static bool has_memory(uint32_t pid)
{
	char sizes[128];

	return process_read(pid, "statm", sizes, sizeof(sizes)) && strtoull(sizes, NULL, 10);
}

static bool is_of_user(uint32_t pid, const struct pids_filter *filter)
{
	uint32_t uid;

	return !filter->user->given ||
	       (process_user(pid, &uid) &&
		filter_matches(filter->user, user_name(uid, filter->numeric)));
}

static bool has_name(uint32_t pid, const struct filter *filter)
{
	char name[64];

	if (!filter->given)
		return true;
	if (!process_read(pid, "comm", name, sizeof(name)))
		return false;
	name[strcspn(name, "\n")] = '\0';
	return filter_matches(filter, name);
}

int pids_list(struct pids *pids, const struct pids_filter *filter,
	      size_t *missed, struct failure *why)
{
	DIR *dir = procfs_open_dir(".", why);
	struct cmdline_of *of = NULL;
	const struct dirent *entry;
	bool *chosen = NULL;
	size_t i, n = 0;
	uint32_t pid;

	pids->n = 0;
	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		if (!pid || !is_of_user(pid, filter) || !has_memory(pid))
			continue;
		of = array_grow(of, n, sizeof(*of));
		chosen = array_grow(chosen, n, sizeof(*chosen));
		of[n].pid = pid;
		chosen[n++] = has_name(pid, filter->comm);
	}
	closedir(dir);

	*missed += cmdlines_match(filter->comm, of, chosen, n);
	pids->v = xreallocarray(pids->v, n, sizeof(*pids->v));
	for (i = 0; i < n; i++)
		if (chosen[i])
			pids->v[pids->n++] = of[i].pid;
	free(of);
	free(chosen);
	return 0;
}
