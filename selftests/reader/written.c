// SPDX-License-Identifier: GPL-2.0
/*
 * Where root's reader writes: in a sticky directory the kernel refuses a link and a file of another
 * user to "memcensus -o" as to a shell's ">", and whatever is refused stays as it is.  What the
 * kernel permits is written in place, and keeps its owner and mode.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest.h"

#define USER	1000

#define STICKY	"/tmp/sticky"
#define LINK	STICKY "/link.svg"
#define LAID	STICKY "/laid.svg"
#define TARGET	"/tmp/target.svg"
#define SAID	"/tmp/said"

#define PROTECTED	"/proc/sys/fs/protected_"

/* All that writes a file; %s: its name. */
static const char * const writers[] = {
	"memcensus -o %s", "memcensus buddy 0.1 2 -o %s", "memcensus export -o %s",
	"memcensus export --interval 1 -o %s", "memcensus watch -o %s -- true",
	"memcensus record %s", "memcensus record %s --ring 64K",
	"memcensus watch --record %s -- true",
};

#define WRITERS	(sizeof(writers) / sizeof(writers[0]))

static void put(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	need(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	close(fd);
}

/* A file of USER for everybody, with @text. */
static void lay(const char *path, const char *text)
{
	unlink(path);
	put(path, text);
	need(!chown(path, USER, USER) && !chmod(path, 0666), path);
}

/* Root's sticky directory of @mode, with what another user laid there, and root's file. */
static void prepare(mode_t mode, const char *text)
{
	mkdir(STICKY, 0755);
	need(!chmod(STICKY, mode), STICKY);
	lay(LAID, text);
	unlink(LINK);
	unlink(TARGET);
	put(TARGET, text);
	need(!symlink(TARGET, LINK) && !lchown(LINK, USER, USER), LINK);
}

static int run(const char *writer, const char *path)
{
	char line[256];
	int n = snprintf(line, sizeof(line), writer, path);
	int status;

	snprintf(line + n, sizeof(line) - n, " >/dev/null 2>" SAID);
	status = system(line);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool has(const char *path, const char *text)
{
	char buf[4096] = "";
	const int fd = open(path, O_RDONLY);

	need(fd >= 0 && read(fd, buf, sizeof(buf) - 1) >= 0, path);
	close(fd);
	return strstr(buf, text);
}

/* What "> PATH" gets. */
static int shell_error(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT, 0666);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Whether @path is still that file, with this text alone. */
static bool unchanged(const char *path, const struct stat *before, const char *text)
{
	struct stat st;

	need(!stat(path, &st), path);
	return st.st_ino == before->st_ino && st.st_uid == before->st_uid &&
	       st.st_mode == before->st_mode && st.st_size == (off_t)strlen(text) &&
	       (!*text || has(path, text));
}

FIXTURE(written)
{
	struct stat laid, target;
	char symlinks[2], regular[2];
};

static void get(const char *path, char value[2])
{
	const int fd = open(path, O_RDONLY);

	need(fd >= 0 && read(fd, value, 1) == 1, path);
	close(fd);
	value[1] = '\0';
}

FIXTURE_SETUP(written)
{
	get(PROTECTED "symlinks", self->symlinks);
	get(PROTECTED "regular", self->regular);
}

FIXTURE_TEARDOWN(written)
{
	put(PROTECTED "symlinks", self->symlinks);
	put(PROTECTED "regular", self->regular);
	unlink(LINK);
	unlink(LAID);
	unlink(TARGET);
	unlink(SAID);
	rmdir(STICKY);
}

FIXTURE_VARIANT(written)
{
	const char *regular;
	mode_t mode;
};

FIXTURE_VARIANT_ADD(written, world) { .regular = "1", .mode = 01777 };
FIXTURE_VARIANT_ADD(written, world_2) { .regular = "2", .mode = 01777 };
FIXTURE_VARIANT_ADD(written, group_2) { .regular = "2", .mode = 01775 };

TEST_F(written, refused)
{
	/* A record goes on in an empty file. */
	static const char * const texts[] = { "before\n", "" };
	/* The kernel protects links where everybody may write. */
	const bool links = variant->mode & 0002;
	size_t i, t;

	put(PROTECTED "symlinks", "1");
	put(PROTECTED "regular", variant->regular);
	for (t = 0; t < 2; t++) {
		prepare(variant->mode, texts[t]);
		need(!stat(LAID, &self->laid) && !stat(TARGET, &self->target), "stat");
		ASSERT_EQ(EACCES, shell_error(LAID));
		ASSERT_EQ(links ? EACCES : 0, shell_error(LINK));
		for (i = 0; i < WRITERS; i++) {
			EXPECT_EQ(1, run(writers[i], LAID))
				TH_LOG("%s", writers[i]);
			EXPECT_TRUE(has(SAID, "Permission denied"));
			EXPECT_TRUE(unchanged(LAID, &self->laid, texts[t]))
				TH_LOG("%s changed the file of another user", writers[i]);
			if (!links)
				continue;
			EXPECT_EQ(1, run(writers[i], LINK))
				TH_LOG("%s", writers[i]);
			/* export --interval replaces no link at all. */
			EXPECT_TRUE(has(SAID, "Permission denied") ||
				    has(SAID, "it is no regular file"));
			EXPECT_TRUE(unchanged(TARGET, &self->target, texts[t]))
				TH_LOG("%s changed root's file by a link", writers[i]);
		}
	}
}

/* What the kernel permits is the same file afterwards; only export makes a new one, root's. */
TEST(permitted)
{
	struct stat laid, target, now;
	char symlinks[2], regular[2];

	get(PROTECTED "symlinks", symlinks);
	get(PROTECTED "regular", regular);
	put(PROTECTED "symlinks", "0");
	put(PROTECTED "regular", "0");
	prepare(01777, "before\n");
	need(!stat(LAID, &laid) && !stat(TARGET, &target), "stat");

	EXPECT_EQ(0, run("memcensus kswapd -o %s", LAID));
	EXPECT_EQ(0, run("memcensus kswapd -o %s", LINK));
	EXPECT_EQ(0, stat(LAID, &now));
	EXPECT_EQ(laid.st_ino, now.st_ino);
	EXPECT_EQ(USER, now.st_uid);
	EXPECT_EQ(0100666, now.st_mode);
	EXPECT_EQ(0, stat(TARGET, &now));
	EXPECT_EQ(target.st_ino, now.st_ino);
	EXPECT_EQ(0100600, now.st_mode);
	EXPECT_FALSE(has(LAID, "before"));
	EXPECT_FALSE(has(TARGET, "before"));

	EXPECT_EQ(0, run("memcensus export -o %s", LAID));
	EXPECT_EQ(0, stat(LAID, &now));
	EXPECT_NE(laid.st_ino, now.st_ino);
	EXPECT_EQ(0, now.st_uid);
	EXPECT_EQ(0100644, now.st_mode);
	EXPECT_TRUE(has(LAID, "memcensus_"));

	put(PROTECTED "symlinks", symlinks);
	put(PROTECTED "regular", regular);
}

TEST_HARNESS_MAIN
