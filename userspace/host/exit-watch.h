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
 * struct fate - how a process ended
 * @known: @status is known
 * @status: as wait(2) has it
 * @oom: the kernel's log says that the OOM killer chose it
 * @realtime: when, ns since 1970; 0: not known
 * @why_not: why @status is not known, for a person
 */
struct fate {
	bool known;
	int status;
	bool oom;
	uint64_t realtime;
	const char *why_not;
};

struct fates;

/*
 * Begins to listen for what becomes of @pids.  What cannot be listened to is
 * left out; NULL without memory.
 */
struct fates *fates_listen(const uint32_t *pids, size_t n);
void fates_free(struct fates *fates);

/* Whether @pid has executed a program since this was last asked. */
bool fates_executed(struct fates *fates, uint32_t pid);

/* How @pid, which has ended, did so.  @fates NULL: nobody listened. */
struct fate fates_of(struct fates *fates, uint32_t pid);

/* "exit status 1", "killed by signal 9 (KILL)" ... @buf holds FATE_SIZE. */
#define FATE_SIZE	128
void fate_text(char *buf, const struct fate *fate);

#endif /* READER_EXIT_WATCH_H */
