// SPDX-License-Identifier: GPL-2.0
/*
 * Files of file systems in memory, and System V segments: known bytes, mounts that hide files,
 * and what a user may make too many of.  It needs root, for a mount namespace of its own.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"
#include "os/memory-files.h"

#define MIB	UINT64_C(1048576)

static char top[40] = "/tmp/memory-files-test.XXXXXX";

/* A file of @mib MiB below the top. */
static bool make_file(const char *path, unsigned int mib)
{
	static char block[MIB];
	char *name;
	bool done;
	int fd;

	if (asprintf(&name, "%s/%s", top, path) < 0)
		return false;
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	done = fd >= 0;
	for (; done && mib; mib--)
		done = write(fd, block, sizeof(block)) == (ssize_t)sizeof(block);
	if (fd >= 0)
		close(fd);
	free(name);
	return done;
}

static bool make_mount(const char *path, const char *type, const char *options)
{
	char *name;
	bool done;

	if (asprintf(&name, "%s/%s", top, path) < 0)
		return false;
	mkdir(name, 0700);
	done = !mount("none", name, type, 0, options);
	free(name);
	return done;
}

static const struct memory_file *file_of(const struct memory_files *files, const char *path)
{
	const size_t len = strlen(top);
	size_t i;

	for (i = 0; i < files->n; i++)
		if (!strncmp(files->v[i].name, top, len) &&
		    !strcmp(files->v[i].name + len + 1, path))
			return &files->v[i];
	return NULL;
}

static const struct memory_system *system_of(const struct memory_files *files, const char *path)
{
	const size_t len = strlen(top);
	size_t i;

	for (i = 0; i < files->n_systems; i++)
		if (!strncmp(files->systems[i].at, top, len) &&
		    !strcmp(files->systems[i].at + len + 1, path))
			return &files->systems[i];
	return NULL;
}

static void expect_file(const struct memory_files *files, const char *path, uint64_t mib)
{
	const struct memory_file *file = file_of(files, path);

	ok(mib ? file && file->held == mib * MIB && file->memory.known && file->swap.known &&
	   (uint64_t)(file->memory.bytes + file->swap.bytes) == mib * MIB : !file,
	   "%s: %" PRIu64 " MiB", path, mib);
}

static void expect_system(const struct memory_files *files, const char *path, uint64_t number,
			  uint64_t in_files, int64_t used, bool partly)
{
	const struct memory_system *system = system_of(files, path);

	ok(system && system->seen && system->partly == partly && system->files == number &&
	   system->in_files == in_files * MIB && system->used.known &&
	   system->used.bytes >= used * (int64_t)MIB &&
	   system->used.bytes < (used + 1) * (int64_t)MIB,
	   "%s: %" PRIu64 " files of %" PRIu64 " MiB, %" PRId64 " used, %s", path, number,
	   in_files, used, partly ? "partly seen" : "all seen");
	if (system)
		printf("# %" PRIu64 " files of %" PRIu64 ", %" PRId64 " used, %s\n", system->files,
		       system->in_files, system->used.bytes, system->partly ? "partly" : "all");
}

/* A directory in another, deeper than is looked at, and a file in the last one. */
static void make_deep(void)
{
	unsigned int i;

	if (chdir(top) || chdir("deep"))
		exit(1);
	for (i = 0; i < 200; i++)
		if (mkdir("d", 0700) || chdir("d"))
			exit(1);
	close(open("file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	if (chdir("/"))
		exit(1);
}

static void make_many(void)
{
	char name[32];
	unsigned int i;

	if (chdir(top) || chdir("many"))
		exit(1);
	for (i = 0; i < MEMORY_FILES_OF_SYSTEM + 10; i++) {
		snprintf(name, sizeof(name), "%u", i);
		close(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	}
	if (chdir("/"))
		exit(1);
}

static int make_segment(void)
{
	const int id = shmget(IPC_PRIVATE, 3 * MIB, IPC_CREAT | 0600);
	char *at = id < 0 ? NULL : shmat(id, NULL, 0);

	if (id < 0 || at == (void *)-1)
		exit(1);
	memset(at, 1, 2 * MIB);
	shmdt(at);
	return id;
}

static bool has_segment(const struct memory_files *files, int id)
{
	char name[32];
	size_t i;

	snprintf(name, sizeof(name), "segment %d", id);
	for (i = 0; i < files->n; i++)
		if (!strcmp(files->v[i].name, name))
			return files->v[i].kind == MEMORY_FILE_SEGMENT &&
			       files->v[i].held == 2 * MIB && files->v[i].attached.known &&
			       !files->v[i].attached.bytes;
	return false;
}

static bool make_all(void)
{
	char *from, *to;
	bool done;

	done = make_mount("a", "tmpfs", "size=64m,mode=700") && make_file("a/small", 1) &&
	       make_file("a/large", 5) && make_file("a/open", 2) &&
	       make_mount("a/in", "tmpfs", "size=8m") && make_file("a/in/other", 3) &&
	       make_mount("hidden", "tmpfs", "size=8m") && make_file("hidden/file", 4) &&
	       make_mount("hidden", "tmpfs", "size=16m") && make_file("hidden/above", 6) &&
	       make_mount("deep", "tmpfs", "size=16m") && make_mount("many", "tmpfs", "size=64m");
	/* The same file by another name. */
	if (asprintf(&from, "%s/a/large", top) < 0 || asprintf(&to, "%s/a/link", top) < 0)
		return false;
	done = done && !link(from, to);
	free(from);
	free(to);
	return done;
}

static void remove_all(void)
{
	static const char *const mounts[] = { "many", "deep", "hidden", "a" };
	char *name;
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		if (asprintf(&name, "%s/%s", top, mounts[i]) < 0)
			exit(1);
		while (!umount2(name, MNT_DETACH))
			;
		rmdir(name);
		free(name);
	}
	rmdir(top);
}

int main(void)
{
	struct memory_files files;
	int id, fd;
	char *name;

	if (geteuid() || unshare(CLONE_NEWNS | CLONE_NEWIPC) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || !mkdtemp(top)) {
		printf("1..0 # SKIP it needs root and mount namespaces\n");
		return 0;
	}
	if (!ok(make_all(), "file systems are made"))
		return tap_done();
	/* Without a name, and open. */
	if (asprintf(&name, "%s/a/open", top) < 0)
		return 1;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	unlink(name);
	free(name);
	make_deep();
	make_many();
	id = make_segment();
	memory_files_read(&files, 100000);
	expect_file(&files, "a/small", 1);
	ok(!!file_of(&files, "a/large") + !!file_of(&files, "a/link") == 1,
	   "a file with two names is one");
	expect_file(&files, "a/in/other", 3);
	expect_file(&files, "hidden/above", 6);
	expect_file(&files, "hidden/file", 0);
	expect_system(&files, "a", 3, 6, 8, false);
	expect_system(&files, "a/in", 1, 3, 3, false);
	expect_system(&files, "deep", 0, 0, 0, true);
	expect_system(&files, "many", MEMORY_FILES_OF_SYSTEM, 0, 0, true);
	ok(system_of(&files, "hidden") && !system_of(&files, "hidden")->seen,
	   "a file system with another one over it is said not to be seen");
	ok(has_segment(&files, id), "a segment that no process has attached");
	memory_files_free(&files);
	memory_files_read(&files, 2);
	ok(files.n == 2 && files.v[0].held <= files.v[1].held && files.v[0].held >= 5 * MIB,
	   "the two largest ones");
	memory_files_free(&files);
	close(fd);
	remove_all();
	return tap_done();
}
