// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus leak` on programs that will meet a limit: which it names as the first, and when. What
 * each holds depends only on the time; when the reader has ended, each takes more at once, until it
 * is refused, so that its limit is known to be there.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftest.h"

/* Seconds that the reader observes, and between two censuses: on a slow machine it takes more. */
#define LOOK	"4"
#define EACH	"0.4"

#define KIB	1024UL
#define MIB	(1024 * KIB)
#define BLOCK	(128 * KIB)
/* What a program takes in a second, and how much until its limit: 48 seconds. */
#define RATE	(512 * KIB)
#define LEFT	(24 * MIB)
#define AREA	(256 * MIB)

/* Of pages of 2 MiB these are too few, of what all processes commit too little. */
#define POOL_RATE	(8 * RATE)
#define POOL_LEFT	(8 * LEFT)
#define COMMIT_RATE	(4 * RATE)
#define COMMIT_LEFT	(4 * LEFT)

/* How wrong the time until then may be. */
#define FACTOR	1.5

#define FILES	"/memcensus-limits"
#define FILES_SIZE	"size=24m"
#define CGROUP	"/sys/fs/cgroup/memcensus-limits"
#define VM	"/proc/sys/vm/"

enum { POOL, TMPFS, HIGH, ADDRESSES, DATA, COMMIT, NODE, THRICE, PROGRAMS };

static const struct program {
	const char *name;
	/* what JSON says of its first limit; NULL: of another one */
	const char *limit;
	const char *then;
} programs[PROGRAMS] = {
	[POOL] = { "pool", "hugepages ", "ENOMEM" },
	[TMPFS] = { "tmpfs", "tmpfs\"", "SIGBUS" },
	[HIGH] = { "high", "memory.high\"", "throttled" },
	[ADDRESSES] = { "addresses", "RLIMIT_AS\"", "ENOMEM" },
	[DATA] = { "data", "RLIMIT_DATA\"", "ENOMEM" },
	[COMMIT] = { "commit", "CommitLimit\"", "ENOMEM" },
	[NODE] = { "node", "node 1\"", "killed" },
	[THRICE] = { "thrice", NULL, NULL },
};

/* What programs say, and are told. */
static volatile struct shared {
	size_t held[PROGRAMS];
	bool ended[PROGRAMS];
	bool hurry;
} *shared;
static int running;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void end_here(int signal)
{
	(void)signal;
	shared->ended[running] = true;
	for (;;)
		pause();
}

static void set_limit(int resource, const char *key)
{
	struct rlimit limit;
	char line[256];
	FILE *status = fopen("/proc/self/status", "re");
	unsigned long kib = 0;

	need(status, "status");
	while (fgets(line, sizeof(line), status))
		if (!strncmp(line, key, strlen(key)))
			kib = strtoul(line + strlen(key), NULL, 10);
	fclose(status);
	need(kib, key);
	limit.rlim_cur = kib * KIB + LEFT;
	limit.rlim_max = limit.rlim_cur;
	need(!setrlimit(resource, &limit), key);
}

/* Where a program has what it holds; NULL: each part is a mapping of its own. */
static char *area_of(int program, char *again[2])
{
	unsigned long node = 1UL << 1;
	char *at;
	int fd;

	switch (program) {
	case TMPFS:
		fd = open(FILES "/file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		need(fd >= 0 && !ftruncate(fd, AREA), "a file");
		return map(PLACE(0), AREA, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	case HIGH:
		need(enter_cgroup(CGROUP), CGROUP);
		return map_private(PLACE(0), AREA);
	case ADDRESSES:
		set_limit(RLIMIT_AS, "VmSize:");
		return NULL;
	case DATA:
		set_limit(RLIMIT_DATA, "VmData:");
		return NULL;
	case NODE:
		need(!syscall(SYS_set_mempolicy, 2 /* MPOL_BIND */, &node, 64UL), "set_mempolicy");
		at = mmap(PLACE(0), AREA * 16, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		need(at != MAP_FAILED, "mmap");
		return at;
	case THRICE:
		fd = memfd("thrice", AREA / PAGE);
		again[0] = map(PLACE(1), AREA, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		again[1] = map(PLACE(2), AREA, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		return map(PLACE(0), AREA, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	default:
		return NULL;
	}
}

static void run_program(int program, size_t rate)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	const size_t block = program == POOL ? HUGE : program == NODE ? MIB : BLOCK;
	const int huge = program == POOL ? MAP_HUGETLB | MAP_HUGE_SIZE(HUGE) : 0;
	char *again[2] = { NULL, NULL }, *area, *at;
	const double start = now();
	size_t held = 0;

	running = program;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, programs[program].name);
	signal(SIGBUS, end_here);
	area = area_of(program, again);
	for (;; nanosleep(&pause, NULL)) {
		while (shared->hurry || held + block <= (now() - start) * rate) {
			at = area ? area + held :
				    mmap(NULL, block, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS | huge, -1, 0);
			if (at == MAP_FAILED)
				end_here(0);
			memset(at, 1, block);
			if (again[0]) {
				memset(again[0] + held, 2, block);
				memset(again[1] + held, 3, block);
			}
			held += block;
			shared->held[program] = held;
		}
	}
}

FIXTURE(limits)
{
	pid_t pids[PROGRAMS];
	char *said;
	/* what each held when the reader had ended */
	size_t held[PROGRAMS];
	char mode[32];
	char kbytes[32];
};

static void read_word(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");

	if (!file || !fgets(text, (int)size, file))
		*text = '\0';
	if (file)
		fclose(file);
}

FIXTURE_SETUP(limits)
{
	size_t i;

	for (i = 0; i < PROGRAMS; i++)
		self->pids[i] = -1;
	self->said = NULL;
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)shared);
	read_word(VM "overcommit_memory", self->mode, sizeof(self->mode));
	read_word(VM "overcommit_kbytes", self->kbytes, sizeof(self->kbytes));
}

FIXTURE_TEARDOWN(limits)
{
	size_t i;

	write_file(VM "overcommit_memory", self->mode);
	write_file(VM "overcommit_kbytes", self->kbytes);
	for (i = 0; i < PROGRAMS; i++)
		child_end(self->pids[i]);
	write_file(huge_pool(HUGE, "nr_hugepages"), "0");
	umount2(FILES, MNT_DETACH);
	rmdir(FILES);
	rmdir(CGROUP);
	free(self->said);
	munmap((void *)shared, PAGE);
}

static void start(struct _test_data_limits *self, int program, size_t rate)
{
	self->pids[program] = fork();
	if (!self->pids[program])
		run_program(program, rate);
	need(self->pids[program] > 0, "fork");
}

/* Runs leak on all that were started. */
static void look(struct _test_data_limits *self)
{
	char command[512] = "memcensus leak -J --for " LOOK " --interval " EACH;
	size_t i, n = strlen(command), size = 0;
	FILE *from;

	for (i = 0; i < PROGRAMS; i++)
		if (self->pids[i] > 0)
			n += snprintf(command + n, sizeof(command) - n, " %d", self->pids[i]);
	from = popen(command, "r");
	need(from && getdelim(&self->said, &size, '\0', from) > 0 && !pclose(from), command);
	for (i = 0; i < PROGRAMS; i++)
		self->held[i] = shared->held[i];
	shared->hurry = true;
}

/* The text about a program, cut before its mappings; it is valid until the next call. */
static const char *of_program(const struct _test_data_limits *self, int program)
{
	static char text[2048];
	char word[32];
	const char *at;

	snprintf(word, sizeof(word), "{\"pid\":%d,", self->pids[program]);
	at = strstr(self->said, word);
	snprintf(text, sizeof(text), "%s", at ?: "");
	at = strstr(text, "\"mappings\"");
	if (at)
		text[at - text] = '\0';
	return text;
}

static double real_of(const char *text, const char *key)
{
	char name[64];
	const char *at;

	snprintf(name, sizeof(name), "\"%s\":", key);
	at = strstr(text, name);
	return at ? strtod(at + strlen(name), NULL) : 0;
}

/* How much a program had when it was refused more, after at most a minute; 0: it was not. */
static size_t refused_at(int program)
{
	const double from = now();
	char current[32];

	while (!shared->ended[program] && now() - from < 60) {
		sleep_ms(20);
		/* It is not refused, but stands still. */
		if (program != HIGH)
			continue;
		read_word(CGROUP "/memory.current", current, sizeof(current));
		shared->ended[program] = strtoul(current, NULL, 10) >= LEFT;
	}
	return shared->ended[program] ? shared->held[program] : 0;
}

/* It takes @rate a second, of @most. */
#define EXPECT_LIMIT(which, rate, most) do {					\
	const struct program *__p = &programs[which];				\
	const double __left = ((double)(most) - self->held[which]) / (rate);	\
	const size_t __refused = refused_at(which);				\
	const char *__of = of_program(self, which);				\
	const double __said = real_of(__of, "left_ns") / 1e9;			\
	char __limit[64], __then[64];						\
										\
	snprintf(__limit, sizeof(__limit), "\"limit\":\"%s", __p->limit);	\
	snprintf(__then, sizeof(__then), "\"limit_then\":\"%s\"", __p->then);	\
	EXPECT_NE(NULL, strstr(__of, __limit))					\
		TH_LOG("%s: another limit: %s", __p->name, __of);		\
	EXPECT_NE(NULL, strstr(__of, __then))					\
		TH_LOG("%s: something else happens: %s", __p->name, __of);	\
	EXPECT_TRUE(__refused > (most) / 10 * 8 && __refused < (most) / 10 * 12)	\
		TH_LOG("%s: refused at %zu of %zu", __p->name, __refused, (size_t)(most)); \
	EXPECT_TRUE(__said < __left * FACTOR && __said * FACTOR > __left)	\
		TH_LOG("%s: said %.1f s, and it is %.1f: %s", __p->name, __said, __left, __of); \
	diag("%s: said %.1f s, and it is %.1f", __p->name, __said, __left);	\
} while (0)

TEST_F_TIMEOUT(limits, met, 120)
{
	bool pool, high;
	char pages[24];

	snprintf(pages, sizeof(pages), "%lu", POOL_LEFT / HUGE);
	pool = HUGE <= POOL_RATE && write_file(huge_pool(HUGE, "nr_hugepages"), pages) &&
	       read_number(huge_pool(HUGE, "nr_hugepages")) == (long)(POOL_LEFT / HUGE);
	high = limit_cgroup(CGROUP, "memory.high", LEFT);
	mkdir(FILES, 0700);
	ASSERT_EQ(0, mount("none", FILES, "tmpfs", 0, FILES_SIZE));
	if (!pool)
		diag("no %s huge pages: their limit is left out", pages);
	if (!high)
		diag("no cgroup with memory.high: it is left out");

	if (pool)
		start(self, POOL, POOL_RATE);
	if (high)
		start(self, HIGH, RATE);
	start(self, TMPFS, RATE);
	start(self, ADDRESSES, RATE);
	start(self, DATA, RATE);
	start(self, THRICE, RATE);
	look(self);

	if (pool)
		EXPECT_LIMIT(POOL, POOL_RATE, POOL_LEFT);
	if (high)
		EXPECT_LIMIT(HIGH, RATE, LEFT);
	EXPECT_LIMIT(TMPFS, RATE, LEFT);
	EXPECT_LIMIT(ADDRESSES, RATE, LEFT);
	EXPECT_LIMIT(DATA, RATE, LEFT);
	/* A page that three mappings have is one page. */
	EXPECT_TRUE(real_of(of_program(self, THRICE), "slope") > RATE / FACTOR &&
		    real_of(of_program(self, THRICE), "slope") < RATE * FACTOR)
		TH_LOG("mapped thrice: %s", of_program(self, THRICE));
}

TEST_F_TIMEOUT(limits, committed, 120)
{
	char kbytes[32];

	start(self, COMMIT, COMMIT_RATE);
	snprintf(kbytes, sizeof(kbytes), "%lu",
		 (unsigned long)(meminfo_bytes("Committed_AS") + COMMIT_LEFT) / KIB);
	ASSERT_TRUE(write_file(VM "overcommit_kbytes", kbytes));
	ASSERT_TRUE(write_file(VM "overcommit_memory", "2"));
	look(self);
	EXPECT_LIMIT(COMMIT, COMMIT_RATE, COMMIT_LEFT);
}

/* The kernel ends what is bound to a node that is full, with memory free on another one. */
TEST_F_TIMEOUT(limits, bound, 180)
{
	char line[128], *at;
	size_t free = 0;
	FILE *file = fopen("/sys/devices/system/node/node1/meminfo", "re");
	int status;

	if (!file)
		SKIP(return, "a machine with one node");
	while (fgets(line, sizeof(line), file)) {
		at = strstr(line, "MemFree:");
		if (at)
			free = strtoul(at + strlen("MemFree:"), NULL, 10) * KIB;
	}
	fclose(file);
	if (!free)
		SKIP(return, "no memory on node 1");
	start(self, NODE, free / 60);
	look(self);
	alarm(60);
	ASSERT_EQ(self->pids[NODE], waitpid(self->pids[NODE], &status, 0));
	alarm(0);
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	shared->ended[NODE] = true;
	EXPECT_LIMIT(NODE, free / 60, free);
	self->pids[NODE] = -1;
}

TEST_HARNESS_MAIN
