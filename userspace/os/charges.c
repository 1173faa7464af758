// SPDX-License-Identifier: GPL-2.0
/* Memory that the kernel charges to cgroups. */
#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "model/columns.h"
#include "model/share.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "os/hugepages.h"
#include "os/proc-texts.h"

/* More than the kernel writes to any of the files. */
#define FILE_SIZE	(16 << 10)

/* Numbers of a line that are not charges. */
enum {
	NUMBER_POPULATED = CHARGES,
	NUMBERS,
};

/**
 * struct charge_file - a number of a cgroup
 * @name: in the text
 * @file: in the directory of the cgroup
 * @key: before the number in @file, with the blank; NULL: the file has only the number
 * @shown: only a column shows it
 * @alone: only charges_of_path() reads it
 */
struct charge_file {
	const char *name;
	const char *file;
	const char *key;
	bool shown;
	bool alone;
};

/* A file is read once for all its numbers that follow each other here. */
static const struct charge_file numbers[NUMBERS] = {
	[CHARGE_TOTAL] = { "current", "memory.current", NULL },
	[CHARGE_ANON] = { "anon", "memory.stat", "anon " },
	[CHARGE_FILE] = { "file", "memory.stat", "file " },
	[CHARGE_SHMEM] = { "shmem", "memory.stat", "shmem " },
	[CHARGE_KERNEL] = { "kernel", "memory.stat", "kernel " },
	[CHARGE_SOCK] = { "sock", "memory.stat", "sock " },
	/* Since 6.13, and only where the cgroups are mounted with memory_hugetlb_accounting. */
	[CHARGE_HUGETLB] = { "hugetlb", "memory.stat", "hugetlb " },
	[CHARGE_SLAB] = { "slab", "memory.stat", "slab " },
	[CHARGE_RECLAIMABLE] = { "slab_reclaimable", "memory.stat", "slab_reclaimable " },
	[CHARGE_PAGETABLES] = { "pagetables", "memory.stat", "pagetables ", true },
	[CHARGE_SEC_PAGETABLES] = { "sec_pagetables", "memory.stat", "sec_pagetables ", true },
	[CHARGE_STACKS] = { "kernel_stack", "memory.stat", "kernel_stack ", true },
	[CHARGE_PERCPU] = { "percpu", "memory.stat", "percpu ", true },
	[CHARGE_VMALLOC] = { "vmalloc", "memory.stat", "vmalloc ", true },
	[CHARGE_ZSWAP] = { "zswap", "memory.stat", "zswap ", true },
	[CHARGE_INACTIVE_FILE] = { "inactive_file", "memory.stat", "inactive_file " },
	[CHARGE_ACTIVE_FILE] = { "active_file", "memory.stat", "active_file ", .alone = true },
	[CHARGE_FILE_MAPPED] = { "file_mapped", "memory.stat", "file_mapped ", .alone = true },
	[CHARGE_DIRTY] = { "file_dirty", "memory.stat", "file_dirty ", .alone = true },
	[CHARGE_WRITEBACK] = { "file_writeback", "memory.stat", "file_writeback ",
			       .alone = true },
	[CHARGE_SWAP] = { "swap", "memory.swap.current", NULL },
	[CHARGE_LIMIT] = { "max", "memory.max", NULL },
	[CHARGE_SWAP_LIMIT] = { "swap_max", "memory.swap.max", NULL },
	[CHARGE_HIGH] = { "high", "memory.high", NULL },
	[CHARGE_OOM_KILLS] = { "oom_kill", "memory.events", "oom_kill ", true },
	[CHARGE_HIGH_EVENTS] = { "high_events", "memory.events", "high ", true },
	[CHARGE_LIMIT_EVENTS] = { "max_events", "memory.events", "max ", true },
	[CHARGE_DYING] = { "dying", "cgroup.stat", "nr_dying_descendants " },
	[NUMBER_POPULATED] = { "populated", "cgroup.events", "populated " },
};

/* The digits at the start of @text, or after @key at that of a line; NULL: none ("max"). */
static const char *find_number(const char *text, const char *key)
{
	text = key ? text_value(text, key) : text;
	return text && isdigit((unsigned char)*text) ? text : NULL;
}

/* Sizes of pages of the hugetlb controller, at most. */
#define SIZES_MOST	8

/* The name of a number of the hugetlb controller, by its limit and what is used of it. */
static const struct huge_pair {
	const char *max;
	const char *current;
} huge_pairs[] = {
	{ "max", "current" },
	{ "rsvd.max", "rsvd.current" },
};

/* Returns 1; 0: it is no number; -1: there is no such file. */
static int put_huge(int dir, const char *size, const char *what, FILE *out)
{
	char name[64], text[32];
	uint64_t number;
	int fd;

	snprintf(name, sizeof(name), "hugetlb.%s.%s", size, what);
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	text_of_file(fd, text, sizeof(text));
	if (!text_number(text, strcspn(text, "\n"), &number))
		return 0;
	fprintf(out, " %s=%" PRIu64, name, number);
	return 1;
}

/* Of each size of pages only where there is a limit. */
static void put_hugetlb(int dir, FILE *out)
{
	static uint64_t sizes[SIZES_MOST];
	static size_t n;
	static bool read;
	char name[16];
	size_t i, k;
	int put;

	if (!read)
		n = hugepages_sizes(sizes, SIZES_MOST);
	read = true;
	for (i = 0; i < n; i++) {
		hugepages_name(name, sizeof(name), sizes[i]);
		for (k = 0, put = 0; k < ARRAY_SIZE(huge_pairs) && put >= 0; k++) {
			put = put_huge(dir, name, huge_pairs[k].max, out);
			if (put > 0)
				put_huge(dir, name, huge_pairs[k].current, out);
		}
	}
}

/**
 * struct wanted - what is read of cgroups
 * @only: of this file; NULL: of all
 * @few: as charges_read() has it
 * @alone: it is of one cgroup
 * @inhabited: cgroups with processes, if @few: what their files say of processes is known
 * @out: gets a line of each
 */
struct wanted {
	const char *only;
	bool few;
	bool alone;
	struct ids inhabited;
	FILE *out;
};

static void put_charges(const struct cgroup_place *place, void *untyped)
{
	const struct wanted *wanted = untyped;
	const bool inhabited = wanted->inhabited.n &&
		bsearch(&place->id, wanted->inhabited.v, wanted->inhabited.n,
			sizeof(*wanted->inhabited.v), compare_u64);
	const char *file = "", *number;
	const int dir = place->fd;
	FILE *out = wanted->out;
	char text[FILE_SIZE];
	size_t i;

	/* It was removed. */
	if (dir < 0)
		return;
	fprintf(out, "%" PRIu64 " %" PRIu64, place->id, place->parent);
	for (i = 0; i < NUMBERS; i++) {
		if ((wanted->only && strcmp(numbers[i].file, wanted->only)) ||
		    (wanted->few && numbers[i].shown) ||
		    (!wanted->alone && numbers[i].alone) ||
		    (inhabited && !strncmp(numbers[i].file, "cgroup.", strlen("cgroup."))))
			continue;
		if (strcmp(numbers[i].file, file))
			text_of_file(openat(dir, numbers[i].file, O_RDONLY | O_CLOEXEC), text,
				     sizeof(text));
		file = numbers[i].file;
		number = find_number(text, numbers[i].key);
		if (number)
			fprintf(out, " %s=%.*s", numbers[i].name,
				(int)strspn(number, "0123456789"), number);
	}
	if (!wanted->only)
		put_hugetlb(dir, out);
	putc('\n', out);
}

static void put_line(const struct cgroup_place *place, void *wanted)
{
	cgroup_known(place);
	put_charges(place, wanted);
}

void charges_read(struct snapshot *snap, bool few)
{
	struct wanted wanted = { .few = few };
	size_t size, i;
	char *text;

	for (i = 0; few && i < snap->n_tasks; i++)
		if (KNOWN(&snap->tasks[i], MEMCENSUS_TASK_CGROUP))
			ids_append(&wanted.inhabited, snap->tasks[i].cgroup);
	ids_sort(&wanted.inhabited);
	wanted.out = xopen_memstream(&text, &size);
	cgroups_each(NULL, put_line, &wanted);
	xfclose(wanted.out);
	ids_free(&wanted.inhabited);
	proc_texts_add_lines(snap, CHARGES_TEXT, text);
	free(text);
}

/**
 * struct line - a line of the text
 * @id, @parent: cgroup IDs
 * @known, @v: by number in numbers[]
 */
struct line {
	uint64_t id;
	uint64_t parent;
	uint64_t known;
	uint64_t v[NUMBERS];
};

/*
 * Parses NAME=NUMBER at @word; unknown names are those of newer readers.  *@next: the number after
 * that of the last word, which mostly follows.
 */
static void parse_word(struct line *line, const char *word, size_t *next)
{
	const char *value = strchr(word, '=');
	size_t i, k;

	if (!value || !isdigit((unsigned char)value[1]))
		return;
	for (i = *next, k = 0; k < NUMBERS; k++, i++) {
		i %= NUMBERS;
		if (strncmp(word, numbers[i].name, value - word) || numbers[i].name[value - word])
			continue;
		line->known |= 1ULL << i;
		line->v[i] = strtoull(value + 1, NULL, 10);
		*next = i + 1;
		return;
	}
}

/* Parses a line without its end; false if it is malformed. */
static bool parse_line(struct line *line, char *text)
{
	char *word, *rest = text, *end;
	size_t next = 0;

	*line = (struct line){ 0 };
	if (!isdigit((unsigned char)*text))
		return false;
	line->id = strtoull(text, &end, 10);
	if (*end != ' ' || !isdigit((unsigned char)end[1]))
		return false;
	rest = end + 1;
	line->parent = strtoull(rest, &end, 10);
	rest = end;
	while ((word = strsep(&rest, " ")))
		parse_word(line, word, &next);
	return true;
}

/* The charges among the numbers of @line. */
static struct charges charges_of(const struct line *line)
{
	const uint64_t files = 1ULL << CHARGE_FILE | 1ULL << CHARGE_SHMEM;
	struct charges charges = { .known = line->known & ((1ULL << CHARGES) - 1) };

	memcpy(charges.v, line->v, sizeof(charges.v));
	/* The kernel counts shmem among the files. */
	if ((charges.known & files) != files || charges.v[CHARGE_FILE] < charges.v[CHARGE_SHMEM])
		charges.known &= ~(1ULL << CHARGE_FILE);
	else
		charges.v[CHARGE_FILE] -= charges.v[CHARGE_SHMEM];
	charges.v[CHARGE_PAGETABLES] += charges.v[CHARGE_SEC_PAGETABLES];
	return charges;
}

void charges_forget_payers(struct snapshot *snap)
{
	const uint64_t charged = 1ULL << MEMCENSUS_PAYER_CHARGED | 1ULL << MEMCENSUS_PAYER_OWN;
	size_t i;

	if (!snap->n_payers || !cgroups_uncharged())
		return;
	for (i = 0; i < snap->n_payers; i++)
		if (KNOWN(&snap->payers[i], MEMCENSUS_PAYER_CGROUP))
			snap->payers[i].known &= ~charged;
}

/* The directory of the cgroup @path; -1: there is none. */
static int open_cgroup(const char *path)
{
	char *name = cgroup_file(path, ".");
	const int dir = name ? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	free(name);
	return dir;
}

struct charges charges_of_path(const char *path, const char *file)
{
	const int dir = open_cgroup(path);
	struct wanted wanted = { .only = file, .alone = true };
	struct charges charges = { 0 };
	char *text, *end;
	struct line line;
	size_t size;

	if (dir < 0)
		return charges;
	wanted.out = xopen_memstream(&text, &size);
	put_charges(&(struct cgroup_place){ .fd = dir }, &wanted);
	close(dir);
	xfclose(wanted.out);
	end = strchr(text, '\n');
	if (end)
		*end = '\0';
	if (parse_line(&line, text))
		charges = charges_of(&line);
	free(text);
	return charges;
}

/**
 * struct hugetlb_list - limits of hugetlb, as they are found
 */
struct hugetlb_list {
	struct charge_hugetlb *v;
	size_t n;
};

/* That of cgroup @id and pages of @size bytes, which the last ones may be. */
static struct charge_hugetlb *hugetlb_of(struct hugetlb_list *list, uint64_t id, uint64_t size)
{
	size_t i;

	for (i = list->n; i-- && list->v[i].cgroup == id;)
		if (list->v[i].size == size)
			return &list->v[i];
	list->v = array_grow(list->v, list->n, sizeof(*list->v));
	list->v[list->n] = (struct charge_hugetlb){ .cgroup = id, .size = size };
	return &list->v[list->n++];
}

/* "hugetlb.2MB.rsvd.max=NUMBER" */
static void parse_hugetlb(struct hugetlb_list *list, uint64_t id, const char *word)
{
	uint64_t size, number;
	char unit, what[16];
	struct charge_hugetlb *one;
	int end = 0;

	if (sscanf(word, "hugetlb.%" SCNu64 "%cB.%15[a-z.]=%n", &size, &unit, what, &end) != 3 ||
	    !end || !text_number(word + end, strlen(word + end), &number) ||
	    !strchr("KMG", unit) || !size || size > UINT32_MAX)
		return;
	one = hugetlb_of(list, id, size << (unit == 'G' ? 30 : unit == 'M' ? 20 : 10));
	if (!strcmp(what, "max"))
		one->max = amount_of(true, number);
	else if (!strcmp(what, "current"))
		one->current = amount_of(true, number);
	else if (!strcmp(what, "rsvd.max"))
		one->rsvd_max = amount_of(true, number);
	else if (!strcmp(what, "rsvd.current"))
		one->rsvd_current = amount_of(true, number);
}

static void hugetlb_of_text(struct hugetlb_list *list, const char *text)
{
	char *copy, *rest, *line, *word;
	uint64_t id;

	/* Most machines have none. */
	if (!strstr(text, " hugetlb."))
		return;
	copy = xstrdup(text);
	rest = copy;
	while ((line = strsep(&rest, "\n"))) {
		id = strtoull(line, NULL, 10);
		while ((word = strsep(&line, " ")))
			if (!strncmp(word, "hugetlb.", strlen("hugetlb.")))
				parse_hugetlb(list, id, word);
	}
	free(copy);
}

struct charge_hugetlb *charges_hugetlb(const struct snapshot *snap, size_t *n)
{
	struct hugetlb_list list = { .n = 0 };
	const char *text;
	size_t at = 0;

	while ((text = proc_texts_next(snap, CHARGES_TEXT, &at)))
		hugetlb_of_text(&list, text);
	if (list.n)
		qsort(list.v, list.n, sizeof(*list.v), compare_u64);
	*n = list.n;
	return list.v;
}

struct charge_hugetlb *charges_hugetlb_of_path(const char *path, size_t *n)
{
	struct hugetlb_list list = { .n = 0 };
	const int dir = open_cgroup(path);
	size_t size;
	char *text;
	FILE *out;

	*n = 0;
	if (dir < 0)
		return NULL;
	out = xopen_memstream(&text, &size);
	fputs("0", out);
	put_hugetlb(dir, out);
	close(dir);
	xfclose(out);
	hugetlb_of_text(&list, text);
	free(text);
	*n = list.n;
	return list.v;
}

/* A group by its cgroup, for compare_u64(). */
struct place {
	uint64_t cgroup;
	size_t group;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return compare_u64(a, b) ?: COMPARE(x->group, y->group);
}

/* Of two groups of one cgroup, takes the first: the other has no processes below it. */
static struct place *sorted_places(const struct snapshot *snap, size_t *n_places)
{
	struct place *v = xcalloc(snap->n_groups + 1, sizeof(*v));
	size_t i, all = 0, n = 0;

	for (i = 0; i < snap->n_groups; i++)
		if (KNOWN(&snap->groups[i], MEMCENSUS_GROUP_CGROUP))
			v[all++] = (struct place){ snap->groups[i].cgroup, i };
	qsort(v, all, sizeof(*v), compare_places);
	for (i = 0; i < all; i++)
		if (!n || v[n - 1].cgroup != v[i].cgroup)
			v[n++] = v[i];
	*n_places = n;
	return v;
}

static struct group *find_group(const struct snapshot *snap, const struct place *places,
				size_t n, uint64_t cgroup)
{
	const struct place *place = bsearch(&cgroup, places, n, sizeof(*places), compare_u64);

	return place ? &snap->groups[place->group] : NULL;
}

/*
 * Adds a group for the cgroup of @line.  If no process is in it, all its figures are 0.
 * Until link_added(), its parent is the number of a cgroup.
 */
static void add_group(struct snapshot *snap, const struct line *line, uint64_t figures,
		      uint64_t id)
{
	struct group *group = row_add(&group_rows, snap);

	group->id = id;
	group->parent = line->parent;
	group->cgroup = line->id;
	group->known = 1ULL << MEMCENSUS_GROUP_CGROUP | 1ULL << MEMCENSUS_GROUP_ID;
	group->charges = charges_of(line);
	if (!(line->known >> NUMBER_POPULATED & 1) || line->v[NUMBER_POPULATED])
		return;
	group->known |= 1ULL << MEMCENSUS_GROUP_MMS;
	group->figures.known = figures;
}

static void link_added(struct snapshot *snap, size_t first)
{
	const struct group *parent;
	struct place *places;
	size_t n, i;

	places = sorted_places(snap, &n);
	for (i = first; i < snap->n_groups; i++) {
		parent = find_group(snap, places, n, snap->groups[i].parent);
		if (!parent || parent >= &snap->groups[i])
			continue;
		snap->groups[i].parent = parent->id;
		snap->groups[i].known |= 1ULL << MEMCENSUS_GROUP_PARENT;
	}
	free(places);
}

/* What the groups of a census have, before any are added. */
struct grouped {
	struct place *places;
	size_t n;
	uint64_t figures;
	uint64_t last_id;
};

static void apply_text(struct snapshot *snap, const char *text, struct grouped *grouped)
{
	char *copy = xstrdup(text), *rest = copy, *one;
	struct group *group;
	struct line line;

	while (!snapshot_is_full(snap) && (one = strsep(&rest, "\n"))) {
		if (!parse_line(&line, one))
			continue;
		group = find_group(snap, grouped->places, grouped->n, line.id);
		if (group)
			group->charges = charges_of(&line);
		else if (!grouped->n || (line.known >> CHARGE_TOTAL & 1 && line.v[CHARGE_TOTAL]))
			add_group(snap, &line, grouped->figures, ++grouped->last_id);
	}
	free(copy);
}

/* As the module counts them of a census by cgroup. */
static void count_processes(struct snapshot *snap)
{
	struct place *places;
	struct group *group;
	struct task *task;
	size_t n;

	places = sorted_places(snap, &n);
	for (task = snap->tasks; task < snap->tasks + snap->n_tasks; task++) {
		group = KNOWN(task, MEMCENSUS_TASK_CGROUP) ?
			find_group(snap, places, n, task->cgroup) : NULL;
		if (group) {
			task->known |= 1ULL << MEMCENSUS_TASK_GROUP;
			task->group = group->id;
		}
		for (; group; group = group_parent(snap, group)) {
			group->known |= 1ULL << MEMCENSUS_GROUP_MMS;
			group->mms++;
		}
	}
	free(places);
}

void charges_apply(struct snapshot *snap)
{
	const size_t n_groups = snap->n_groups;
	struct grouped grouped = { .n = 0 };
	size_t i, at = 0;
	const char *text;

	grouped.places = sorted_places(snap, &grouped.n);
	for (i = 0; i < n_groups; i++) {
		grouped.figures |= snap->groups[i].figures.known;
		if (KNOWN(&snap->groups[i], MEMCENSUS_GROUP_ID) &&
		    snap->groups[i].id > grouped.last_id)
			grouped.last_id = snap->groups[i].id;
	}
	while ((grouped.n || !n_groups) && (text = proc_texts_next(snap, CHARGES_TEXT, &at)))
		apply_text(snap, text, &grouped);
	link_added(snap, n_groups);
	if (!n_groups)
		count_processes(snap);
	free(grouped.places);
}
