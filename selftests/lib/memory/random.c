// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <sys/mman.h>

#include "owners/counted.h"
#include "memory/pages.h"
#include "memory/random.h"

bool random_has(unsigned int n, unsigned long page)
{
	uint64_t x = (n + 1) * 0x9e3779b97f4a7c15ULL ^ (page + 1) * 0xc2b2ae3d27d4eb4fULL;

	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93ULL;
	x ^= x >> 32;
	return x % 10 < 6;
}

static void touch(void *arg)
{
	const struct random_load *load = arg;
	unsigned int n = 0;
	unsigned long i;
	char *at;

	/* The first entry without a PID is this process. */
	while (load->pids[n])
		n++;
	at = map(PLACE(0), load->pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		 load->fd, 0);
	for (i = 0; i < load->pages; i++)
		if (random_has(n, i))
			write_pages(at + i * PAGE, 1);
}

bool random_start(struct random_load *load, unsigned int processes,
		  unsigned long pages)
{
	unsigned int n;

	*load = (struct random_load) {
		.processes = processes, .pages = pages, .fd = memfd("random", pages),
		.pids = calloc(processes + 1, sizeof(*load->pids)),
	};
	for (n = 0; load->pids && n < processes; n++) {
		load->pids[n] = child_start(touch, load);
		if (load->pids[n] <= 0)
			return false;
	}
	return load->pids;
}

void random_end(struct random_load *load)
{
	unsigned int n;

	for (n = 0; load->pids && n < load->processes; n++)
		child_end(load->pids[n]);
	free(load->pids);
	load->pids = NULL;
}

struct random_want *random_expect(const struct random_load *load, uint64_t *mapped)
{
	struct random_want *want = calloc(load->processes, sizeof(*want));
	unsigned int n, owners;
	unsigned long i;

	*mapped = 0;
	for (i = 0; want && i < load->pages; i++) {
		for (n = owners = 0; n < load->processes; n++)
			owners += random_has(n, i);
		*mapped += owners > 0;
		for (n = 0; n < load->processes; n++) {
			if (!random_has(n, i))
				continue;
			want[n].pages++;
			want[n].alone += owners == 1;
			want[n].shares += share(1, owners);
		}
	}
	return want;
}
