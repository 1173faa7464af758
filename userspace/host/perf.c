// SPDX-License-Identifier: GPL-2.0
/* Files and rings of perf_event_open(2). */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/perf.h"
#include "lib/memory.h"

void perf_raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int perf_open(struct perf_event_attr *attr, uint32_t tid, int cpu)
{
	return (int)syscall(SYS_perf_event_open, attr, tid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

void perf_files_add(struct perf_files *files, int fd)
{
	files->fds = array_grow(files->fds, files->n, sizeof(*files->fds));
	files->fds[files->n++] = fd;
}

bool perf_files_lost(const struct perf_files *files, uint64_t *lost)
{
	/* The number of events, then that of lost records. */
	uint64_t values[2];
	size_t i;

	for (i = 0; i < files->n; i++) {
		if (read(files->fds[i], values, sizeof(values)) != sizeof(values))
			return false;
		*lost += values[1];
	}
	return true;
}

void perf_files_close(struct perf_files *files)
{
	size_t i;

	for (i = 0; i < files->n; i++)
		close(files->fds[i]);
	free(files->fds);
}

int perf_ring_add(struct perf_ring *ring, int fd, size_t size)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *at;

	if (ring->page)
		return ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, ring->fd);
	at = mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -1;
	*ring = (struct perf_ring){ fd, at, (const uint8_t *)at + page, size };
	return 0;
}

uint64_t perf_ring_head(const struct perf_ring *ring)
{
	return __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
}

void perf_ring_consume(struct perf_ring *ring, uint64_t tail)
{
	__atomic_store_n(&ring->page->data_tail, tail, __ATOMIC_RELEASE);
}

void perf_ring_copy(const struct perf_ring *ring, uint64_t at, void *to, size_t len)
{
	const size_t begin = at & (ring->size - 1);
	const size_t first = len < ring->size - begin ? len : ring->size - begin;

	memcpy(to, ring->data + begin, first);
	memcpy((uint8_t *)to + first, ring->data, len - first);
}

void perf_ring_unmap(struct perf_ring *ring)
{
	if (ring->page)
		munmap(ring->page, (size_t)sysconf(_SC_PAGESIZE) + ring->size);
}
