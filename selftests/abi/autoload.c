// SPDX-License-Identifier: GPL-2.0
/*
 * The first request for the family loads the module: the kernel asks modprobe for the
 * family's alias, which the module has. This program takes the place of modprobe.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ko.h"
#include "selftest.h"

#define ALIAS		"net-pf-16-proto-16-family-" MEMCENSUS_GENL_NAME
#define MODPROBE	"/proc/sys/kernel/modprobe"

/* Written by the test for the helper: the module's file; by the helper: its arguments. */
#define FILE_NAMED	"/tmp/autoload.ko"
#define FILE_ASKED	"/tmp/autoload.asked"

/* Run by the kernel: modprobe -q -- ALIAS. */
static void __attribute__((constructor)) modprobe(int argc, char **argv)
{
	char path[4096] = "";
	FILE *file;

	if (argc != 4 || strcmp(argv[1], "-q") || strcmp(argv[2], "--"))
		return;
	if (strcmp(argv[3], ALIAS))
		_exit(1);
	file = fopen(FILE_ASKED, "w");
	if (file) {
		fputs(argv[3], file);
		fclose(file);
	}
	file = fopen(FILE_NAMED, "r");
	if (!file || !fgets(path, sizeof(path), file))
		_exit(1);
	setenv("MEMCENSUS_KO", path, 1);
	_exit(ko_load("") ? 1 : 0);
}

FIXTURE(modprobe)
{
	bool ready;
	char before[256];
};

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
}

TEST_F(modprobe, first_request_loads)
{
	struct census_socket s;
	struct census census;
	char asked[256] = "";

	if (!self->ready)
		return;
	ASSERT_FALSE(ko_is_loaded());
	ASSERT_EQ(0, census_open(&s));
	census_close(&s);
	EXPECT_TRUE(ko_is_loaded());
	EXPECT_TRUE(get_line(FILE_ASKED, asked, sizeof(asked)));
	EXPECT_STREQ(ALIAS, asked);
	ASSERT_CENSUS(getpid(), &census);
	census_free(&census);
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

/* By this modprobe finds it; depmod reads it from the module. */
TEST_F(modprobe, module_has_the_alias)
{
	static const char want[] = "alias=" ALIAS;
	struct stat st;
	char *bytes;
	int fd;

	if (!self->ready)
		return;
	fd = open(ko_path(), O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fstat(fd, &st));
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT_NE(MAP_FAILED, bytes);
	EXPECT_NE(NULL, memmem(bytes, st.st_size, want, sizeof(want)));
	EXPECT_NE(NULL, memmem(bytes, st.st_size, "author=", 7));
	EXPECT_NE(NULL, memmem(bytes, st.st_size, "version=", 8));
	munmap(bytes, st.st_size);
	close(fd);
}

TEST_HARNESS_MAIN
