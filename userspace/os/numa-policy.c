// SPDX-License-Identifier: GPL-2.0
/* To which NUMA nodes a memory policy binds processes. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/signals.h"
#include "lib/text.h"
#include "os/bounded.h"
#include "os/numa-policy.h"
#include "os/procfs.h"

/* For all processes together. */
#define TIME_MOST	NSEC_PER_SEC

/*
 * Bytes of a read: the kernel walks as many mappings as fill it, and no line of numa_maps is
 * shorter than an address and a policy.
 */
#define STEP	16

bool numa_nodes_parse(const char *text, uint64_t *nodes)
{
	return text_list(text, nodes, 1) && *nodes;
}

/* ADDRESS POLICY[=FLAGS][:NODES] ... */
void numa_policy_parse(struct numa_policy *policy, const char *line)
{
	static const char bind[] = "bind";
	const char *at = strchr(line, ' '), *end;

	policy->known = false;
	policy->bound = false;
	if (!at)
		return;
	at++;
	end = at + strcspn(at, "\n ");
	policy->known = end > at;
	if (strncmp(at, bind, strlen(bind)) || !strchr("=:\n ", at[strlen(bind)]))
		return;
	at = memchr(at, ':', (size_t)(end - at));
	policy->bound = at && numa_nodes_parse(at + 1, &policy->nodes);
	policy->known = policy->bound;
}

/* In the child. */
static void read_policy(struct numa_policy *policy)
{
	char path[32], line[512], *name;
	size_t n = 0;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%" PRIu32 "/numa_maps", policy->pid);
	name = procfs_path(path);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	free(name);
	while (fd >= 0 && n + STEP < sizeof(line) && (got = read(fd, line + n, STEP)) > 0) {
		n += (size_t)got;
		if (memchr(line + n - got, '\n', (size_t)got))
			break;
	}
	if (fd >= 0)
		close(fd);
	line[n] = '\0';
	numa_policy_parse(policy, line);
}

/**
 * struct policies - what the child reads
 * @v, @n: of these processes
 */
struct policies {
	struct numa_policy *v;
	size_t n;
};

static int read_all(void *context, int to)
{
	const struct policies *all = context;
	size_t i;

	for (i = 0; i < all->n; i++) {
		read_policy(&all->v[i]);
		if (write(to, &all->v[i], sizeof(all->v[i])) != (ssize_t)sizeof(all->v[i]))
			break;
	}
	return 0;
}

void numa_policies_read(struct numa_policy *v, size_t n)
{
	const uint64_t end = signals_now() + TIME_MOST;
	struct policies all = { v, n };
	struct numa_policy one;
	struct bounded child;
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = (struct numa_policy){ .pid = v[i].pid };
	if (!n || !bounded_start(&child, read_all, &all))
		return;
	/* Whole records, as these are smaller than PIPE_BUF. */
	for (i = 0; i < n; i++) {
		if (bounded_read(&child, &one, sizeof(one), end) != (ssize_t)sizeof(one))
			break;
		v[i] = one;
	}
	bounded_end(&child);
}
