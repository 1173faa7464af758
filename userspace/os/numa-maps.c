// SPDX-License-Identifier: GPL-2.0
/* What processes have on NUMA nodes, and to which a memory policy binds them. */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "model/on-nodes.h"
#include "os/bounded.h"
#include "os/numa-maps.h"
#include "os/process.h"
#include "os/procfs.h"

/* For one process. */
#define PATIENCE	(2 * NSEC_PER_SEC)

/* For those of numa_maps_add(). */
#define SECONDS		10

/*
 * Bytes of a read for a policy alone: the kernel walks as many mappings as fill it, and no line of
 * numa_maps is shorter than an address and a policy.
 */
#define STEP	16

/* Policies of one process that are told apart; memory of further ones has none. */
#define POLICIES	16

bool numa_nodes_parse(const char *text, uint64_t *nodes)
{
	return text_list(text, nodes, 1) && *nodes;
}

/* The end of the policy at @at: "prefer (many)" is the only one with a space. */
static const char *policy_end(const char *at)
{
	static const char many[] = " (many)";
	const char *end = at + strcspn(at, "\n ");

	if (!strncmp(end, many, strlen(many)))
		end += strlen(many) + strcspn(end + strlen(many), "\n ");
	return end;
}

/* ADDRESS POLICY[=FLAGS][:NODES] ... */
struct numa_policy numa_policy_parse(const char *line)
{
	static const char bind[] = "bind";
	struct numa_policy policy = { .text = "" };
	const char *at = strchr(line, ' '), *end;
	size_t len;

	if (!at)
		return policy;
	at++;
	end = policy_end(at);
	len = (size_t)(end - at);
	policy.known = len;
	if (len < sizeof(policy.text))
		memcpy(policy.text, at, len);
	if (strncmp(at, bind, strlen(bind)) || !strchr("=:\n ", at[strlen(bind)]))
		return policy;
	at = memchr(at, ':', len);
	policy.bound = at && numa_nodes_parse(at + 1, &policy.nodes);
	policy.known = policy.bound;
	return policy;
}

/* In the child, as all up to read_all(). */
static void read_policy(struct numa_maps *maps, int fd)
{
	char line[512];
	size_t n = 0;
	ssize_t got;

	while (n + STEP < sizeof(line) && (got = read(fd, line + n, STEP)) > 0) {
		n += (size_t)got;
		if (memchr(line + n - got, '\n', (size_t)got))
			break;
	}
	line[n] = '\0';
	maps->policy = numa_policy_parse(line);
}

/**
 * struct by_policy - the memory of a process by policy
 * @v, @n: the policies
 * @bytes: what each has
 */
struct by_policy {
	struct numa_policy v[POLICIES];
	uint64_t bytes[POLICIES];
	size_t n;
};

static void add_policy(struct by_policy *by, const char *line, uint64_t bytes)
{
	const struct numa_policy policy = numa_policy_parse(line);
	size_t i;

	for (i = 0; i < by->n && strcmp(by->v[i].text, policy.text); i++)
		;
	if (i == POLICIES)
		return;
	if (i == by->n) {
		by->v[by->n++] = policy;
		by->bytes[i] = 0;
	}
	by->bytes[i] += bytes;
}

/* A word of a line: N<node>=<pages>.  False: it names a node that is not known. */
static bool parse_node(const char *word, uint64_t page, uint64_t *on, uint64_t *sum)
{
	char *end;
	unsigned long node, pages;

	if (word[0] != 'N' || !strchr("0123456789", word[1]))
		return true;
	node = strtoul(word + 1, &end, 10);
	if (*end != '=' || node >= NUMA_NODES)
		return false;
	pages = strtoul(end + 1, NULL, 10);
	on[node] += pages * page;
	*sum += pages * page;
	return true;
}

/*
 * Adds a mapping: words of one space between, of which the kernel escapes spaces in a file's name.
 * False: unknown.
 */
static bool add_line(struct numa_maps *maps, struct by_policy *by, const char *line)
{
	static const char size[] = " kernelpagesize_kB=";
	const char *word = strstr(line, size), *at = strchr(line, ' ');
	const uint64_t page = word ? strtoul(word + strlen(size), NULL, 10) << 10 : 0;
	uint64_t *on = maps->rss, sum = 0;

	/* A mapping without pages ends before their size. */
	for (at = at ? policy_end(at + 1) : NULL; at && *at == ' ' && page;
	     at += strcspn(at, "\n ")) {
		at++;
		if (!strncmp(at, "huge ", 5))
			on = maps->hugetlb;
		if (!parse_node(at, page, on, &sum))
			return false;
	}
	add_policy(by, line, sum);
	return true;
}

static void read_whole(struct numa_maps *maps, int fd)
{
	FILE *file = fdopen(fd, "r");
	struct by_policy by = { .n = 0 };
	char *line = NULL;
	size_t size = 0, i, most = 0;
	bool good = true;

	if (!file)
		return;
	while (good && getline(&line, &size, file) > 0)
		good = add_line(maps, &by, line);
	for (i = 0; i < by.n; i++)
		if (by.bytes[i] > by.bytes[most])
			most = i;
	/* One that has ended has no lines. */
	maps->counted = good && by.n && !ferror(file);
	if (maps->counted)
		maps->policy = by.v[most];
	free(line);
	fclose(file);
}

static void read_one(struct numa_maps *maps, bool whole)
{
	char path[32], *name;
	int fd;

	snprintf(path, sizeof(path), "%" PRIu32 "/numa_maps", maps->pid);
	name = procfs_path(path);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	free(name);
	if (fd < 0)
		return;
	if (whole) {
		read_whole(maps, fd);
		return;
	}
	read_policy(maps, fd);
	close(fd);
}

/**
 * struct reading - what the child reads
 * @v, @n: of these processes
 * @whole: as of numa_maps_read()
 */
struct reading {
	struct numa_maps *v;
	size_t n;
	bool whole;
};

static int read_all(void *context, int to)
{
	const struct reading *all = context;
	size_t i;

	for (i = 0; i < all->n; i++) {
		read_one(&all->v[i], all->whole);
		if (write(to, &all->v[i], sizeof(all->v[i])) != (ssize_t)sizeof(all->v[i]))
			break;
	}
	return 0;
}

_Static_assert(sizeof(struct numa_maps) <= PIPE_BUF, "a pipe takes it whole, or not");

/* Reads from the first of @all on, until one does not come.  Returns how many have come. */
static size_t read_some(struct reading *all, uint64_t end)
{
	struct numa_maps one;
	struct bounded child;
	uint64_t until;
	size_t i;

	if (!bounded_start(&child, read_all, all))
		return 0;
	for (i = 0; i < all->n; i++) {
		until = signals_now() + PATIENCE;
		if (bounded_read(&child, &one, sizeof(one), until < end ? until : end) !=
		    (ssize_t)sizeof(one))
			break;
		all->v[i] = one;
	}
	bounded_end(&child);
	return i;
}

void numa_maps_read(struct numa_maps *v, size_t n, bool whole, unsigned int seconds)
{
	const uint64_t end = signals_now() + seconds * NSEC_PER_SEC;
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = (struct numa_maps){ .pid = v[i].pid };
	/* The next one after one that is stuck. */
	for (i = 0; i < n && signals_now() < end; i++)
		i += read_some(&(struct reading){ v + i, n - i, whole }, end);
}

static int compare_rss(const void *untyped_a, const void *untyped_b)
{
	const struct task *a = *(struct task *const *)untyped_a;
	const struct task *b = *(struct task *const *)untyped_b;

	return COMPARE(b->figures.v[MEMCENSUS_F_RSS], a->figures.v[MEMCENSUS_F_RSS]) ?:
	       COMPARE(a->pid, b->pid);
}

static void set_nodes(struct snapshot *snap, struct task *task, const struct numa_maps *maps)
{
	struct on_node *v = snapshot_alloc(snap, NUMA_NODES * sizeof(*v));
	size_t i, n = 0;

	for (i = 0; i < NUMA_NODES; i++)
		if (maps->rss[i] || maps->hugetlb[i])
			v[n++] = (struct on_node){ i, maps->rss[i], maps->hugetlb[i] };
	task->on = (struct on_nodes){
		.v = v, .n = n, .known = true,
		.policy = snapshot_text(snap, maps->policy.text, strlen(maps->policy.text)),
	};
}

size_t numa_maps_add(struct snapshot *snap)
{
	struct task **v = xcalloc(snap->n_tasks + 1, sizeof(*v));
	struct numa_maps *maps = xcalloc(snap->n_tasks + 1, sizeof(*maps));
	size_t i, n = 0, unknown = 0;

	for (i = 0; i < snap->n_tasks; i++)
		if (KNOWN(&snap->tasks[i], MEMCENSUS_TASK_PID))
			v[n++] = &snap->tasks[i];
	qsort(v, n, sizeof(*v), compare_rss);
	for (i = 0; i < n; i++)
		maps[i].pid = (uint32_t)v[i]->pid;
	numa_maps_read(maps, n, true, SECONDS);
	for (i = 0; i < n && !snapshot_is_full(snap); i++) {
		maps[i].counted = maps[i].counted && process_is_task(v[i]);
		if (maps[i].counted)
			set_nodes(snap, v[i], &maps[i]);
		unknown += !maps[i].counted;
	}
	on_nodes_link(snap);
	free(maps);
	free(v);
	return unknown;
}
