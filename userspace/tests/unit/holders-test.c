// SPDX-License-Identifier: GPL-2.0
/* Who has a deleted file open, or maps it: a memfd that processes of this test have. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/memory.h"
#include "model/columns.h"
#include "model/physical.h"
#include "tap.h"
#include "wire/file-holders.h"

#define PROCESSES	5
#define NAME		"holders-test"

/* As a pass sends a file of this number. */
static struct frame_file file_of(const struct stat *stat, const char *type, uint64_t deleted)
{
	return (struct frame_file){
		.known = 1ULL << MEMCENSUS_FF_INODE | 1ULL << MEMCENSUS_FF_DELETED |
			 1ULL << MEMCENSUS_FF_TYPE,
		.dev_major = major(stat->st_dev), .dev_minor = minor(stat->st_dev),
		.inode = stat->st_ino, .type = type, .deleted = deleted,
	};
}

/* What the census says: this test has a mapping of @mapped, unless it is NULL. */
static const struct stat *mapped;
static uint64_t state = MEMCENSUS_STATE_WALKED;

/* Whose mappings do not fit; 0: all do.  @most: of how many processes at once they do. */
static uint64_t huge;
static size_t most;
/* How many processes were counted. */
static size_t counted;

static bool fits(const struct request *request)
{
	size_t i;

	for (i = 0; huge && i < request->pids.n; i++)
		if (request->pids.v[i] == huge || request->pids.n > most)
			return false;
	counted += request->pids.n;
	return true;
}

static enum taken take(struct source *source, const struct request *request,
		       struct snapshot *census, struct failure *why)
{
	struct task *task = row_add(&task_rows, census);
	struct vma *vma;

	(void)source;
	if (!fits(request)) {
		fail(why, FAIL_MEMORY, "readers hold results of max_results bytes");
		return TAKE_FAILED;
	}
	ok(request->parts & MEMCENSUS_PART_MEMORY_VMAS && request->pids.n,
	   "a census of mappings of files in memory");
	task->state = state;
	if (!mapped)
		return TAKE_DONE;
	vma = row_add(&vma_rows, census);
	vma->known = 1ULL << MEMCENSUS_VMA_INODE | 1ULL << MEMCENSUS_VMA_NAME;
	vma->pid = (uint64_t)getpid();
	vma->name = "/dev/zero (deleted)";
	vma->dev_major = major(mapped->st_dev);
	vma->dev_minor = minor(mapped->st_dev);
	vma->inode = mapped->st_ino;
	return TAKE_DONE;
}

static struct snapshot *snap;

static void forget(void)
{
	if (snap)
		free(snap->frame_files);
	snapshot_free(snap);
}

/* What is shown as holders of a file of this number, until it is called again. */
static const char *holders_of(const struct stat *stat, const char *type, uint64_t deleted,
			      int *found)
{
	static const struct source_ops ops = { .live = true, .take = take };
	struct source source = { .ops = &ops };
	struct failure why;

	forget();
	snap = snapshot_new();
	snap->frame_files = array_grow(NULL, 0, sizeof(*snap->frame_files));
	snap->frame_files[snap->n_frame_files++] = file_of(stat, type, deleted);
	*found = holders_find(&source, snap, &why);
	return snap->frame_files[0].holders;
}

/* A process that has @fd twice, and nothing else to do; it ends with this test. */
static pid_t hold(int fd)
{
	const pid_t pid = fork();

	if (pid)
		return pid;
	dup(fd);
	while (getppid() != 1)
		sleep(1);
	_exit(0);
}

int main(void)
{
	const int fd = memfd_create(NAME, MFD_CLOEXEC);
	pid_t pids[PROCESSES];
	char expected[256] = "";
	const char *holders;
	struct stat stat;
	size_t i;
	int found;

	fstat(fd, &stat);
	snprintf(expected, sizeof(expected), "%d %s", getpid(), NAME);
	holders = holders_of(&stat, "tmpfs", 1, &found);
	ok(found >= 0 && holders && !strcmp(holders, expected), "this process: %s", holders);
	ok(!holders_of(&stat, "tmpfs", 0, &found), "not searched for a file with a name");
	for (i = 0; i < PROCESSES; i++)
		pids[i] = hold(fd);
	close(fd);
	snprintf(expected, sizeof(expected), "%d %s, %d %s, %d %s, %d %s, 1 more", pids[0], NAME,
		 pids[1], NAME, pids[2], NAME, pids[3], NAME);
	holders = holders_of(&stat, "tmpfs", 1, &found);
	ok(found >= 0 && holders && !strcmp(holders, expected), "the first four: %s", holders);
	for (i = 0; i < PROCESSES; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	holders = holders_of(&stat, "tmpfs", 1, &found);
	ok(found == 1 ? !holders : holders && !strcmp(holders, "(none)"), "nobody any more: %s",
	   holders);
	ok(!holders_of(&stat, "ext4", 1, &found),
	   "a file of a disk may have another number where it is open: unknown");
	mapped = &stat;
	snprintf(expected, sizeof(expected), "%d %s", getpid(), NAME);
	holders = holders_of(&stat, "tmpfs", 1, &found);
	ok(holders && !strcmp(holders, expected), "mapped by this process: %s", holders);
	holders = holders_of(&stat, "ext4", 1, &found);
	ok(holders && !strcmp(holders, expected), "a mapping has the number of a disk: %s",
	   holders);
	prctl(PR_SET_NAME, "x, 1 systemd");
	snprintf(expected, sizeof(expected), "%d x; 1 systemd", getpid());
	holders = holders_of(&stat, "tmpfs", 1, &found);
	ok(holders && !strcmp(holders, expected), "a name does not add a holder: %s", holders);
	mapped = NULL;
	state = MEMCENSUS_STATE_BUSY;
	holders = holders_of(&stat, "tmpfs", 1, &found);
	ok(found == 1 && !holders, "a busy process may map it: unknown");
	state = MEMCENSUS_STATE_WALKED;
	huge = (uint64_t)getpid();
	most = 2;
	counted = 0;
	holders = holders_of(&stat, "tmpfs", 1, &found);
	ok(found == 1 && !holders && counted, "a process has too many mappings: unknown");
	forget();
	return tap_done();
}
