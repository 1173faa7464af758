/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How processes of this machine end that are not our children.
 *
 * The kernel reports to listeners of its process events (the netlink connector,
 * CONFIG_PROC_EVENTS) when a process executes a program or ends, and with which
 * exit status.  Without these events, /proc has the status of a zombie until its
 * parent reaps it.  The kernel log names the victims of the OOM killer.
 */
#ifndef READER_EXIT_WATCH_H
#define READER_EXIT_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct exit_status - how a process ended
 * @status: as in wait(2), if @known
 * @oom: the kernel log says that the OOM killer chose it
 * @realtime: when, ns since 1970; 0: unknown
 * @why_not: why @status is unknown, for messages
 */
struct exit_status {
	bool known;
	int status;
	bool oom;
	uint64_t realtime;
	const char *why_not;
};

struct exit_watch;

/* Starts to watch @pids.  A source of events that cannot be opened is left out. */
struct exit_watch *exit_watch_listen(const uint64_t *pids, size_t n);
void exit_watch_free(struct exit_watch *exits);

/* Watches @pid too, or anew if its number is used again. */
void exit_watch_add(struct exit_watch *exits, uint32_t pid);

/* Whether @pid has executed a program since the last call. */
bool exit_watch_executed(struct exit_watch *exits, uint32_t pid);

/* How @pid ended, which is not watched any more.  @exits NULL: it was not watched. */
struct exit_status exit_watch_end(struct exit_watch *exits, uint32_t pid);

/* The PID of the victim if @record of /dev/kmsg says that the OOM killer kills one, else 0. */
uint32_t exit_watch_victim(const char *record);

/* "exit status 1", "killed by signal 9 (KILL)" ... @buf holds EXIT_STATUS_SIZE. */
#define EXIT_STATUS_SIZE	128
void exit_status_text(char *buf, const struct exit_status *exited);

#endif /* READER_EXIT_WATCH_H */
