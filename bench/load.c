// SPDX-License-Identifier: GPL-2.0
/*
 * Starts processes with known memory.
 *
 *	load private PROCS MIB		private memory of each, touched in order
 *	load random PROCS MIB		private memory of each, touched in random order
 *	load fork PROCS MIB		memory of one, shared with the others by fork
 *	load pieces PROCS MIB RUN	memory of one, in runs of RUN frames at random places,
 *					shared with the others by fork
 *	load scattered PROCS MIB	five families of PROCS that share memory by fork, touched
 *					in random turns before the forks; then each process
 *					writes to a random 1% of it
 *	load shmem PROCS MIB		one shared mapping, touched by each
 *	load some PROCS MIB		one shared mapping, 60% of it touched by each, at
 *					random
 *	load dealt PROCS MIB		private memory of each, touched in random turns, so
 *					that neighbouring frames have different owners
 *	load mappings PROCS NR PAGES	NR mappings, PAGES in all of them
 *	load files PROCS NR		64 KiB of private memory of each, and NR descriptors:
 *					half are files, a quarter pipes, a quarter sockets
 *	load server FILE		a mix; FILE is mapped in place of libraries
 *	load P1|P2|P3|P4|P5|P7|P8|P11, P6 FILE	as in Documentation/performance.rst
 *
 * Prints "ready" after all memory is touched, and sleeps until SIGTERM.  All its
 * processes end before it exits.  Random choices are the same in each run.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define MIB (1024 * 1024UL)
#define PAGES_PER_MIB (MIB / PAGE)

static void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t seed = 88172645463325252ULL;

static unsigned long random_below(unsigned long limit)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % limit;
}

/* Return: 0 to @nr - 1 in random order. */
static unsigned int *shuffled(unsigned int nr)
{
	unsigned int *order = malloc(nr * sizeof(*order));
	unsigned int i;

	if (!order)
		fail("malloc");
	for (i = 0; i < nr; i++) {
		unsigned int j = random_below(i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	return order;
}

static char *map(unsigned long size, int prot, int flags)
{
	char *memory = mmap(NULL, size, prot, flags | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fail("mmap");
	return memory;
}

static char *map_private(unsigned long size)
{
	return map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

/*
 * Pages to touch.  The kernel touches them, as if another process wrote to the memory of
 * this one: the faults and their order are the same, but there is no exception and, in
 * User Mode Linux, no host mapping for each page.  Such a mapping takes 80 us, and a
 * process can have at most 65,530.
 */
#define BATCH 1024

static struct iovec batch[BATCH];
static unsigned int nr_batch;

static void touch_batch(bool write)
{
	char bytes[BATCH];
	struct iovec local = { .iov_base = bytes, .iov_len = nr_batch };
	ssize_t done;

	memset(bytes, 1, nr_batch);
	if (write)
		done = process_vm_writev(getpid(), &local, 1, batch, nr_batch,
					 0);
	else
		done = process_vm_readv(getpid(), &local, 1, batch, nr_batch,
					0);
	if (done != nr_batch)
		fail("touching memory");
	nr_batch = 0;
}

static void write_page(char *memory, unsigned long page)
{
	batch[nr_batch].iov_base = memory + page * PAGE;
	batch[nr_batch].iov_len = 1;
	if (++nr_batch == BATCH)
		touch_batch(true);
}

static void write_pages(char *memory, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		write_page(memory, i);
	touch_batch(true);
}

static void read_page(char *memory)
{
	batch[0].iov_base = memory;
	batch[0].iov_len = 1;
	nr_batch = 1;
	touch_batch(false);
}

/* Writes to @part of the @nr pages at @memory, in random order. */
static void write_scattered(char *memory, unsigned int nr, unsigned int part)
{
	unsigned int *order = shuffled(nr);
	unsigned int i;

	for (i = 0; i < part; i++)
		write_page(memory, order[i]);
	touch_batch(true);
	free(order);
}

static pid_t *children;
static unsigned int nr_children;

/*
 * Starts a child that runs @fill and then sleeps; returns after @fill.  @fill uses the
 * @nr-th sequence of random numbers.
 */
static void spawn(void (*fill)(void *arg), void *arg, unsigned int nr)
{
	int ready[2];
	pid_t pid;
	char byte;

	if (pipe(ready))
		fail("pipe");
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		seed += (nr + 1) * 0x9e3779b97f4a7c15ULL;
		if (fill)
			fill(arg);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		close(ready[1]);
		for (;;)
			pause();
	}
	children = realloc(children, (nr_children + 1) * sizeof(*children));
	if (!children)
		fail("realloc");
	children[nr_children++] = pid;
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1) {
		fprintf(stderr, "load: a process died before it was ready\n");
		exit(1);
	}
	close(ready[0]);
}

/* Grandchildren die with their parents; this process is their reaper. */
static void end_children(void)
{
	unsigned int i;

	for (i = 0; i < nr_children; i++)
		kill(children[i], SIGKILL);
	while (wait(NULL) > 0)
		;
}

/* The arguments of a workload. */
struct size {
	unsigned int procs;
	unsigned long pages;
	unsigned int mappings;
	unsigned int run;
	unsigned int files;
	const char *file;
	char *shared;
	char *all;
};

static void fill_private(void *arg)
{
	const struct size *s = arg;

	write_pages(map_private(s->pages * PAGE), s->pages);
}

static void fill_random(void *arg)
{
	const struct size *s = arg;

	write_scattered(map_private(s->pages * PAGE), s->pages, s->pages);
}

static void fill_shared(void *arg)
{
	const struct size *s = arg;

	write_pages(s->shared, s->pages);
}

static void fill_some(void *arg)
{
	const struct size *s = arg;

	write_scattered(s->shared, s->pages, s->pages * 6 / 10);
}

/* One unmapped page between two mappings prevents a merge. */
static void fill_mappings(void *arg)
{
	const struct size *s = arg;
	unsigned long most = s->pages / s->mappings + 1;
	char *place = map((most + 1) * s->mappings * PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_NORESERVE);
	unsigned long done = 0, next;
	unsigned int i;

	munmap(place, (most + 1) * s->mappings * PAGE);
	for (i = 0; i < s->mappings; i++, done = next, place += PAGE) {
		next = s->pages * (i + 1) / s->mappings;
		if (next == done)
			continue;
		if (mmap(place, (next - done) * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
			 0) == MAP_FAILED)
			fail("mmap");
		write_pages(place, next - done);
		place += (next - done) * PAGE;
	}
}

static void spawn_all(struct size *s, void (*fill)(void *arg))
{
	unsigned int i;

	for (i = 0; i < s->procs; i++)
		spawn(fill, s, i);
}

static void run_private(struct size *s)
{
	spawn_all(s, fill_private);
}

/* As run_fork(), but the memory is in runs of frames of this length. */
static void run_pieces(struct size *s)
{
	unsigned int nr = s->pages / s->run, *order = shuffled(nr), i, j;
	char *memory = map_private(s->pages * PAGE);

	for (i = 0; i < nr; i++)
		for (j = 0; j < s->run; j++)
			write_page(memory, (unsigned long)order[i] * s->run + j);
	touch_batch(true);
	free(order);
	s->procs--;
	spawn_all(s, NULL);
}

static void run_random(struct size *s)
{
	spawn_all(s, fill_random);
}

static void run_mappings(struct size *s)
{
	spawn_all(s, fill_mappings);
}

/* Eight descriptors in turn; the last kind may have one more. */
static void fill_files(void *arg)
{
	const struct size *s = arg;
	int ends[2];
	unsigned int i;

	write_pages(map_private(16 * PAGE), 16);
	for (i = 0; i < s->files; i++) {
		if (i % 8 < 4) {
			if (open("/dev/null", O_RDONLY) < 0)
				fail("/dev/null");
		} else if (i % 8 < 6) {
			if (i % 2 == 0 && pipe(ends))
				fail("pipe");
		} else if (i % 2 == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) {
			fail("socketpair");
		}
	}
}

static void run_files(struct size *s)
{
	spawn_all(s, fill_files);
}

/* The parent is one of the processes. */
static void run_fork(struct size *s)
{
	fill_private(s);
	s->procs--;
	spawn_all(s, NULL);
}

static void write_one_percent(void *arg)
{
	const struct size *s = arg;

	write_scattered(s->shared, s->pages, s->pages / 100);
}

#define FAMILIES 5

/* Keeps one of the regions, and shares it with its children. */
static void fill_family(void *arg)
{
	const struct size *s = arg;
	unsigned long size = s->pages * PAGE;
	char *end = s->all + FAMILIES * size;
	unsigned int i;

	munmap(s->all, s->shared - s->all);
	munmap(s->shared + size, end - s->shared - size);
	for (i = 1; i < s->procs; i++)
		spawn(write_one_percent, arg, i);
	write_one_percent(arg);
}

static void run_scattered(struct size *s)
{
	unsigned int nr = FAMILIES * s->pages, i;

	s->all = map_private(nr * PAGE);
	write_scattered(s->all, nr, nr);
	for (i = 0; i < FAMILIES; i++) {
		s->shared = s->all + i * s->pages * PAGE;
		spawn(fill_family, s, i);
	}
	munmap(s->all, nr * PAGE);
}

static void run_shmem(struct size *s)
{
	s->shared = map(s->pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	spawn_all(s, fill_shared);
}

static void run_some(struct size *s)
{
	s->shared = map(s->pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	spawn_all(s, fill_some);
}

/* All children have the mapping at the same address; this process touches no page. */
static void run_dealt(struct size *s)
{
	char *memory = map_private(s->pages * PAGE);
	unsigned int nr = s->procs * s->pages, i;
	unsigned int *order = shuffled(nr);
	char byte = 1;

	spawn_all(s, NULL);
	for (i = 0; i < nr; i++) {
		struct iovec local = { .iov_base = &byte, .iov_len = 1 };
		struct iovec remote = {
			.iov_base = memory + order[i] % s->pages * PAGE,
			.iov_len = 1,
		};

		if (process_vm_writev(children[order[i] / s->pages], &local, 1,
				      &remote, 1, 0) != 1)
			fail("touching a child's memory");
	}
	free(order);
}

/*
 * The server.  It reads some windows of 64 KiB of the text and constants of each library
 * (the kernel maps the pages around a fault), and writes to the first pages of the data,
 * as relocations do.
 */
#define LIBRARIES 16
#define TEXT_PAGES 256
#define CONST_PAGES 64
#define DATA_PAGES 16
#define LIBRARY_PAGES (TEXT_PAGES + CONST_PAGES + DATA_PAGES)
#define RELOCATED_PAGES 4
#define WINDOW_PAGES 16

static char *libraries[LIBRARIES];

static char *map_part(int fd, char *at, unsigned long first, unsigned long nr,
		      int prot)
{
	char *part = mmap(at, nr * PAGE, prot,
			  MAP_PRIVATE | (at ? MAP_FIXED : 0), fd, first * PAGE);

	if (part == MAP_FAILED)
		fail("mmap of the file for libraries");
	return part;
}

static void map_libraries(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned int i;

	if (fd < 0)
		fail(path);
	for (i = 0; i < LIBRARIES; i++) {
		unsigned long first = i * LIBRARY_PAGES;
		char *at = map_part(fd, NULL, first, LIBRARY_PAGES, PROT_READ);

		map_part(fd, at, first, TEXT_PAGES, PROT_READ | PROT_EXEC);
		at += (TEXT_PAGES + CONST_PAGES) * PAGE;
		map_part(fd, at, first + TEXT_PAGES + CONST_PAGES, DATA_PAGES,
			 PROT_READ | PROT_WRITE);
		write_pages(at, RELOCATED_PAGES);
		libraries[i] = at - (TEXT_PAGES + CONST_PAGES) * PAGE;
	}
	close(fd);
}

static void use_libraries(void)
{
	unsigned int i, window;

	for (i = 0; i < LIBRARIES; i++)
		for (window = 0; window < TEXT_PAGES + CONST_PAGES;
		     window += WINDOW_PAGES)
			if (random_below(2))
				read_page(libraries[i] + window * PAGE);
}

/* Interpreters: the children share the parent's heap, and each writes to a part of it. */
#define INTERPRETERS 8
#define HEAP_PAGES (60 * PAGES_PER_MIB)
#define OWN_PAGES (10 * PAGES_PER_MIB)

static void fill_interpreter(void *heap)
{
	use_libraries();
	write_scattered(heap, HEAP_PAGES, HEAP_PAGES / 5);
	write_pages(map_private(OWN_PAGES * PAGE), OWN_PAGES);
}

static void fill_interpreters(void *file)
{
	char *heap = map_private(HEAP_PAGES * PAGE);
	unsigned int i;

	map_libraries(file);
	use_libraries();
	write_pages(heap, HEAP_PAGES);
	for (i = 0; i < INTERPRETERS; i++)
		spawn(fill_interpreter, heap, i);
}

/*
 * A database: its buffers are first used in order, as its free list returns them.  Then
 * each backend writes to some of them, page by page.
 */
#define BACKENDS 12
#define BUFFER_PAGES (256 * PAGES_PER_MIB)

static void fill_backend(void *buffers)
{
	use_libraries();
	write_scattered(buffers, BUFFER_PAGES, BUFFER_PAGES * 6 / 10);
}

static void first_use(char *buffers)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (!pid) {
		write_pages(buffers, BUFFER_PAGES);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		fail("the first use of the buffers");
}

static void fill_database(void *file)
{
	char *buffers = map(BUFFER_PAGES * PAGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED);
	unsigned int i;

	map_libraries(file);
	use_libraries();
	first_use(buffers);
	for (i = 0; i < BACKENDS; i++)
		spawn(fill_backend, buffers, i);
}

/* Just-in-time code: half of the segments are in use, with half of their pages touched. */
#define JIT_PAGES (256 * PAGES_PER_MIB)
#define SEGMENT_PAGES 64

static void fill_jit(void *file)
{
	unsigned int nr = JIT_PAGES / SEGMENT_PAGES, i;
	unsigned int *order = shuffled(nr);
	char *code = map(JIT_PAGES * PAGE, PROT_NONE,
			 MAP_PRIVATE | MAP_NORESERVE);

	map_libraries(file);
	use_libraries();
	for (i = 0; i < nr / 2; i++) {
		char *segment = code + order[i] * SEGMENT_PAGES * PAGE;

		if (mprotect(segment, SEGMENT_PAGES * PAGE,
			     PROT_READ | PROT_WRITE | PROT_EXEC))
			fail("mprotect");
		write_scattered(segment, SEGMENT_PAGES, SEGMENT_PAGES / 2);
	}
	free(order);
}

static void run_server(struct size *s)
{
	spawn(fill_interpreters, (void *)s->file, 0);
	spawn(fill_database, (void *)s->file, 1);
	spawn(fill_jit, (void *)s->file, 2);
}

static const struct workload {
	const char *name;
	void (*run)(struct size *s);
	const char *args[3];	/* default arguments */
} workloads[] = {
	{ "P1", run_private, { "3", "300" } },
	{ "P2", run_fork, { "30", "60" } },
	{ "P3", run_shmem, { "30", "60" } },
	{ "P4", run_mappings, { "40", "300", "1024" } },
	{ "P5", run_random, { "5", "200" } },
	{ "P6", run_server, {} },
	{ "P7", run_some, { "250", "128" } },
	{ "P8", run_dealt, { "40", "50" } },
	{ "P11", run_scattered, { "20", "40" } },
	{ "private", run_private, {} },
	{ "random", run_random, {} },
	{ "fork", run_fork, {} },
	{ "pieces", run_pieces, {} },
	{ "scattered", run_scattered, {} },
	{ "shmem", run_shmem, {} },
	{ "some", run_some, {} },
	{ "dealt", run_dealt, {} },
	{ "mappings", run_mappings, {} },
	{ "files", run_files, {} },
	{ "server", run_server, {} },
};

static unsigned long number(const char *arg)
{
	char *end;
	unsigned long value = arg ? strtoul(arg, &end, 10) : 0;

	if (!value || *end) {
		fprintf(stderr, "load: a number is missing or wrong\n");
		exit(2);
	}
	return value;
}

static const struct workload *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(workloads) / sizeof(*workloads); i++)
		if (name && !strcmp(workloads[i].name, name))
			return &workloads[i];
	fprintf(stderr, "load: no such workload\n");
	exit(2);
}

int main(int argc, char **argv)
{
	const struct workload *w = find(argv[1]);
	const char *const *args = w->args[0] ? w->args :
						(const char *const *)argv + 2;
	struct size s = {};
	sigset_t term;
	int sig;

	if (w->run == run_server) {
		if (argc < 3)
			find(NULL);
		s.file = argv[2];
	} else if (w->run == run_mappings) {
		s.procs = number(args[0]);
		s.mappings = number(args[1]);
		s.pages = number(args[2]);
	} else if (w->run == run_files) {
		s.procs = number(args[0]);
		s.files = number(args[1]);
	} else {
		s.procs = number(args[0]);
		s.pages = number(args[1]) * PAGES_PER_MIB;
		if (w->run == run_pieces)
			s.run = number(args[2]);
	}

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	w->run(&s);
	printf("ready\n");
	fflush(stdout);

	sigwait(&term, &sig);
	end_children();
	return 0;
}
