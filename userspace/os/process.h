/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /proc says about a process of this machine in addition to the census.
 */
#ifndef READER_PROCESS_H
#define READER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"

struct task;

/**
 * struct process_state - from /proc/PID/stat
 * @letter: state as ps shows it; 0 if there is no such process
 * @threads: number of its threads; of a zombie above 1 if others than the leader live
 * @start: start time in ticks of sysconf(_SC_CLK_TCK) since boot; 0: unknown
 * @heap: address where the heap begins; 0: unknown
 */
struct process_state {
	char letter;
	uint64_t threads;
	uint64_t start;
	uint64_t heap;
};

struct process_state process_state(uint32_t pid);

/*
 * Reads /proc/@pid/@name into @text of @size bytes, truncated and NUL-terminated.
 * Returns its length; 0 if it is gone or empty.
 */
size_t process_read(uint32_t pid, const char *name, char *text, size_t size);

/* The same of its command name, without the end of the line; false if it is gone. */
bool process_comm(uint32_t pid, char *comm, size_t size);

/*
 * The PID of this process in the PID namespace of the /proc mount; 0 if that is
 * unknown.
 */
uint32_t process_own(void);

/* The process that thread @tid belongs to; @tid itself if that is unknown. */
uint32_t process_of(uint32_t tid);

/* The parent of @pid; 0 if it has none in this PID namespace, or is gone. */
uint32_t process_parent(uint32_t pid);

/* The effective user of @pid; false if it is gone. */
bool process_user(uint32_t pid, uint32_t *uid);

/*
 * Whether @pid still is the process that started at @start, ns since boot; 0: unknown.  What was
 * read before is of that process then.  No process matches in a time namespace with another boot
 * clock.
 */
bool process_is_same(uint32_t pid, uint64_t start);

/* Whether the PID of @task still is that process, as far as its start is known. */
bool process_is_task(const struct task *task);

/* Whether @pid has ended, reaped or not.  It lives as long as one of its threads. */
bool process_is_gone(uint32_t pid);

/*
 * A thread of @pid with an address space: if its leader has exited, files of /proc/PID are empty
 * and those of this thread are not.  @pid itself if there is none.
 */
uint32_t process_living_thread(uint32_t pid);

/* Threads of @pid; 0 if it is gone. */
uint32_t process_thread_count(uint32_t pid);

/* A growing list of IDs of threads or processes; owned. */
struct ids {
	uint64_t *v;
	size_t n;
};

/* Adds @id at the end; and only if it is not in the list, which it searches, else false. */
void ids_append(struct ids *ids, uint64_t id);
bool ids_add(struct ids *ids, uint32_t id);

/* Sorts them, and leaves each once: many are added so. */
void ids_sort(struct ids *ids);
void ids_free(struct ids *ids);

/* Adds the threads of process @pid; false if it has ended. */
bool process_threads(struct ids *ids, uint32_t pid);

/* Adds all processes of this machine but kernel threads and zombies; 0, or -1 and @why. */
int process_all(struct ids *ids, struct failure *why);

/*
 * Adds those of the @n processes @roots that process_all() would add, and all their descendants;
 * 0, or -1 and @why: there is none.
 */
int process_trees(struct ids *ids, const uint64_t *roots, size_t n, struct failure *why);

#endif /* READER_PROCESS_H */
