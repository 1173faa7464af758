/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /proc says of a process of this machine, beside the census: whether it
 * is still there, and which limits it has.
 */
#ifndef READER_PROCESS_H
#define READER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct process_state - of /proc/PID/stat
 * @letter: as ps shows it; 0 where there is no such process
 * @start: when it was started, in ticks of sysconf(_SC_CLK_TCK) since boot; 0: not
 *	known
 * @has_status: @status is known
 * @status: as wait(2) has it, of a zombie
 */
struct process_state {
	char letter;
	uint64_t start;
	bool has_status;
	int status;
};

struct process_state process_state(uint32_t pid);

/*
 * This process, by its number in the PID namespace that /proc is of; 0 where that
 * is not known.
 */
uint32_t process_own(void);

/* The process that thread @tid belongs to; @tid itself where that is not known. */
uint32_t process_of(uint32_t tid);

/* Its parent; 0 where it has none here, or is gone. */
uint32_t process_parent(uint32_t pid);

/* Whether it has ended, reaped or not. */
bool process_is_gone(uint32_t pid);

/*
 * The soft limit of its address space in bytes, RLIMIT_AS; false where there is
 * none, or it is not known.
 */
bool process_address_limit(uint32_t pid, uint64_t *limit);

#endif /* READER_PROCESS_H */
