// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: writable entries of private mappings that prove nothing, because a driver
 * made them. Two processes map the same pages of the driver ./driver; each condition of
 * census_vma_proves_exclusive() alone keeps them from counting as exclusive.
 *
 * VM_PFNMAP has no test: with pte_special() such an entry is special, and only
 * insert_pfn_pmd() makes huge entries there, which refuses private mappings.
 */
#include <fcntl.h>
#include <sys/ioctl.h>

#include "selftest.h"

#include "owners/counted.h"

#define DEVICE		"/dev/private_pages"
#define RW		(PROT_READ | PROT_WRITE)

static const unsigned long pages = 8, mapped = 4;

FIXTURE(driver)
{
	pid_t pids[2];
};

FIXTURE_VARIANT(driver)
{
	unsigned long offset;
	unsigned long written;
	bool not_cow;
};

/* Each keeps one condition that holds it back; the others are fulfilled. */
FIXTURE_VARIANT_ADD(driver, mixedmap) { 0, 2 };
FIXTURE_VARIANT_ADD(driver, no_anon_vma) { 8, 0 };
FIXTURE_VARIANT_ADD(driver, not_cow) { 16, 2, true };

static void map_device(void *arg)
{
	const struct _fixture_variant_driver *variant = arg;
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	char *at;

	need(fd >= 0, DEVICE);
	at = map(PLACE(0), pages * PAGE, RW, MAP_PRIVATE, fd, variant->offset * PAGE);
	write_pages(at + mapped * PAGE, variant->written);
	if (variant->not_cow)
		need(!ioctl(fd, 0, at), "ioctl");
}

FIXTURE_SETUP(driver)
{
	int i;

	if (access(DEVICE, R_OK | W_OK))
		SKIP(return, "the driver of selftests/mm/driver is not loaded");
	for (i = 0; i < 2; i++) {
		self->pids[i] = child_start(map_device, (void *)variant);
		ASSERT_LT(0, self->pids[i]);
	}
}

FIXTURE_TEARDOWN(driver)
{
	int i;

	for (i = 0; i < 2; i++)
		if (self->pids[i] > 0)
			child_end(self->pids[i]);
}

TEST_F(driver, pages_of_a_driver_are_not_exclusive)
{
	const struct census_vma *vma;
	struct census census;
	int i;

	if (!self->pids[0])
		return;
	ASSERT_FRAMES(self->pids, 2, &census);
	for (i = 0; i < 2; i++) {
		ASSERT_FRAMES_VMA(&census, self->pids[i], PLACE(0), vma);
		EXPECT_PAGES(mapped + variant->written, vma, FRAMES);
		EXPECT_PAGES(mapped, vma, SHARED);
		EXPECT_PAGES(variant->written, vma, USS);
	}
	census_free(&census);
}

TEST_HARNESS_MAIN
