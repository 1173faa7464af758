// SPDX-License-Identifier: GPL-2.0
/* Random trees of processes; see trees.h. */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "memory/pages.h"
#include "memory/trees.h"

#ifndef MADV_PAGEOUT
#define MADV_COLD	20
#define MADV_PAGEOUT	21
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ	22
#define MADV_POPULATE_WRITE	23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

#define RW		(PROT_READ | PROT_WRITE)
#define ANON		(MAP_PRIVATE | MAP_ANONYMOUS)
#define KSM		"/sys/kernel/mm/ksm/"
#define POOL		"nr_hugepages"

/* All mappings of small pages are here, side by side, and all of hugetlb pages there. */
#define SMALL		PLACE(0)
#define SMALL_PAGES	(6 * PER_HUGE)
#define LARGE		PLACE(8)
#define LARGE_PAGES	6
/* Pages that one operation is about, at most. */
#define RANGE_MAX	(2 * PER_HUGE < 1024 ? 2 * PER_HUGE : 1024)
/* Pages of each file. */
#define FILE_PAGES	700
#define FILE_LARGE	3
/* Children of children. */
#define DEPTH		4

enum { ON_DISK, DELETED, SHMEM, FILES };

/**
 * struct grower - one process of a tree
 * @tree: the tree
 * @random: state of the random numbers
 * @depth: 0 is the first process
 * @children: that it may still fork
 * @peer: it has a CLONE_VM peer
 * @files: of small pages
 * @huge: a memfd of hugetlb pages, or -1
 * @weights: how often each operation is chosen
 */
static struct {
	struct tree *tree;
	uint64_t random;
	unsigned int depth, children;
	bool peer;
	int files[FILES], huge;
	const unsigned char *weights;
} me;

static uint64_t random_bits(void)
{
	uint64_t x = me.random += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static unsigned long below(unsigned long n)
{
	return random_bits() % n;
}

static bool one_in(unsigned long n)
{
	return !below(n);
}

/* A fault ends the operation: much is protected, unmapped or beyond the end of a file. */
static sigjmp_buf faulted;

static void on_fault(int signal)
{
	siglongjmp(faulted, 1);
}

struct range {
	char *at;
	size_t pages;
};

static struct range any_range(void)
{
	struct range r;

	switch (below(6)) {
	case 0:
		r.pages = 1;
		break;
	case 1:
		r.pages = 1 + below(16);
		break;
	case 2:
		r.pages = PER_HUGE < RANGE_MAX ? PER_HUGE : RANGE_MAX;
		r.at = SMALL + below(SMALL_PAGES / PER_HUGE) * HUGE;
		return r;
	case 3:
		r.pages = RANGE_MAX;
		break;
	default:
		r.pages = 1 + below(RANGE_MAX);
		break;
	}
	r.at = SMALL + below(SMALL_PAGES - r.pages + 1) * PAGE;
	return r;
}

static int any_protection(void)
{
	static const int all[] = { RW, RW, RW, PROT_READ, PROT_NONE, PROT_READ | PROT_EXEC };

	return all[below(sizeof(all) / sizeof(*all))];
}

/* Few values, so that KSM finds equal pages. */
static void touch(struct range r)
{
	unsigned int how = below(6), every = 1 + below(40);
	uint64_t number = 1 + below(3);
	size_t i;

	for (i = 0; i < r.pages; i++) {
		volatile uint64_t *page = (uint64_t *)(r.at + i * PAGE);

		if (how > 2 && i % every)
			continue;
		if (how == 2 || (how == 3 && one_in(2)))
			(void)*page;
		else if (how != 1 || one_in(2))
			*page = number;
	}
}

static void map_anonymous(void)
{
	struct range r = any_range();

	mmap(r.at, r.pages * PAGE, any_protection(), MAP_FIXED | ANON, -1, 0);
	if (one_in(2))
		touch(r);
}

static void map_shared_memory(void)
{
	struct range r = any_range();

	mmap(r.at, r.pages * PAGE, any_protection(), MAP_FIXED | MAP_SHARED | MAP_ANONYMOUS,
	     -1, 0);
	touch(r);
}

static void map_file(void)
{
	struct range r = any_range();
	off_t offset = one_in(2) ? 0 : below(FILE_PAGES) * PAGE;

	mmap(r.at, r.pages * PAGE, any_protection(),
	     MAP_FIXED | (one_in(2) ? MAP_SHARED : MAP_PRIVATE), me.files[below(FILES)], offset);
	touch(r);
}

static void touch_any(void)
{
	touch(any_range());
}

static void protect(void)
{
	struct range r = any_range();

	mprotect(r.at, r.pages * PAGE, any_protection());
}

static void advise(void)
{
	static const int all[] = {
		MADV_DONTNEED, MADV_DONTNEED, MADV_FREE, MADV_COLD, MADV_PAGEOUT, MADV_PAGEOUT,
		MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_HUGEPAGE, MADV_NOHUGEPAGE,
		MADV_COLLAPSE, MADV_MERGEABLE, MADV_UNMERGEABLE, MADV_DONTFORK, MADV_DOFORK,
		MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_REMOVE, MADV_WILLNEED,
	};
	struct range r = any_range();

	madvise(r.at, r.pages * PAGE, all[below(sizeof(all) / sizeof(*all))]);
}

/* All memory, so that there is something to merge. */
static void merge(void)
{
	madvise(SMALL, SMALL_PAGES * PAGE, MADV_MERGEABLE);
	touch_any();
}

static void swap_out(void)
{
	struct range r = any_range();

	madvise(r.at, r.pages * PAGE, MADV_PAGEOUT);
}

static void move(void)
{
	static const int flags[] = { 0, 0, MREMAP_DONTUNMAP };
	struct range from = any_range(), to = any_range();
	size_t size = (from.pages < to.pages ? from.pages : to.pages) * PAGE;

	/* A size of 0 maps shared memory a second time. */
	mremap(from.at, one_in(8) ? 0 : size, size,
	       MREMAP_MAYMOVE | MREMAP_FIXED | flags[below(3)], to.at);
}

static void lock(void)
{
	struct range r = any_range();

	if (one_in(2))
		mlock(r.at, r.pages * PAGE);
	else
		munlock(r.at, r.pages * PAGE);
}

static void unmap(void)
{
	struct range r = any_range();

	munmap(r.at, r.pages * PAGE);
}

static void truncate_file(void)
{
	int fd = me.files[below(FILES)];

	if (ftruncate(fd, below(FILE_PAGES) * PAGE) || ftruncate(fd, FILE_PAGES * PAGE))
		diag("ftruncate failed");
}

/* As a debugger does: copies a page for a mapping without PROT_WRITE too. */
static void write_by_force(void)
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	struct range r = any_range();
	uint64_t number = 1 + below(3);
	unsigned int i;

	for (i = 0; i < 20 && fd >= 0; i++)
		if (pwrite(fd, &number, sizeof(number),
			   (off_t)(uintptr_t)(r.at + below(r.pages) * PAGE)) < 0)
			continue;
	close(fd);
}

/* Makes entries old, or protects them from writing. */
static void clear_refs(void)
{
	write_file("/proc/self/clear_refs", one_in(2) ? "1" : "4");
}

/*
 * Checks whether hugetlb mappings may be split.  6.1.192 splits them without the lock of
 * their file that hugetlb_split() asserts (__vma_adjust() in mm/mmap.c), of which lockdep warns.
 */
static bool may_split_large(void)
{
	return access("/proc/lockdep", F_OK);
}

/* Some of @LARGE, in whole huge pages.  Without splits each mapping has one. */
static struct range any_large(void)
{
	size_t most = one_in(3) ? LARGE_PAGES : 2;
	struct range r;

	r.pages = 1 + below(may_split_large() ? most : 1);
	r.at = LARGE + below(LARGE_PAGES - r.pages + 1) * HUGE;
	return r;
}

static void touch_large(struct range r)
{
	size_t i;

	for (i = 0; i < r.pages; i++) {
		volatile char *at = r.at + i * HUGE + below(HUGE);

		if (one_in(3))
			(void)*at;
		else
			*at = 1;
	}
}

static void change_large(struct range r)
{
	struct range to = any_large();
	size_t size = (r.pages < to.pages ? r.pages : to.pages) * HUGE;

	switch (below(5)) {
	case 0:
		mprotect(r.at, r.pages * HUGE, one_in(2) ? PROT_READ : one_in(2) ? PROT_NONE : RW);
		break;
	case 1:
		madvise(r.at, r.pages * HUGE, one_in(3) ? MADV_REMOVE : MADV_DONTNEED);
		break;
	case 2:
	case 3:
		mremap(r.at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to.at);
		break;
	case 4:
		munmap(r.at, r.pages * HUGE);
		break;
	}
}

static void huge_pages(void)
{
	const unsigned int flags = MAP_FIXED | MAP_NORESERVE;
	struct range r = any_large();

	switch (below(6)) {
	case 0:
		mmap(r.at, r.pages * HUGE, RW, flags | MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		     MAP_HUGE_SIZE(HUGE), -1, 0);
		break;
	case 1:
		mmap(r.at, r.pages * HUGE, RW, flags | (one_in(2) ? MAP_SHARED : MAP_PRIVATE),
		     me.huge, below(FILE_LARGE) * HUGE);
		break;
	case 2:
		change_large(r);
		return;
	}
	touch_large(r);
}

static void stop(void)
{
	for (;;)
		kill(getpid(), SIGSTOP);
}

static int run_peer(void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	stop();
	return 0;
}

/* Another process in this address space, which does nothing. */
static void add_peer(void)
{
	static char stack[16384] __attribute__((aligned(16)));
	pid_t pid;

	if (me.peer)
		return;
	me.peer = true;
	pid = clone(run_peer, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	if (pid > 0)
		waitpid(pid, NULL, WUNTRACED);
}

static void run(unsigned int operations);

/* Body of a process. */
static void grow(unsigned int index)
{
	unsigned int operations;

	me.random = me.tree->seed * 0xd1342543de82ef95ULL + index;
	me.children = me.depth < DEPTH ? 1 + below(4) : 0;
	me.peer = false;
	operations = me.depth ? below(30) : 60;
	run(operations);
	if (me.depth && one_in(6))
		_exit(0);
	me.tree->pids[index] = getpid();
	stop();
}

static void spawn(void)
{
	unsigned int index = me.tree->n;
	pid_t pid;

	if (!me.children || index == TREE_MAX)
		return;
	me.children--;
	me.tree->n++;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		me.depth++;
		grow(index);
	}
	if (pid > 0)
		waitpid(pid, NULL, WUNTRACED);
}

static void (*const operations[])(void) = {
	map_anonymous, map_shared_memory, map_file, touch_any, protect, advise, merge, swap_out,
	move, lock, unmap, truncate_file, write_by_force, clear_refs, huge_pages, add_peer, spawn,
};

#define OPERATIONS	(sizeof(operations) / sizeof(*operations))

/**
 * struct flavour - a kind of tree
 * @name: for diagnostics
 * @thp: for THP's setting "enabled"
 * @ksm: KSM runs
 * @weights: of @operations, in this order
 */
static const struct flavour {
	const char *name, *thp;
	bool ksm;
	unsigned char weights[OPERATIONS];
} flavours[] = {
	{ "all", "madvise", true,
	  { 3, 2, 4, 6, 2, 6, 1, 1, 3, 1, 1, 1, 1, 1, 4, 1, 4 } },
	{ "huge", "always", false,
	  { 3, 1, 2, 5, 3, 6, 0, 1, 3, 1, 1, 0, 1, 1, 2, 1, 4 } },
	{ "hugetlb", "madvise", false,
	  { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 1, 4 } },
	{ "merged", "never", true,
	  { 3, 0, 1, 6, 1, 3, 6, 2, 2, 0, 0, 0, 1, 1, 0, 1, 4 } },
	{ "forked", "never", false,
	  { 1, 0, 1, 3, 1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 6 } },
};

#define FLAVOURS	(sizeof(flavours) / sizeof(*flavours))

static void run_one(void)
{
	unsigned int i, sum = 0, at;

	for (i = 0; i < OPERATIONS; i++)
		sum += me.weights[i];
	at = below(sum);
	for (i = 0; at >= me.weights[i]; i++)
		at -= me.weights[i];
	me.tree->operations++;
	operations[i]();
}

static void run(unsigned int n)
{
	/* Also where a signal interrupts, so not in a register. */
	volatile unsigned int left = n;

	while (left--)
		if (!sigsetjmp(faulted, 1))
			run_one();
}

static int new_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	need(fd >= 0, path);
	return fd;
}

/* Every other page of each file has contents; the file on disk stays until the next tree. */
static void open_files(void)
{
	static char page[PAGE_MAX] = { 1 };
	unsigned int i, file;

	me.files[ON_DISK] = new_file("/tmp/memcensus-tree");
	me.files[DELETED] = new_file("/tmp/memcensus-tree-deleted");
	unlink("/tmp/memcensus-tree-deleted");
	me.files[SHMEM] = memfd("tree", FILE_PAGES);
	for (file = 0; file < FILES; file++) {
		need(!ftruncate(me.files[file], FILE_PAGES * PAGE), "ftruncate");
		for (i = 0; i < FILE_PAGES; i += 2)
			need(pwrite(me.files[file], page, PAGE, i * PAGE) == (ssize_t)PAGE,
			     "pwrite");
	}
	me.huge = memfd_create("tree", MFD_CLOEXEC | MFD_HUGETLB | MAP_HUGE_SIZE(HUGE));
	if (me.huge >= 0)
		need(!ftruncate(me.huge, FILE_LARGE * HUGE), "ftruncate");
}

/* The first process. */
static void seed(struct tree *tree, const struct flavour *flavour)
{
	const struct sigaction fault = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	me.tree = tree;
	me.weights = flavour->weights;
	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	open_files();
	map(SMALL, SMALL_PAGES / 2 * PAGE, RW, ANON, -1, 0);
	grow(0);
}

static void set_number(const char *path, long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", number);
	if (number >= 0)
		write_file(path, text);
}

static long pool;
static char thp[64];

void trees_begin(void)
{
	FILE *file = fopen(THP_SYS "enabled", "re");
	char *end;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pool = read_number(huge_pool(HUGE, POOL));
	thp[0] = '\0';
	/* The word in brackets. */
	if (file && fscanf(file, "%*[^[][%63[a-z]", thp) == 1) {
		end = strchr(thp, ']');
		if (end)
			*end = '\0';
	}
	if (file)
		fclose(file);
	write_file(KSM "sleep_millisecs", "1");
	write_file(KSM "pages_to_scan", "20000");
}

void trees_end(void)
{
	set_number(huge_pool(HUGE, POOL), pool);
	write_file(KSM "run", "2");
	write_file(KSM "run", "0");
	if (thp[0])
		write_file(THP_SYS "enabled", thp);
}

struct tree *tree_start(uint64_t number)
{
	const struct flavour *flavour = &flavours[number % FLAVOURS];
	struct tree *tree = mmap(NULL, sizeof(*tree), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (tree == MAP_FAILED)
		return NULL;
	tree->seed = number;
	tree->flavour = flavour->name;
	tree->n = 1;
	/* Sometimes too few. */
	if (pool >= 0)
		set_number(huge_pool(HUGE, POOL), pool + 3 + number / FLAVOURS % 4 * 4);
	write_file(THP_SYS "enabled", flavour->thp);
	write_file(KSM "run", flavour->ksm ? "1" : "0");
	pid = fork();
	if (!pid)
		seed(tree, flavour);
	if (pid > 0)
		waitpid(pid, NULL, WUNTRACED);
	if (flavour->ksm) {
		sleep_ms(50);
		write_file(KSM "run", "0");
	}
	if (tree->pids[0])
		return tree;
	tree_end(tree);
	return NULL;
}

void tree_end(struct tree *tree)
{
	if (!tree)
		return;
	/* The others, and CLONE_VM peers, die with the one that forked them. */
	if (tree->pids[0])
		kill(tree->pids[0], SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	munmap(tree, sizeof(*tree));
}
