// SPDX-License-Identifier: GPL-2.0
/*
 * One file for all users, in which each has 16 bytes: a lock of the first 8 is the turn, which is
 * the time when the next one may begin; a lock of one of the others is a connection.  Locks of a
 * file end with the process, in whatever way it ends.  A file for each user would let one with many
 * user IDs (subuid(5)) fill the file system.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/signals.h"
#include "serve/turns.h"

#define BYTES	16

/* Longer than any pause: the file is of another boot. */
#define PAUSE_MAX	(1000 * NSEC_PER_SEC)

static const char *const unusable =
	"the directory of the service is not usable: see RUNTIME_DIRECTORY in memcensus(8)";

/* That of no user: who is alone. */
#define ALONE	((off_t)(uid_t)-1 * BYTES)

static off_t place(const struct turns *turns)
{
	return (off_t)turns->uid * BYTES;
}

static int lock(const struct turns *turns, int command, short type, off_t start, off_t len)
{
	struct flock flock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = len,
	};

	return TEMP_FAILURE_RETRY(fcntl(turns->file, command, &flock));
}

const char *turns_connect(struct turns *turns, const char *dir, uid_t uid)
{
	char path[4096];
	int n;

	snprintf(path, sizeof(path), "%s/turns", dir);
	*turns = (struct turns) {
		.file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600),
		.uid = uid,
	};
	if (turns->file < 0)
		return unusable;
	for (n = BYTES - TURNS_CONNECTIONS; n < BYTES; n++)
		if (!lock(turns, F_SETLK, F_WRLCK, place(turns) + n, 1))
			return NULL;
	return "this user has too many connections to the service: end some";
}

/* Waits until the time that is in the file at @start. */
static bool wait_for_next(const struct turns *turns, off_t start)
{
	uint64_t next = 0;

	if (lock(turns, F_SETLKW, F_WRLCK, start, sizeof(next)) ||
	    pread(turns->file, &next, sizeof(next), start) < 0)
		return false;
	if (next < signals_now() + PAUSE_MAX)
		signals_sleep_until(next);
	return true;
}

/* Without it the next turn is at once. */
static void put_next(const struct turns *turns, off_t start, uint64_t next)
{
	if (pwrite(turns->file, &next, sizeof(next), start) != sizeof(next))
		perror("memcensus-serve");
}

const char *turns_begin(struct turns *turns)
{
	if (!wait_for_next(turns, place(turns)))
		return unusable;
	turns->begun = signals_now();
	return NULL;
}

const char *turns_alone(struct turns *turns)
{
	return wait_for_next(turns, ALONE) ? NULL : unusable;
}

void turns_join(struct turns *turns, uint64_t pause)
{
	put_next(turns, ALONE, signals_now() + pause);
	lock(turns, F_SETLK, F_UNLCK, ALONE, sizeof(uint64_t));
}

void turns_owe(struct turns *turns, uint64_t ns)
{
	put_next(turns, place(turns), signals_now() + (1 + TURNS_REST) * ns);
}

void turns_pay(struct turns *turns, uint64_t pause)
{
	const uint64_t now = signals_now(), rest = TURNS_REST * (now - turns->begun);

	put_next(turns, place(turns), now + (rest > pause ? rest : pause));
}

void turns_end(struct turns *turns, uint64_t pause)
{
	turns_pay(turns, pause);
	lock(turns, F_SETLK, F_UNLCK, place(turns), sizeof(uint64_t));
}
