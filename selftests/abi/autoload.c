// SPDX-License-Identifier: GPL-2.0
/*
 * Only root loads the module. The kernel asks modprobe for the alias of a family that
 * anybody names; the module has no such alias. The reader of root asks for the module
 * itself. This program takes the place of modprobe.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ko.h"
#include "selftest.h"

#define ALIAS		"net-pf-16-proto-16-family-" MEMCENSUS_GENL_NAME
#define MODPROBE	"/proc/sys/kernel/modprobe"

/* Written by the test for the helper: the module's file, parameters; by that: its arguments. */
#define FILE_NAMED	"/tmp/autoload.ko"
#define FILE_PARAMS	"/tmp/autoload.params"
#define FILE_ASKED	"/tmp/autoload.asked"

/* What the reader says. */
#define FILE_SAID	"/tmp/autoload.said"

static bool get_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "r");
	bool got = file && fgets(line, size, file);

	if (file)
		fclose(file);
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got;
}

static const char *asked_for(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "-q") && !strcmp(argv[2], "--"))
		return argv[3];
	if (argc == 3 && !strcmp(argv[1], "-q"))
		return argv[2];
	return NULL;
}

/* Checks whether the module's file at @path has the alias @alias. */
static bool has_alias(const char *path, const char *alias)
{
	char want[256];
	struct stat st;
	char *bytes;
	bool has;
	int fd;

	snprintf(want, sizeof(want), "alias=%s", alias);
	fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		return false;
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (bytes == MAP_FAILED)
		return false;
	has = memmem(bytes, st.st_size, want, strlen(want));
	munmap(bytes, st.st_size);
	return has;
}

/* Run by the kernel as modprobe -q -- ALIAS, and by the reader as modprobe -q NAME. */
static void __attribute__((constructor)) modprobe(int argc, char **argv)
{
	const char *name = asked_for(argc, argv);
	char path[4096] = "", params[256] = "";
	FILE *file;

	if (!name)
		return;
	if (strcmp(name, ALIAS) && strcmp(name, "memcensus"))
		_exit(1);
	file = fopen(FILE_ASKED, "w");
	if (file) {
		fputs(name, file);
		fclose(file);
	}
	file = fopen(FILE_NAMED, "r");
	if (!file || !fgets(path, sizeof(path), file))
		_exit(1);
	if (strcmp(name, "memcensus") && !has_alias(path, name))
		_exit(1);
	setenv("MEMCENSUS_KO", path, 1);
	get_line(FILE_PARAMS, params, sizeof(params));
	_exit(ko_load(params) ? 1 : 0);
}

FIXTURE(modprobe)
{
	bool ready;
	char before[256];
};

FIXTURE_SETUP(modprobe)
{
	char own[256] = "";

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (!get_line(MODPROBE, self->before, sizeof(self->before)))
		SKIP(return, "kernel does not load modules on demand");
	ASSERT_EQ(0, close(creat(FILE_NAMED, 0600)));
	ASSERT_TRUE(write_file(FILE_NAMED, ko_path()));
	ASSERT_LT(0, readlink("/proc/self/exe", own, sizeof(own) - 1));
	ASSERT_TRUE(write_file(MODPROBE, own));
	unlink(FILE_ASKED);
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	self->ready = true;
}

FIXTURE_TEARDOWN(modprobe)
{
	if (!self->ready)
		return;
	EXPECT_TRUE(write_file(MODPROBE, self->before));
	if (!ko_is_loaded())
		EXPECT_EQ(0, ko_load(""));
	unlink(FILE_NAMED);
	unlink(FILE_ASKED);
	unlink(FILE_PARAMS);
	unlink(FILE_SAID);
}

TEST_F(modprobe, naming_the_family_does_not_load)
{
	struct census_socket s;
	char asked[256] = "";
	int status;
	pid_t pid;

	if (!self->ready)
		return;
	ASSERT_FALSE(ko_is_loaded());
	pid = fork();
	if (!pid)
		_exit(setuid(65534) || census_open(&s) != -ENOENT);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	/* The kernel did ask. */
	EXPECT_TRUE(get_line(FILE_ASKED, asked, sizeof(asked)));
	EXPECT_STREQ(ALIAS, asked);
	EXPECT_EQ(-ENOENT, census_open(&s));
	EXPECT_FALSE(ko_is_loaded());
}

/* Runs the reader as user @uid.  Return: its exit status, or -1. */
static int run_reader(uid_t uid)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		need(freopen("/dev/null", "w", stdout), "stdout");
		need(uid || freopen(FILE_SAID, "w", stderr), "stderr");
		if (setuid(uid))
			_exit(126);
		execlp("memcensus", "memcensus", "-t", NULL);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	       WEXITSTATUS(status) : -1;
}

TEST_F(modprobe, reader_of_root_loads)
{
	char asked[256] = "";
	int status;

	if (!self->ready)
		return;
	status = run_reader(65534);
	if (status == 127)
		SKIP(return, "no reader");
	EXPECT_EQ(1, status);
	ASSERT_FALSE(ko_is_loaded());
	/* 3: some processes were not walked. */
	status = run_reader(0);
	EXPECT_TRUE(!status || status == 3) TH_LOG("status %d", status);
	EXPECT_TRUE(ko_is_loaded());
	EXPECT_TRUE(get_line(FILE_ASKED, asked, sizeof(asked)));
	EXPECT_STREQ("memcensus", asked);
}

/* A module that refuses to load says why in the kernel's log, and the reader repeats it. */
TEST_F(modprobe, refusal_is_said)
{
	static const char head[] =
		"memcensus: the kernel module does not load: parameter rule=maybe";
	char said[256] = "";
	int status;

	if (!self->ready)
		return;
	ASSERT_EQ(0, close(creat(FILE_PARAMS, 0600)));
	ASSERT_TRUE(write_file(FILE_PARAMS, "rule=maybe"));
	status = run_reader(0);
	if (status == 127)
		SKIP(return, "no reader");
	EXPECT_EQ(1, status);
	EXPECT_FALSE(ko_is_loaded());
	EXPECT_TRUE(get_line(FILE_SAID, said, sizeof(said)));
	EXPECT_EQ(0, strncmp(head, said, sizeof(head) - 1)) TH_LOG("%s", said);
}

/* Without modprobe the answer is the same as ever. */
TEST_F(modprobe, missing)
{
	struct census_socket s;

	if (!self->ready)
		return;
	ASSERT_TRUE(write_file(MODPROBE, "/nonexistent"));
	EXPECT_EQ(-ENOENT, census_open(&s));
	EXPECT_FALSE(ko_is_loaded());
}

/* By an alias modprobe would find it; depmod reads them from the module. */
TEST_F(modprobe, module_has_no_alias)
{
	if (!self->ready)
		return;
	EXPECT_FALSE(has_alias(ko_path(), ""));
}

TEST_HARNESS_MAIN
