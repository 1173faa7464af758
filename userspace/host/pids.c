// SPDX-License-Identifier: GPL-2.0
/* Selects the processes to name in a request. */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "host/cmdlines.h"
#include "host/names.h"
#include "host/pids.h"
#include "host/process.h"
#include "host/procfs.h"

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

/**
 * struct choice - processes that may pass the filters
 * @of: all of them; owned
 * @chosen: for each, whether its name matches; owned
 * @n: how many
 */
struct choice {
	struct cmdline_of *of;
	bool *chosen;
	size_t n;
};

static int choice_add(struct choice *choice, uint32_t pid, bool chosen,
		      struct failure *why)
{
	void *of = reallocarray(choice->of, choice->n + 1, sizeof(*choice->of));
	void *flags;

	if (of)
		choice->of = of;
	flags = of ? reallocarray(choice->chosen, choice->n + 1, sizeof(*choice->chosen)) :
		     NULL;
	if (!flags)
		return fail_memory(why);
	choice->chosen = flags;
	choice->of[choice->n] = (struct cmdline_of){ .pid = pid };
	choice->chosen[choice->n++] = chosen;
	return 0;
}

/* All processes in /proc that pass the user filter and have an address space. */
static int choice_fill(struct choice *choice, const struct pids_filter *filter,
		       struct failure *why)
{
	DIR *dir = procfs_open_dir(".", why);
	const struct dirent *entry;
	uint32_t pid;
	int ret = 0;

	if (!dir)
		return -1;
	while (!ret && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		if (is_of_user(pid, filter) && has_memory(pid))
			ret = choice_add(choice, pid, has_name(pid, filter->comm), why);
	}
	closedir(dir);
	return ret;
}

int pids_list(struct pids *pids, const struct pids_filter *filter,
	      size_t *missed, struct failure *why)
{
	struct choice choice = { .n = 0 };
	size_t i;
	int ret;

	pids->v = NULL;
	pids->n = 0;
	ret = choice_fill(&choice, filter, why);
	if (!ret)
		ret = cmdlines_match(filter->comm, choice.of, choice.chosen, choice.n,
				     missed, why);
	if (!ret)
		pids->v = calloc(choice.n + 1, sizeof(*pids->v));
	if (!ret && !pids->v)
		ret = fail_memory(why);
	for (i = 0; !ret && i < choice.n; i++)
		if (choice.chosen[i])
			pids->v[pids->n++] = choice.of[i].pid;
	free(choice.of);
	free(choice.chosen);
	return ret;
}

void pids_free(struct pids *pids)
{
	free(pids->v);
	pids->v = NULL;
	pids->n = 0;
}
