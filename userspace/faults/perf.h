/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all users of perf_event_open(2) need: files and rings.
 */
#ifndef READER_PERF_H
#define READER_PERF_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef PERF_FORMAT_LOST
#define PERF_FORMAT_LOST	0x10
#endif

/**
 * struct perf_files - open events
 * @fds, @n: their files; owned
 */
struct perf_files {
	int *fds;
	size_t n;
};

/**
 * struct perf_ring - the records of events on one CPU
 * @fd: the event that has the ring, if it is mapped
 * @page: the control page, which the data follows; NULL: not mapped
 * @size: bytes of @data, a power of two
 */
struct perf_ring {
	int fd;
	struct perf_event_mmap_page *page;
	const uint8_t *data;
	size_t size;
};

/* An event takes a file for each thread and CPU: allows as many as the hard limit. */
void perf_raise_limit(void);

/* Opens an event; returns its file, or -1 and errno. */
int perf_open(struct perf_event_attr *attr, uint32_t tid, int cpu);

/* Takes over @fd. */
void perf_files_add(struct perf_files *files, int fd);

/* Adds to @lost the number of records that the kernel dropped; false: unknown. */
bool perf_files_lost(const struct perf_files *files, uint64_t *lost);

/* Closes all events; their rings stay mapped. */
void perf_files_close(struct perf_files *files);

/*
 * Sends the records of the event @fd to @ring, which the first event maps with @size
 * bytes.  Returns 0, or -1 and errno.
 */
int perf_ring_add(struct perf_ring *ring, int fd, size_t size);

/* End of the records that are complete; the first is at @ring->page->data_tail. */
uint64_t perf_ring_head(const struct perf_ring *ring);

/* Gives the records before @tail back to the kernel. */
void perf_ring_consume(struct perf_ring *ring, uint64_t tail);

/*
 * The record at @at; NULL: there is no whole one before @head.  One that wraps around the
 * end is copied to @copy of PERF_RECORD_MAX bytes: its header has 16 bits for the size.
 */
#define PERF_RECORD_MAX	65536
const struct perf_event_header *perf_ring_record(const struct perf_ring *ring, uint64_t at,
						 uint64_t head, uint64_t *copy);

void perf_ring_unmap(struct perf_ring *ring);

#endif /* READER_PERF_H */
