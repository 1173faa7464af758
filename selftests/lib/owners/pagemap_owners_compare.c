// SPDX-License-Identifier: GPL-2.0
/* Compares a census with the test's own count; see pagemap_owners.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "diag.h"
#include "owners/pagemap_owners.h"
#include "memory/pages.h"
#include "smaps/smaps.h"

#define TRIES		20
#define TOLD_MAX	12

/* Compares two values; prints the first mismatches. */
static void value(struct owners_equal *equal, const char *whose,
		  const char *name, uint64_t want, uint64_t got)
{
	equal->values++;
	if (want == got)
		return;
	if (equal->mismatches++ < TOLD_MAX)
		diag("%s: %s: owners %llu, census %lld", whose, name,
		     (unsigned long long)want, (long long)got);
}

struct expectation {
	unsigned int figure;
	uint64_t bytes;
};

static void values(struct owners_equal *equal, const char *whose,
		   const struct figures *f, const struct expectation *want,
		   unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		value(equal, whose, figure_name(want[i].figure), want[i].bytes,
		      figure(f, want[i].figure));
}

#define VALUES(equal, whose, f, ...) do {				\
	const struct expectation __want[] = { __VA_ARGS__ };		\
	values(equal, whose, f, __want, sizeof(__want) / sizeof(*__want)); \
} while (0)

/* pagemap has no entries of PFN maps: accept any number of pages in them. */
static uint64_t special_of(const struct owner *o, const struct figures *f)
{
	uint64_t low = o->special * PAGE, high = low + o->pfn_map * PAGE;
	uint64_t got = figure(f, MEMCENSUS_F_SPECIAL);

	return got >= low && got <= high ? got : low;
}

static void compare_task(const struct owner *o, const struct census_task *task,
			 struct owners_equal *equal)
{
	char whose[64];

	snprintf(whose, sizeof(whose), "%u (%s)", task->pid, task->comm);
	equal->processes++;
	VALUES(equal, whose, &task->f,
	       { MEMCENSUS_F_RSS, o->mapped * PAGE },
	       { MEMCENSUS_F_FRAMES, o->frames.pages * PAGE },
	       { MEMCENSUS_F_USS, o->frames.alone * PAGE },
	       { MEMCENSUS_F_SHARED, (o->frames.pages - o->frames.alone) * PAGE },
	       { MEMCENSUS_F_PSS, o->frames.shares >> 24 },
	       { MEMCENSUS_F_PSS_ANON, o->anon.shares >> 24 },
	       { MEMCENSUS_F_USS_ANON, o->anon.alone * PAGE },
	       { MEMCENSUS_F_SPECIAL, special_of(o, &task->f) },
	       { MEMCENSUS_F_SWAP_USS, o->swap.alone * PAGE },
	       { MEMCENSUS_F_SWAP_PSS, o->swap.shares >> 24 },
	       { MEMCENSUS_F_HUGETLB, o->hugetlb.pages * PAGE },
	       { MEMCENSUS_F_PRIVATE_HUGETLB, o->hugetlb.alone * PAGE },
	       { MEMCENSUS_F_SHARED_HUGETLB,
		 (o->hugetlb.pages - o->hugetlb.alone) * PAGE },
	       { MEMCENSUS_F_HUGETLB_PSS, o->hugetlb.shares >> 24 });
}

/* Finds it by any of its processes. */
static const struct owner *owner_of_task(const struct owners *o,
					 const struct census_task *task)
{
	const struct owner *owner = owners_of(o, task->pid);
	unsigned int i;

	for (i = 0; i < task->peers.n && !owner; i++)
		owner = owners_of(o, task->peers.v[i]);
	return owner;
}

/* Levels of cgroups, more than the module has groups for. */
#define LEVELS	48

/*
 * The key of a process's group, from /proc; -1 if unavailable.  @above: of its cgroup and of
 * those above it, from the root on.
 */
struct key {
	uint64_t number;
	uint64_t above[LEVELS];
	unsigned int n_above;
	char comm[MEMCENSUS_NAME_LEN];
};

static uint64_t inode_of(const char *dir)
{
	struct stat st;

	return stat(dir, &st) ? -1ULL : st.st_ino;
}

static void read_cgroups(pid_t pid, struct key *key)
{
	char path[64], line[512] = "", dir[600];
	FILE *file;
	char *end;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	file = fopen(path, "r");
	key->number = -1;
	if (!file)
		return;
	while (fgets(line, sizeof(line), file) && strncmp(line, "0::", 3))
		;
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, "0::", 3))
		return;
	snprintf(dir, sizeof(dir), "/sys/fs/cgroup%s", line + 3);
	key->number = inode_of(dir);
	key->above[key->n_above++] = inode_of("/sys/fs/cgroup");
	for (end = strchr(dir + strlen("/sys/fs/cgroup") + 1, '/'); end && line[4];
	     end = strchr(end + 1, '/')) {
		need(key->n_above < LEVELS, "more levels");
		*end = '\0';
		key->above[key->n_above++] = inode_of(dir);
		*end = '/';
	}
}

/* Field @n of /proc/@pid/stat, 4 the parent, 6 the session; 0 if unavailable. */
static pid_t stat_field(pid_t pid, unsigned int n)
{
	char path[64], line[512] = "", *at;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	fclose(file);
	at = strrchr(line, ')');
	for (n -= 2; at && n--; at = strchr(at + 1, ' '))
		;
	return at ? atoi(at) : 0;
}

static void read_ancestors(pid_t pid, struct key *key)
{
	key->number = pid;
	while ((pid = stat_field(pid, 4)) && key->n_above < LEVELS)
		key->above[key->n_above++] = pid;
}

static struct key key_of(pid_t pid, uint8_t by)
{
	struct key key = {};
	struct smaps smaps;
	char path[64];
	FILE *file;

	switch (by) {
	case MEMCENSUS_BY_UID:
		if (smaps_read(pid, &smaps))
			break;
		key.number = smaps.uid;
		smaps_free(&smaps);
		break;
	case MEMCENSUS_BY_CGROUP:
		read_cgroups(pid, &key);
		break;
	case MEMCENSUS_BY_COMM:
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		file = fopen(path, "r");
		if (!file)
			break;
		if (fgets(key.comm, sizeof(key.comm), file))
			key.comm[strcspn(key.comm, "\n")] = '\0';
		fclose(file);
		break;
	case MEMCENSUS_BY_TREE:
		read_ancestors(pid, &key);
		break;
	case MEMCENSUS_BY_SESSION:
		key.number = stat_field(pid, 6);
		break;
	}
	return key;
}

static bool is_below(const struct key *key, uint64_t cgroup)
{
	unsigned int i;

	for (i = 0; i < key->n_above && key->above[i] != cgroup; i++)
		;
	return i < key->n_above;
}

/* Does @group contain other groups? */
static bool is_parent(const struct census *census, const struct census_group *group)
{
	size_t i;

	for (i = 0; i < census->n_groups; i++)
		if (census->groups[i].known >> MEMCENSUS_GROUP_PARENT & 1 &&
		    census->groups[i].parent == group->id)
			return true;
	return false;
}

/* @all: also the processes of the groups in @group. */
static bool is_key(const struct census_group *group, uint8_t by,
		   const struct key *key, bool all)
{
	switch (by) {
	case MEMCENSUS_BY_UID:
		return group->uid == key->number;
	case MEMCENSUS_BY_CGROUP:
		return group->cgroup == key->number || (all && is_below(key, group->cgroup));
	case MEMCENSUS_BY_COMM:
		return !strcmp(group->comm, key->comm);
	case MEMCENSUS_BY_TREE:
		return group->pid == key->number || is_below(key, group->pid);
	case MEMCENSUS_BY_SESSION:
		return group->session == key->number;
	default:
		return true;
	}
}

/* Compares a group with its @members as /proc shows them. */
static void compare_group(const struct owners *o, const struct census *census,
			  const struct census_group *group, const char *whose,
			  const pid_t *members, unsigned int n,
			  struct owners_equal *equal)
{
	struct owner all;

	owners_together(o, members, n, &all);
	equal->groups++;
	value(equal, whose, "members", n, group->mms);
	VALUES(equal, whose, &group->f,
	       { MEMCENSUS_F_RSS, all.mapped * PAGE },
	       { MEMCENSUS_F_FRAMES, all.frames.pages * PAGE },
	       { MEMCENSUS_F_USS, all.frames.alone * PAGE },
	       { MEMCENSUS_F_SHARED,
		 (all.frames.pages - all.frames.alone) * PAGE },
	       { MEMCENSUS_F_PSS, all.frames.shares >> 24 },
	       { MEMCENSUS_F_USS_ANON, all.anon.alone * PAGE },
	       { MEMCENSUS_F_SPECIAL, special_of(&all, &group->f) },
	       { MEMCENSUS_F_SWAP_USS, all.swap.alone * PAGE },
	       { MEMCENSUS_F_HUGETLB, all.hugetlb.pages * PAGE },
	       { MEMCENSUS_F_PRIVATE_HUGETLB, all.hugetlb.alone * PAGE },
	       { MEMCENSUS_F_SHARED_HUGETLB,
		 (all.hugetlb.pages - all.hugetlb.alone) * PAGE });
}

#define KEYS 8192

/* Static: the test's own memory is counted too. */
static struct key keys[KEYS];

/*
 * Call this before the second read of the owners: a process found there existed
 * during this.
 */
static void read_keys(const struct owners *o, uint8_t by)
{
	size_t i;

	for (i = 0; i < o->n && i < KEYS; i++)
		keys[i] = key_of(o->owners[i].pid, by);
}

static void compare_groups(const struct owners *o, const struct census *census,
			   uint8_t by, const pid_t *pids, unsigned int n_pids,
			   struct owners_equal *equal)
{
	pid_t *members = calloc(o->n, sizeof(*members));
	size_t i, g, grouped = 0;
	unsigned int n;
	char whose[96];

	need(o->n <= KEYS, "more keys");
	for (g = 0; g < census->n_groups; g++) {
		const struct census_group *group = &census->groups[g];

		const bool parent = is_parent(census, group);

		for (n = i = 0; i < o->n && by != MEMCENSUS_BY_PIDS; i++)
			if (is_key(group, by, &keys[i], parent))
				members[n++] = o->owners[i].pid;
		if (by == MEMCENSUS_BY_PIDS)
			memcpy(members, pids, (n = n_pids) * sizeof(*pids));
		snprintf(whose, sizeof(whose), "group %u of %u: %u %llu %s", group->id,
			 group->parent, group->uid, (unsigned long long)group->cgroup,
			 group->comm ?: "");
		compare_group(o, census, group, whose, members, n, equal);
		/* A tree has no group for its first process alone. */
		grouped += by == MEMCENSUS_BY_TREE ? 1 : parent ? 0 : n;
	}
	value(equal, "all groups", "members",
	      by == MEMCENSUS_BY_PIDS ? n_pids : o->n, grouped);
	free(members);
}

static void compare(const struct owners *o, const struct census *census,
		    uint8_t by, const pid_t *pids, unsigned int n,
		    struct owners_equal *equal)
{
	const struct census_task *task;
	unsigned int i;

	equal->frames = o->frames;
	value(equal, "scan", "frames", o->frames * PAGE,
	      census->scan[MEMCENSUS_SCAN_FRAMES]);
	value(equal, "scan", "frames of 2", o->several[0] * PAGE,
	      census->scan[MEMCENSUS_SCAN_MAPPED_BY_2]);
	value(equal, "scan", "frames of 3 to 9", o->several[1] * PAGE,
	      census->scan[MEMCENSUS_SCAN_MAPPED_BY_3]);
	value(equal, "scan", "frames of 10 and more", o->several[2] * PAGE,
	      census->scan[MEMCENSUS_SCAN_MAPPED_BY_10]);
	for (i = 0; i < 4; i++) {
		const uint64_t *by = &census->scan[MEMCENSUS_SCAN_ANON_BY_1 + i];
		const uint64_t all = o->frames - o->several[0] - o->several[1] - o->several[2];

		value(equal, "scan", "frames by class and owners",
		      (i ? o->several[i - 1] : all) * PAGE,
		      by[0] + by[MEMCENSUS_SCAN_FILE_BY_1 - MEMCENSUS_SCAN_ANON_BY_1] +
		      by[MEMCENSUS_SCAN_SHMEM_BY_1 - MEMCENSUS_SCAN_ANON_BY_1] +
		      by[MEMCENSUS_SCAN_DEVICE_BY_1 - MEMCENSUS_SCAN_ANON_BY_1]);
	}
	value(equal, "scan", "address spaces", n ?: o->n, census->n_tasks);
	for (task = census->tasks; task < census->tasks + census->n_tasks;
	     task++) {
		const struct owner *owner = owner_of_task(o, task);

		if (owner)
			compare_task(owner, task, equal);
		else
			value(equal, task->comm, "PID", 0, task->pid);
	}
	if (by)
		compare_groups(o, census, by, pids, n, equal);
}

static bool all_walked(const struct census *census)
{
	const struct census_task *task;

	for (task = census->tasks; task < census->tasks + census->n_tasks;
	     task++)
		if (task->state != MEMCENSUS_STATE_WALKED)
			return false;
	return true;
}

int owners_compare(uint8_t group_by, const pid_t *pids, unsigned int n,
		   struct owners_equal *equal)
{
	/* Each try uses the same memory, because it is counted too. */
	static struct owners before, after;
	struct owners last;
	const struct census_request request = {
		.group_by = group_by,
		.parts = MEMCENSUS_PART_TASKS,
		.pids = (const uint32_t *)pids,
		.n_pids = n,
	};
	const bool by_key = group_by && group_by != MEMCENSUS_BY_PIDS;
	struct census_error error = {};
	bool quiet = false;
	struct census census;
	int ret = 0;

	/*
	 * The test is counted too: touch its memory before, and keep khugepaged from moving it
	 * between two slices, where a page is met twice, or not at all.
	 */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	ret = owners_warm_up(&before) ?: owners_warm_up(&after);
	if (!ret)
		ret = census_take(&request, &census, &error);
	if (!ret && by_key) {
		memset(keys, 0, sizeof(keys));
		read_keys(&before, group_by);
	}
	census_free(&census);
	ret = ret ?: owners_read(&before);
	while (!ret && !quiet && equal->tries++ < TRIES) {
		ret = census_take(&request, &census, &error);
		if (ret)
			break;
		if (by_key)
			read_keys(&before, group_by);
		ret = owners_read(&after);
		quiet = !ret && owners_same(&before, &after) && all_walked(&census);
		if (quiet)
			compare(&after, &census, group_by, pids, n, equal);
		census_free(&census);
		if (ret)
			break;
		/* What was read after this census was read before the next one. */
		if (!quiet) {
			last = before;
			before = after;
			after = last;
			sleep_ms(equal->tries * 5);
		}
	}
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	if (!ret && !quiet)
		ret = -EAGAIN;
	if (ret)
		snprintf(equal->wrong, sizeof(equal->wrong), "%s%s%.80s",
			 strerror(-ret), error.text[0] ? ": " : "", error.text);
	return ret;
}

void owners_report(const struct owners_equal *equal)
{
	diag("compared with pagemap: %u address spaces, %u groups, %llu frames",
	     equal->processes, equal->groups,
	     (unsigned long long)equal->frames);
	diag("in %lu values, %lu mismatches; the system was quiet in try %u",
	     equal->values, equal->mismatches, equal->tries);
}
