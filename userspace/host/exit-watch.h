/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How processes of this machine end that are not ours to wait for.
 *
 * The kernel tells whoever listens to its process events (the netlink
 * connector, CONFIG_PROC_EVENTS) when a process executes a program or ends,
 * and with which status.  Where it has none, a zombie still has its status in
 * /proc, if its parent is slow.  Who was killed by the OOM killer stands in the
 * kernel's log.
 */
#ifndef READER_EXIT_WATCH_H
#define READER_EXIT_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct exit_status - how a process ended
 * @known: @status is known
 * @status: as wait(2) has it
 * @oom: the kernel's log says that the OOM killer chose it
 * @realtime: when, ns since 1970; 0: not known
 * @why_not: why @status is not known, for a person
 */
struct exit_status {
	bool known;
	int status;
	bool oom;
	uint64_t realtime;
	const char *why_not;
};

struct exit_watch;

/*
 * Begins to listen for what becomes of @pids.  What cannot be listened to is
 * left out; NULL without memory.
 */
struct exit_watch *exit_watch_listen(const uint32_t *pids, size_t n);
void exit_watch_free(struct exit_watch *exits);

/* Whether @pid has executed a program since this was last asked. */
bool exit_watch_executed(struct exit_watch *exits, uint32_t pid);

/* How @pid, which has ended, did so.  @exits NULL: nobody listened. */
struct exit_status exit_watch_status(struct exit_watch *exits, uint32_t pid);

/* "exit status 1", "killed by signal 9 (KILL)" ... @buf holds EXIT_STATUS_SIZE. */
#define EXIT_STATUS_SIZE	128
void exit_status_text(char *buf, const struct exit_status *exited);

#endif /* READER_EXIT_WATCH_H */
