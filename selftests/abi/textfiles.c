// SPDX-License-Identifier: GPL-2.0
/* The files of debugfs, and /proc/memcensus: one open is one census. */
#include <fcntl.h>
#include <sys/stat.h>

#include "client/abi_table.h"
#include "selftest.h"

#define DIR_PATH	"/sys/kernel/debug/memcensus"

static const char *const names[] = {
	"summary", "tasks", "scan",
};

/* A file read into memory; @n: bytes of each read. */
struct text {
	char *at;
	size_t size;
};

static struct text read_all(int fd, size_t n)
{
	struct text text = {};
	ssize_t got;

	do {
		text.at = realloc(text.at, text.size + n + 1);
		got = read(fd, text.at + text.size, n);
		if (got < 0) {
			free(text.at);
			return (struct text) {};
		}
		text.size += got;
	} while (got > 0);
	text.at[text.size] = '\0';
	return text;
}

static unsigned long long number_of(const char *at)
{
	unsigned long long seq = 0;

	return at && sscanf(at, "# census %llu ", &seq) == 1 ? seq : 0;
}

FIXTURE(file)
{
	char path[64];
	int fd;
};

FIXTURE_VARIANT(file)
{
	const char *path;
};

FIXTURE_VARIANT_ADD(file, summary) { DIR_PATH "/summary" };
FIXTURE_VARIANT_ADD(file, tasks) { DIR_PATH "/tasks" };
FIXTURE_VARIANT_ADD(file, scan) { DIR_PATH "/scan" };
FIXTURE_VARIANT_ADD(file, proc) { "/proc/memcensus" };

FIXTURE_SETUP(file)
{
	struct stat st;

	ASSERT_EQ(0, stat(variant->path, &st));
	EXPECT_EQ(S_IFREG | 0400, st.st_mode);
	EXPECT_EQ(0, st.st_uid);
	self->fd = open(variant->path, O_RDONLY);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(file)
{
	close(self->fd);
}

/* Reads of any size give the same text; it begins with its sequence number. */
TEST_F(file, in_pieces)
{
	static const size_t sizes[] = { 1, 7, 13, 100, 4095, 4096, 100000 };
	struct text whole = read_all(self->fd, 65536);
	unsigned int i;

	ASSERT_LT(0, whole.size);
	EXPECT_LT(0, number_of(whole.at));
	EXPECT_EQ('\n', whole.at[whole.size - 1]);
	EXPECT_EQ(whole.size, strlen(whole.at));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct text again;

		ASSERT_EQ(0, lseek(self->fd, 0, SEEK_SET));
		again = read_all(self->fd, sizes[i]);
		EXPECT_EQ(whole.size, again.size);
		EXPECT_STREQ(whole.at, again.at ?: "");
		free(again.at);
	}
	free(whole.at);
}

TEST_F(file, at_offsets)
{
	struct text whole = read_all(self->fd, 65536);
	char buf[64];
	size_t at;

	ASSERT_LT(0, whole.size);
	/* Backwards, in odd steps. */
	for (at = whole.size; at > 0; at = at > 37 ? at - 37 : 0) {
		size_t n = whole.size - at < sizeof(buf) ? whole.size - at :
			   sizeof(buf);

		ASSERT_EQ((ssize_t)n, pread(self->fd, buf, n, at));
		ASSERT_EQ(0, memcmp(buf, whole.at + at, n));
	}
	EXPECT_EQ(0, pread(self->fd, buf, sizeof(buf), whole.size));
	EXPECT_EQ(0, pread(self->fd, buf, sizeof(buf), whole.size + 100000));
	free(whole.at);
}

/* Two open files each have their own text; read a byte of each in turn. */
TEST_F(file, by_two)
{
	int fds[2] = { self->fd, open(variant->path, O_RDONLY) };
	char text[2][128] = {};
	unsigned int i, j;

	ASSERT_LE(0, fds[1]);
	for (i = 0; i < 100; i++)
		for (j = 0; j < 2; j++)
			ASSERT_EQ(1, read(fds[j], &text[j][i], 1));
	EXPECT_LT(0, number_of(text[0]));
	EXPECT_LT(number_of(text[0]), number_of(text[1]));
	close(fds[1]);
}

TEST_F(file, is_not_written)
{
	int fd = open(variant->path, O_WRONLY);

	if (fd >= 0) {
		EXPECT_EQ(-1, write(fd, "x", 1));
		close(fd);
	}
}

TEST_F(file, has_no_kernel_address)
{
	struct text whole = read_all(self->fd, 65536);

	EXPECT_EQ(NULL, abi_address_in_text(whole.at));
	free(whole.at);
}

static const unsigned long pages = 333;

static void body(void *arg)
{
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
}

/*
 * The files have the same figures of a process as netlink; these figures do not
 * depend on sharing with other processes.
 */
TEST(process_in_tasks)
{
	static const unsigned int shown[] = {
		MEMCENSUS_F_VSS, MEMCENSUS_F_RSS, MEMCENSUS_F_ANON,
		MEMCENSUS_F_FILE, MEMCENSUS_F_PAGETABLES, MEMCENSUS_F_STACK,
	};
	unsigned long long kib;
	struct census census;
	struct text text;
	char want[32], *line;
	unsigned int i;
	pid_t pid;
	int fd;

	pid = child_start(body, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	fd = open(DIR_PATH "/tasks", O_RDONLY);
	ASSERT_LE(0, fd);
	text = read_all(fd, 65536);
	snprintf(want, sizeof(want), "\n%7d ", pid);
	line = strstr(text.at, want);
	ASSERT_NE(NULL, line);
	*strchr(line + 1, '\n') = '\0';
	diag("%s", line + 1);
	for (i = 0; i < ARRAY_SIZE(shown); i++) {
		kib = figure(&census.tasks->f, shown[i]) >> 10;
		snprintf(want, sizeof(want), " %llu ", kib);
		EXPECT_NE(NULL, strstr(line + 1, want));
	}
	free(text.at);
	close(fd);
	census_free(&census);
	child_end(pid);
}

TEST(all_files_are_there)
{
	char path[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), DIR_PATH "/%s", names[i]);
		EXPECT_EQ(0, access(path, R_OK));
	}
	EXPECT_EQ(0, access("/proc/memcensus", R_OK));
}

TEST_HARNESS_MAIN
