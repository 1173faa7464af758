// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel in lockdown, including confidentiality mode: a census still works,
 * because it reveals no kernel secrets, no more than smaps does. The kernel
 * refuses only to load an unsigned module. Only a reboot ends lockdown, so
 * this test is the last one.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "owners/counted.h"
#include "ko.h"
#include "selftest.h"

#define DIR_PATH	"/tmp/memcensus-security"
#define DEBUGFS		"/sys/kernel/debug/memcensus/"

static bool find_lockdown(void)
{
	mkdir(DIR_PATH, 0700);
	return !unshare(CLONE_NEWNS) &&
	       !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("securityfs", DIR_PATH, "securityfs", 0, NULL) &&
	       !access(DIR_PATH "/lockdown", W_OK);
}

static bool can_read(const char *path)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	return n > 0;
}

static void expect_all_of_it(struct __test_metadata *_metadata)
{
	static const char *const files[] = {
		"summary", "tasks", "scan",
	};
	struct census census;
	char path[64];
	unsigned int i;

	ASSERT_FRAMES_OF_ALL(&census);
	EXPECT_NE(NULL, census_task_of(&census, 1));
	census_free(&census);
	EXPECT_TRUE(can_read("/proc/self/smaps_rollup"));
	EXPECT_TRUE(can_read("/proc/memcensus"));
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), DEBUGFS "%s", files[i]);
		EXPECT_TRUE(can_read(path))
			TH_LOG("%s: %s", path, strerror(errno));
	}
	/* Lockdown refuses to open a debugfs file for writing. */
	EXPECT_EQ(-1, open(DEBUGFS "summary", O_RDWR));
	EXPECT_EQ(EPERM, errno);
}

TEST(lockdown)
{
	if (!find_lockdown())
		SKIP(return, "kernel cannot be locked down");
	ASSERT_TRUE(write_file(DIR_PATH "/lockdown", "integrity"));
	expect_all_of_it(_metadata);
	ASSERT_TRUE(write_file(DIR_PATH "/lockdown", "confidentiality"));
	expect_all_of_it(_metadata);
	/* Check that lockdown is in effect: kernel memory is not readable. */
	EXPECT_FALSE(can_read("/proc/kcore"));
	if (ko_path())
		EXPECT_EQ(-EPERM, ko_load("max_age_ms=0"));
}

TEST_HARNESS_MAIN
