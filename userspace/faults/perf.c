// SPDX-License-Identifier: GPL-2.0
/* Files and rings of perf_event_open(2). */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "faults/perf.h"
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

const struct perf_event_header *perf_ring_record(const struct perf_ring *ring, uint64_t at,
						 uint64_t head, uint64_t *copy)
{
	const size_t begin = at & (ring->size - 1), first = ring->size - begin;
	/* Records are multiples of 8 bytes: a header does not wrap around the end. */
	const struct perf_event_header *header = (const void *)(ring->data + begin);

	/* The kernel never writes such a record. */
	if (head - at < sizeof(*header) || header->size < sizeof(*header) ||
	    header->size > head - at)
		return NULL;
	if (header->size <= first)
		return header;
	memcpy(copy, header, first);
	memcpy((uint8_t *)copy + first, ring->data, header->size - first);
	return (const void *)copy;
}

void perf_ring_unmap(struct perf_ring *ring)
{
	if (ring->page)
		munmap(ring->page, (size_t)sysconf(_SC_PAGESIZE) + ring->size);
}
