// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: memory shared by fork among 2, 3 and 300 owners, before and
 * after writes of the parent.  With KASAN 60: 300 take a minute and a half there.
 */
#include "selftest.h"

#include "owners/counted.h"

#define OWNERS_MAX	300
#define OWNERS_KASAN	60

/* Parameters of the parent, and the PIDs of its children. */
struct family {
	volatile pid_t child[OWNERS_MAX];
	unsigned int children;
	unsigned long pages, written;
};

static void parent(void *arg)
{
	struct family *family = arg;
	char *at = map_private(PLACE(0), family->pages * PAGE);
	unsigned int i;

	write_pages(at, family->pages);
	/* Exclusive until the first fork. */
	write_pages(map_private(PLACE(1), PAGE), 1);
	need(!madvise(PLACE(1), PAGE, MADV_DONTFORK), "MADV_DONTFORK");
	for (i = 0; i < family->children; i++) {
		family->child[i] = child_start((void (*)(void *))child_stop,
					       NULL);
		need(family->child[i] > 0, "child");
	}
	child_stop();
	write_pages(at, family->written);
}

FIXTURE(family)
{
	struct family *family;
	unsigned int owners;
	pid_t pids[OWNERS_MAX];
};

FIXTURE_VARIANT(family)
{
	unsigned int owners;
	unsigned long pages, written;
};

FIXTURE_VARIANT_ADD(family, of_two) { 2, 301, 77 };
FIXTURE_VARIANT_ADD(family, of_three) { 3, 301, 77 };
FIXTURE_VARIANT_ADD(family, of_many) { 300, 150, 50 };

FIXTURE_SETUP(family)
{
	size_t size = (sizeof(*self->family) + PAGE - 1) / PAGE * PAGE;
	unsigned int i;

	self->family = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->family);
	self->family->pages = variant->pages;
	self->family->written = variant->written;
	self->owners = variant->owners;
	if (self->owners > OWNERS_KASAN && kernel_has("kasan_report"))
		self->owners = OWNERS_KASAN;
	self->family->children = self->owners - 1;
	self->pids[0] = child_start(parent, self->family);
	ASSERT_LT(0, self->pids[0]);
	for (i = 1; i < self->owners; i++)
		self->pids[i] = self->family->child[i - 1];
}

FIXTURE_TEARDOWN(family)
{
	child_end(self->pids[0]);
}

TEST_F(family, shares)
{
	const unsigned long pages = variant->pages, written = variant->written;
	const unsigned int n = self->owners;
	const struct census_vma *vma;
	struct census census;
	unsigned int i;

	ASSERT_FRAMES(self->pids, n, &census);
	for (i = 0; i < n; i++) {
		ASSERT_FRAMES_VMA(&census, self->pids[i], PLACE(0), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages, vma, FRAMES);
		EXPECT_PAGES(pages, vma, ANON);
		EXPECT_PAGES(0, vma, USS);
		EXPECT_PAGES(pages, vma, SHARED);
		EXPECT_SHARE(share(pages, n), vma, PSS);
		EXPECT_SHARE(share(pages, n), vma, PSS_ANON);
	}
	ASSERT_FRAMES_VMA(&census, self->pids[0], PLACE(1), vma);
	EXPECT_PAGES(1, vma, USS);
	EXPECT_PAGES(1, vma, PSS);
	census_free(&census);

	/* The parent gets exclusive copies; the old pages lose one owner. */
	ASSERT_TRUE(child_next(self->pids[0]));
	ASSERT_FRAMES(self->pids, n, &census);
	ASSERT_FRAMES_VMA(&census, self->pids[0], PLACE(0), vma);
	EXPECT_PAGES(pages, vma, FRAMES);
	EXPECT_PAGES(written, vma, USS);
	EXPECT_PAGES(pages - written, vma, SHARED);
	EXPECT_SHARE(share(written, 1) + share(pages - written, n), vma, PSS);
	for (i = 1; i < n; i++) {
		ASSERT_FRAMES_VMA(&census, self->pids[i], PLACE(0), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages, vma, FRAMES);
		EXPECT_PAGES(n == 2 ? written : 0, vma, USS);
		EXPECT_SHARE(share(written, n - 1) + share(pages - written, n),
			     vma, PSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

TEST_HARNESS_MAIN
