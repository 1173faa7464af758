// SPDX-License-Identifier: GPL-2.0
/* Page cache by file, of more files than there is memory for: the others are summed. */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/client_physical.h"
#include "ko.h"
#include "selftest.h"
#include "subject.h"

#define HERE	"/tmp/physical-bound"

/* Fewer than 32,768 files of 88 bytes have room in half of it. */
#define MAX_RESULTS	"max_results=4194304"
static const unsigned int files = 36000, room = 32768;

static struct physical p;

#define ASSERT_FILES(nr) do {						\
	ASSERT_EQ(0, physical_take_with(&p, (struct physical_ask){ .files = (nr) })) \
		TH_LOG("no answer: %s", p.wrong);			\
	EXPECT_TRUE(physical_files_add_up(&p))				\
		TH_LOG("%s", p.wrong);					\
} while (0)

TEST(more_files_than_room)
{
	char path[64];
	unsigned int i;
	int fd;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir(HERE, 0700);
	ASSERT_EQ(0, mount("here", HERE, "tmpfs", 0, NULL));
	for (i = 0; i < files; i++) {
		snprintf(path, sizeof(path), HERE "/%u", i);
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		ASSERT_LE(0, fd);
		ASSERT_EQ(1, write(fd, "x", 1));
		close(fd);
	}
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(MAX_RESULTS));
	ASSERT_FILES(10);
	EXPECT_EQ(10, p.n_files);
	EXPECT_LT(1, p.n_systems);
	EXPECT_FALSE(p.systems[1].known >> MEMCENSUS_FY_FILES & 1);
	EXPECT_LE((files - room) * PAGE, p.systems[1].value[MEMCENSUS_FY_CACHED]);
	EXPECT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
	ASSERT_FILES(10);
	EXPECT_EQ(0, p.systems[1].value[MEMCENSUS_FY_CACHED]);
	EXPECT_EQ(0, umount(HERE));
}

PROGRAM_OF(PHYSICAL)

TEST_HARNESS_MAIN
