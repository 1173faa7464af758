/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Children that map and touch what a test says and then hold still, and the
 * places where they do it.
 */
#ifndef _PAGES_H
#define _PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Address number @n of those that tests map things at: 4 GiB apart and far
 * from all that a process has anyway, so that a mapping is found by its
 * address and never joined with another; aligned to the largest huge page.
 */
#define PLACE(n)	((char *)(0x1000000000UL + (unsigned long)(n) * (4UL << 30)))

#define PAGE		((size_t)4096)
#define HUGE		((size_t)2 << 20)

/*
 * Maps @size bytes at @place, in small pages where it is anonymous. Ends the
 * process with a diagnostic where it cannot.
 */
char *map(char *place, size_t size, int prot, int flags, int fd, off_t offset);
/* Anonymous, private, to be written. */
char *map_private(char *place, size_t size);
/* Anonymous memory of all processes that inherit it. */
char *map_shared(char *place, size_t size);

/* Writes to, or reads from, each page; what is written differs by page. */
void write_pages(char *at, size_t pages);
void read_pages(const char *at, size_t pages);

/* A memfd of @pages pages, empty. Ends the process where it cannot. */
int memfd(const char *name, size_t pages);

/* Ends the process with a diagnostic of errno, unless @ok. */
void need(bool ok, const char *what);

/*
 * Runs @body(@arg) in a child, which then stops. Returns its PID when it has
 * stopped, or -1 when it ended instead. It dies with its parent.
 */
pid_t child_start(void (*body)(void *arg), void *arg);
/* In a child: stops until child_next(). */
void child_stop(void);
/* Lets @pid go on to its next stop; false where it ended instead. */
bool child_next(pid_t pid);
/* Waits until @pid, a child, has stopped; false where it ended instead. */
bool child_stopped(pid_t pid);
/*
 * Waits until @pid, any task, waits in the kernel for what does not come; false
 * where it does not after ten seconds.
 */
bool child_waits(pid_t pid);
/*
 * Waits until @pid, any task, has slept in the kernel whenever it was looked at,
 * for 300 ms; false where it does not in ten seconds, stopped or ended.
 */
bool child_sleeps(pid_t pid);
/* Kills @pid, a child, and waits for it. */
void child_end(pid_t pid);

/* The letter of @pid's state in /proc/PID/stat; '-' where there is none. */
char process_state(pid_t pid);

/* Writes @text to the file @path; false where that failed. */
bool write_file(const char *path, const char *text);
/* First integer in the file @path; -1 where there is none. */
long read_number(const char *path);

#define THP_SYS	"/sys/kernel/mm/transparent_hugepage/"

/* Huge pages for who asks for them; false where the kernel has none. */
bool thp_on(void);

/* Of the monotonic clock. */
uint64_t now_us(void);
uint64_t now_ms(void);
void sleep_ms(unsigned int ms);

/*
 * Starts @n children that map a memfd of @shared pages at PLACE(0), and write each to
 * every second page of it, at random but for each child the same each time: those that
 * half_has(); and that have @private pages at PLACE(1). Their @pids are 0 from the first
 * that could not be started; false then.
 */
bool halves_start(pid_t *pids, unsigned int n, size_t shared, size_t private);
bool half_has(unsigned int child, unsigned long page);

/* A count of /proc/vmstat, 0 where the kernel has none of that name. */
uint64_t vmstat_count(const char *name);

/* For child_start(): maps a hugetlb page of 1 GiB at PLACE(0) and writes to it. */
void map_gigantic(void *arg);

/* Is the kernel a process of another one? */
bool user_mode_linux(void);

#endif /* _PAGES_H */
