/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Children that map and touch memory for a test and then stop, and the addresses
 * that they use.
 */
#ifndef _PAGES_H
#define _PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Address number @n for mappings of tests: 4 GiB apart and far from all other
 * mappings of a process, so that a mapping is found by its address and never
 * merged with another; aligned to the largest huge page.
 */
#define PLACE(n)	((char *)(0x1000000000UL + (unsigned long)(n) * (4UL << 30)))

/*
 * Bytes of a page, and of a huge page: what a table of one page maps. Pages of a huge page,
 * which are the entries of that table.
 */
#define PAGE		(page_size)
#define HUGE		(PAGE * PER_HUGE)
#define PER_HUGE	(PAGE / 8)
extern size_t page_size;
/* The largest that Linux has. */
#define PAGE_MAX	65536

/*
 * The file @name of the pool of hugetlb pages of @size bytes, such as nr_hugepages; valid until
 * the next call.
 */
const char *huge_pool(size_t size, const char *name);
/* For mmap() and memfd_create(): hugetlb pages of @size bytes. */
#define MAP_HUGE_SIZE(size)	((unsigned int)__builtin_ctzl(size) << 26)

/* A line of /proc/meminfo in bytes; UINT64_MAX: none. */
uint64_t meminfo_bytes(const char *name);
/* Free memory, with that in the lists of CPUs, which MemFree lacks; bytes. */
int64_t free_memory(void);
/* Memory that is not available, bytes. */
long memory_used(void);
/* A debug kernel: it pads each allocation, and keeps what was freed for a while. */
bool is_debug_kernel(void);
/* Checks of each memory access take most of the time: a lock hold covers few tables. */
bool is_slow_kernel(void);

/*
 * Maps @size bytes at @place, in small pages if anonymous. On failure ends the
 * process with a diagnostic.
 */
char *map(char *place, size_t size, int prot, int flags, int fd, off_t offset);
/*
 * Small pages for these @size bytes. A kernel without huge pages has no others. On other failure
 * ends the process with a diagnostic.
 */
void no_huge_pages(char *at, size_t size);
/* Private anonymous memory, writable. */
char *map_private(char *place, size_t size);
/* Shared anonymous memory. */
char *map_shared(char *place, size_t size);

/* Writes to, or reads from, each page; each page gets different data. */
void write_pages(char *at, size_t pages);
void read_pages(const char *at, size_t pages);

/* An empty memfd of @pages pages. On failure ends the process. */
int memfd(const char *name, size_t pages);

/* Ends the process with a diagnostic of errno, unless @ok. */
void need(bool ok, const char *what);

/*
 * Runs @body(@arg) in a child, which then stops. Returns its PID when it has
 * stopped, or -1 if it exited. It dies with its parent.
 */
pid_t child_start(void (*body)(void *arg), void *arg);
/* In a child: waits for child_next(). */
void child_stop(void);
/* Lets @pid continue to its next stop; false if it exited. */
bool child_next(pid_t pid);
/* Waits until the child @pid has stopped; false if it exited. */
bool child_stopped(pid_t pid);
/*
 * Waits until task @pid is blocked in the kernel; false after ten seconds.
 */
bool child_waits(pid_t pid);
/*
 * Waits until task @pid has been asleep in the kernel at each check for 300 ms;
 * false after ten seconds, or if it stopped or exited.
 */
bool child_sleeps(pid_t pid);
/* Kills the child @pid and waits for it. */
void child_end(pid_t pid);

/* The letter of @pid's state in /proc/PID/stat; '-' if unavailable. */
char process_state(pid_t pid);

/*
 * Registers @at with a userfaultfd that never answers: who touches a page of it waits until the
 * process ends. False if the kernel has none.
 */
bool register_missing(char *at, size_t size);

/* Writes @text to the file @path; false on failure. */
bool write_file(const char *path, const char *text);
/* Moves this process into the cgroup @dir; false on failure. */
bool enter_cgroup(const char *dir);
/*
 * Makes the cgroup @dir below the root, without swap, and writes @bytes to its @file, of the
 * memory controller; false if the kernel has none.
 */
bool limit_cgroup(const char *dir, const char *file, size_t bytes);
/* In a child: holds @held bytes, stops, then takes a MiB each @pause_ms until it is killed. */
void eat_memory(size_t held, unsigned int pause_ms);
/* Whether the kernel, or a module, has a function of this name. */
bool kernel_has(const char *function);
/* Whether each page of a large folio has its own map count, so that smaps does not estimate. */
bool mapcounts_exact(void);
/* First integer in the file @path; -1 if there is none. */
long read_number(const char *path);

#define THP_SYS	"/sys/kernel/mm/transparent_hugepage/"

/* Enables THP for madvise(); false if the kernel has none. */
bool thp_on(void);

/* Time of the monotonic clock. */
uint64_t now_us(void);
uint64_t now_ms(void);
void sleep_ms(unsigned int ms);

/*
 * Starts @n children. Each maps a memfd of @shared pages at PLACE(0) and writes to
 * a reproducible random half of it, given by half_has(); and has @private pages at
 * PLACE(1). If a child does not start, returns false; its PID in @pids and all later
 * ones are 0.
 */
bool halves_start(pid_t *pids, unsigned int n, size_t shared, size_t private);
bool half_has(unsigned int child, unsigned long page);

/* A count of /proc/vmstat; 0 if the kernel does not have it. */
uint64_t vmstat_count(const char *name);

/* For child_start(): maps a 1 GiB hugetlb page at PLACE(0) and writes to it. */
void map_gigantic(void *arg);

/* Does the test run under User Mode Linux? */
bool user_mode_linux(void);

#endif /* _PAGES_H */
