// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus held` against what the kernel charges: a child in a cgroup of its own opens
 * descriptors of one kind, and what the command says of them is what memory.stat has grown by.
 * Lines "held:" of the output are the table of Documentation/sharing.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "json.h"
#include "selftest.h"

#define GROUPS	"/sys/fs/cgroup"
#define GROUP	"/memcensus-held"
#define MOST	30000
/* Of kinds that cost the command as much each as Unix sockets do; DESCRIPTORS sets another one. */
#define FEWER	3000

/* The kernel sums up the counters of its CPUs each two seconds. */
#define COUNTED_MS	2500

/*
 * For each CPU, memory of objects that is charged and not counted yet, or not in use: up to a page
 * of each of two kinds of slab, and the page that the last object is in, at both ends.
 */
#define UNCOUNTED	(6 * (int64_t)PAGE * sysconf(_SC_NPROCESSORS_ONLN))

/* Bytes. */
struct charged {
	int64_t slab, all;
};

/* A row of the command. */
struct said {
	int64_t descriptors, files, bytes, objects, unknown;
};

static void loopback(struct sockaddr_in *to, unsigned int i)
{
	/* A few addresses: one has 28,000 ports. */
	*to = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK + i / 16384) },
	};
}

static void open_unix(unsigned int n)
{
	int pair[2];

	for (; n; n -= 2)
		need(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
}

/* Of data in the queue of a Unix socket, the buffers are objects of a slab. */
static void open_unix_with_data(unsigned int n)
{
	static const char data[3000];
	int pair[2];

	for (; n; n -= 2) {
		need(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
		need(write(pair[0], data, sizeof(data)) == sizeof(data), "write");
	}
}

/* A socket that listens on all addresses, with place for all connections, and its port. */
static int listener;
static in_port_t port;

static void listen_all(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	write_file("/proc/sys/net/core/somaxconn", "65535");
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(!bind(listener, (struct sockaddr *)&at, len) && !listen(listener, 65535) &&
	     !getsockname(listener, (struct sockaddr *)&at, &len), "listen");
	port = at.sin_port;
}

/* Connects socket number @i. */
static void connect_tcp(unsigned int i)
{
	struct sockaddr_in to;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	loopback(&to, i);
	need(!bind(fd, (struct sockaddr *)&to, sizeof(to)), "bind");
	to.sin_port = port;
	need(!connect(fd, (struct sockaddr *)&to, sizeof(to)), "connect");
}

/* The other ends wait for accept() outside of the cgroup. */
static void open_tcp(unsigned int n)
{
	while (n)
		connect_tcp(--n);
}

static void open_tcp_with_accepted(unsigned int n)
{
	for (; n; n -= 2) {
		connect_tcp(n);
		need(accept(listener, NULL, NULL) >= 0, "accept");
	}
}

static void open_udp(unsigned int n)
{
	struct sockaddr_in to;
	unsigned int i;

	for (i = 0; i < n; i++) {
		loopback(&to, i);
		need(!bind(socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&to, sizeof(to)),
		     "bind");
	}
}

/* Each has a page. */
static void open_pipes(unsigned int n)
{
	int ends[2];

	for (; n; n -= 2) {
		need(!pipe(ends), "pipe");
		need(write(ends[1], "", 1) == 1, "write");
	}
}

static void open_memfds(unsigned int n)
{
	while (n--)
		need(write(memfd_create("held", 0), "", 1) == 1, "memfd");
}

/* Each watches the same event, which stays open. */
static void open_epolls(unsigned int n)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = eventfd(0, 0);

	while (n--)
		need(!epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, fd, &event), "epoll");
}

static void open_eventfds(unsigned int n)
{
	while (n--)
		need(eventfd(0, 0) >= 0, "eventfd");
}

FIXTURE(descriptors)
{
	pid_t pid;
};

/**
 * @kind: as the command names it
 * @what: more of it, for the table
 * @open: opens so many descriptors
 * @of_file: descriptors of a file
 * @module: of the kernel, that says what is in it
 * @most: how many are opened
 * @in_slab: what is in it is of slabs, too
 * @ports: of so many of a hundred, a port is of theirs alone
 * @accepted: half of them are from accept()
 * @by_constant: the reader knows its size by a number, not by a cache of its own
 */
FIXTURE_VARIANT(descriptors)
{
	const char *kind, *what;
	void (*open)(unsigned int n);
	unsigned int of_file;
	const char *module;
	unsigned int most, ports;
	bool in_slab;
	bool accepted;
	bool by_constant;
};

FIXTURE_VARIANT_ADD(descriptors, unix) {
	.kind = "unix", .open = open_unix, .of_file = 1, .most = MOST, .module = "unix_diag" };
FIXTURE_VARIANT_ADD(descriptors, unix_with_data) {
	.kind = "unix", .what = ", half with data", .open = open_unix_with_data, .of_file = 1,
	.most = FEWER, .module = "unix_diag", .in_slab = true };
FIXTURE_VARIANT_ADD(descriptors, tcp) {
	.kind = "tcp", .open = open_tcp, .of_file = 1, .most = FEWER, .module = "tcp_diag",
	.ports = 100 };
FIXTURE_VARIANT_ADD(descriptors, tcp_with_accepted) {
	.kind = "tcp", .what = ", half of accept()", .open = open_tcp_with_accepted, .of_file = 1,
	.most = FEWER, .module = "tcp_diag", .ports = 50, .accepted = true };
FIXTURE_VARIANT_ADD(descriptors, udp) {
	.kind = "udp", .open = open_udp, .of_file = 1, .most = FEWER, .module = "udp_diag" };
FIXTURE_VARIANT_ADD(descriptors, pipes) {
	.kind = "pipe", .what = ", a page in each", .open = open_pipes, .of_file = 2,
	.most = FEWER, .by_constant = true };
FIXTURE_VARIANT_ADD(descriptors, memfds) {
	.kind = "memfd", .what = ", a page in each", .open = open_memfds, .of_file = 1,
	.most = FEWER };
FIXTURE_VARIANT_ADD(descriptors, epolls) {
	.kind = "epoll", .open = open_epolls, .of_file = 1, .most = FEWER };
FIXTURE_VARIANT_ADD(descriptors, eventfds) {
	.kind = "other", .what = " (eventfd)", .open = open_eventfds, .of_file = 1,
	.most = FEWER };

/* The child has none, then @few, then @most. */
struct task {
	void (*open)(unsigned int n);
	unsigned int few, most;
};

/* The table of descriptors has its size before it is measured. */
static void open_all(void *arg)
{
	const struct rlimit more = { MOST + 100, MOST + 100 };
	const struct task *task = arg;

	need(enter_cgroup(GROUPS GROUP), GROUP);
	need(!setrlimit(RLIMIT_NOFILE, &more), "setrlimit");
	need(dup2(0, MOST + 50) >= 0, "dup2");
	close(MOST + 50);
	child_stop();
	task->open(task->few);
	child_stop();
	task->open(task->most - task->few);
}

static bool make_cgroup(void)
{
	write_file(GROUPS "/cgroup.subtree_control", "+memory");
	mkdir(GROUPS GROUP, 0755);
	return !access(GROUPS GROUP "/memory.stat", R_OK);
}

static void drop_cgroup(void)
{
	unsigned int tries;

	for (tries = 1000; rmdir(GROUPS GROUP) && errno == EBUSY && tries; tries--)
		sleep_ms(10);
}

FIXTURE_SETUP(descriptors)
{
	self->pid = 0;
	/* A kernel may have no network. */
	if (!strcmp(variant->kind, "tcp") && !access("/proc/net/tcp", F_OK))
		listen_all();
}

FIXTURE_TEARDOWN(descriptors)
{
	if (self->pid)
		child_end(self->pid);
	if (listener)
		close(listener);
	drop_cgroup();
}

static int64_t stat_of(const char *name)
{
	char is[64];
	long long value;
	int64_t found = 0;
	FILE *file = fopen(GROUPS GROUP "/memory.stat", "r");

	need(file, "memory.stat");
	while (fscanf(file, "%63s %lld", is, &value) == 2)
		if (!strcmp(is, name))
			found = value;
	fclose(file);
	return found;
}

/* What a descriptor may hold: without pages of the child itself and what these take. */
static struct charged charged_now(void)
{
	static const char *const of_others[] = {
		"kernel_stack", "pagetables", "sec_pagetables", "percpu", "vmalloc",
	};
	struct charged now;
	size_t i;

	now.slab = stat_of("slab");
	now.all = stat_of("kernel") + stat_of("sock") + stat_of("shmem");
	for (i = 0; i < sizeof(of_others) / sizeof(of_others[0]); i++)
		now.all -= stat_of(of_others[i]);
	return now;
}

/* The row of @kind of the process or cgroup @of; 0 without one.  Returns the exit status. */
static int ask(const char *of, const char *kind, struct said *said)
{
	char command[96], row[64], text[8192];
	const char *at;
	int status;

	snprintf(command, sizeof(command), "memcensus held %s -J 2>/tmp/held.err", of);
	status = command_output(command, text, sizeof(text));
	*said = (struct said){};
	snprintf(row, sizeof(row), "{\"kind\":\"%s\",", kind);
	at = strstr(text, row);
	if (at)
		*said = (struct said){
			json_number(at, "descriptors"), json_number(at, "files"),
			json_number(at, "bytes"), json_number(at, "objects"),
			json_number(at, "unknown"),
		};
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* On stderr. */
static bool has_said(const char *text)
{
	char line[512];
	bool found = false;
	FILE *file = fopen("/tmp/held.err", "r");

	need(file, "held.err");
	while (fgets(line, sizeof(line), file)) {
		found |= !!strstr(line, text);
		diag("%.*s", (int)strcspn(line, "\n"), line);
	}
	fclose(file);
	return found;
}

/* Whether the kernel has it then.  Here it does not load modules itself. */
static bool load(const char *module)
{
	char command[64];

	snprintf(command, sizeof(command), "modprobe %s 2>/dev/null", module);
	return !system(command);
}

/* The size of an object, with the pointer to its cgroup that is charged too; 0: no such cache. */
static int64_t object_of(const char *cache)
{
	char path[96];
	long size;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/slab_size", cache);
	size = read_number(path);
	return size < 0 ? 0 : size + (long)sizeof(void *);
}

/*
 * What the kernel charges beside the descriptors: a fiftieth, for parts of slabs that have no
 * object, and the port of a TCP socket, which is of two objects.
 */
static int64_t charged_beside(const struct _fixture_variant_descriptors *variant, unsigned int n,
			      int64_t charged)
{
	const int64_t port = object_of("tcp_bind_bucket") + object_of("tcp_bind2_bucket");

	return charged / 50 + UNCOUNTED + variant->ports * n / 100 * port;
}

/*
 * Before this function came, the kernel charged the object of an accepted socket to no cgroup: it
 * is made before accept().
 */
static int64_t not_charged(const struct _fixture_variant_descriptors *variant, unsigned int n)
{
	if (!variant->accepted || kernel_has("kmem_cache_charge"))
		return 0;
	return n / 2 * object_of("TCP");
}

/* What is said of a kind without bytes is of its objects. */
static int64_t held_of(const struct said *said)
{
	return said->objects + (said->bytes < 0 ? 0 : said->bytes);
}

static bool is_charged(const struct _fixture_variant_descriptors *variant, unsigned int n,
		       int64_t charged, int64_t said)
{
	return llabs(said - charged) <= charged_beside(variant, n, charged);
}

#define EXPECT_CHARGED(charged, said)						\
	EXPECT_TRUE(is_charged(variant, n, charged, said))			\
		TH_LOG("%u: %lld KiB said, %lld charged", n,			\
		       (long long)(said) >> 10, (long long)(charged) >> 10)

/* On a busy machine the kernel may count later; then, what is wrong stays wrong. */
#define MOST_LOOKS	8

/* The child has @n more of them now than at the time of @charged and @first. */
static void compare(struct __test_metadata *_metadata, struct _test_data_descriptors *self,
		    const struct _fixture_variant_descriptors *variant, unsigned int n,
		    const struct charged *charged, const struct said *first)
{
	const int64_t nobody = not_charged(variant, n);
	int64_t held, objects;
	struct charged grown;
	unsigned int looks;
	struct said said;
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", self->pid);
	ASSERT_EQ(0, ask(pid, variant->kind, &said));
	EXPECT_EQ(n, said.descriptors - first->descriptors);
	EXPECT_EQ(n / variant->of_file, said.files - first->files);
	held = held_of(&said) - held_of(first);
	objects = said.objects - first->objects;
	/* Most is counted at once. */
	for (looks = 0; looks < MOST_LOOKS; looks++) {
		if (looks)
			sleep_ms(COUNTED_MS);
		grown = charged_now();
		grown.slab += nobody - charged->slab;
		grown.all += nobody - charged->all;
		if (is_charged(variant, n, grown.all, held) &&
		    (variant->in_slab || is_charged(variant, n, grown.slab, objects)))
			break;
	}
	EXPECT_CHARGED(grown.all, held);
	if (!variant->in_slab)
		EXPECT_CHARGED(grown.slab, objects);
	diag("held: %5u %s%s: %lld KiB said, %lld KiB charged, %lld KiB to no cgroup", n,
	     variant->kind, variant->what ?: "",
	     (long long)held >> 10, (long long)(grown.all - nobody) >> 10, (long long)nobody >> 10);
}

TEST_F_TIMEOUT(descriptors, said_and_charged, 600)
{
	const char *number = getenv("DESCRIPTORS");
	const unsigned int most = number ? atoi(number) : variant->most;
	struct task task = { variant->open, 100, most / (is_slow_kernel() ? 10 : 1) };
	struct said first, said, of_cgroup;
	struct charged charged;
	char pid[16];

	if (!make_cgroup())
		SKIP(return, "no memory controller");
	if (variant->module && !load(variant->module))
		SKIP(return, "kernel has no %s", variant->module);
	/* The reader has a number for it: no cache of its own tells the size. */
	if (variant->by_constant && is_debug_kernel())
		SKIP(return, "lockdep makes locks larger, and so a %s", variant->kind);
	self->pid = child_start(open_all, &task);
	ASSERT_LT(0, self->pid);
	sleep_ms(COUNTED_MS);
	charged = charged_now();
	snprintf(pid, sizeof(pid), "%d", self->pid);
	ASSERT_EQ(0, ask(pid, variant->kind, &first));
	/* It has the test's, too. */
	EXPECT_EQ(listener ? 1 : 0, first.descriptors);
	compare(_metadata, self, variant, 0, &charged, &first);
	ASSERT_TRUE(child_next(self->pid));
	compare(_metadata, self, variant, task.few, &charged, &first);
	ASSERT_EQ(0, ask(pid, variant->kind, &said));
	ASSERT_EQ(0, ask("--cgroup " GROUP, variant->kind, &of_cgroup));
	EXPECT_EQ(0, memcmp(&said, &of_cgroup, sizeof(said)));
	ASSERT_TRUE(child_next(self->pid));
	compare(_metadata, self, variant, task.most, &charged, &first);
}

/* Here the kernel does not load it by itself, as on a machine that has no such module. */
TEST(no_module)
{
	struct task task = { open_unix, 10, 20 };
	struct said said;
	char pid[16];

	if (!load("unix_diag") || system("modprobe -r unix_diag 2>/dev/null"))
		SKIP(return, "unix_diag is no module");
	if (!make_cgroup())
		SKIP(return, "no memory controller");
	snprintf(pid, sizeof(pid), "%d", child_start(open_all, &task));
	ASSERT_TRUE(child_next(atoi(pid)));
	EXPECT_EQ(3, ask(pid, "unix", &said));
	EXPECT_TRUE(has_said("run 'modprobe unix_diag'"));
	EXPECT_EQ(10, said.unknown);
	EXPECT_EQ(-1, said.bytes);
	EXPECT_LT(0, said.objects);
	EXPECT_TRUE(load("unix_diag"));
	EXPECT_EQ(0, ask(pid, "unix", &said));
	EXPECT_FALSE(has_said("unix_diag"));
	EXPECT_EQ(0, said.unknown);
	EXPECT_EQ(0, said.bytes);
	child_end(atoi(pid));
	drop_cgroup();
}

static void open_as_user(unsigned int n)
{
	open_pipes(n);
	need(!setresuid(65534, 65534, 65534), "setresuid");
}

/* With CAP_DAC_READ_SEARCH alone one may list the links, and read none. */
TEST(links_denied)
{
	struct task task = { open_as_user, 10, 20 };
	struct said said;
	char pid[16];
	pid_t asking;
	int status;

	if (!make_cgroup())
		SKIP(return, "no memory controller");
	snprintf(pid, sizeof(pid), "%d", child_start(open_all, &task));
	ASSERT_TRUE(child_next(atoi(pid)));
	EXPECT_EQ(0, ask(pid, "pipe", &said));
	EXPECT_EQ(10, said.descriptors);
	asking = fork();
	if (!asking) {
		need(!prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE), "PR_CAPBSET_DROP");
		_exit(ask(pid, "pipe", &said) != 3 || !has_said("were not all read: run as root"));
	}
	ASSERT_EQ(asking, waitpid(asking, &status, 0));
	EXPECT_EQ(0, status);
	child_end(atoi(pid));
	drop_cgroup();
}

#define PAGES_OF_FILE	2000

/* Pages of a memfd, one at each @step bytes. */
static off_t step;

static void open_memfd(unsigned int n)
{
	const int fd = memfd_create("held", 0);
	off_t at = 0;

	for (; n; n--, at += step)
		need(pwrite(fd, "", 1, at) == 1, "pwrite");
}

/* CPU time of the children of this process. */
static int64_t children_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000LL +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

/* CPU time for a memfd of PAGES_OF_FILE pages. */
static int64_t ms_of_memfd(struct __test_metadata *_metadata, off_t each)
{
	struct task task = { open_memfd, PAGES_OF_FILE, PAGES_OF_FILE };
	int64_t before;
	struct said said;
	char pid[16];

	step = each;
	snprintf(pid, sizeof(pid), "%d", child_start(open_all, &task));
	EXPECT_TRUE(child_next(atoi(pid)));
	before = children_ms();
	EXPECT_EQ(0, ask(pid, "memfd", &said));
	before = children_ms() - before;
	EXPECT_EQ(PAGES_OF_FILE * (int64_t)PAGE, said.bytes);
	child_end(atoi(pid));
	diag("%d pages, one at each %lld KiB: %lld ms", PAGES_OF_FILE, (long long)each >> 10,
	     (long long)before);
	return before;
}

/* What a hole of a memfd costs does not depend on its size: without cachestat(), too. */
TEST(holes)
{
	int64_t small, large;

	if (!make_cgroup())
		SKIP(return, "no memory controller");
	small = ms_of_memfd(_metadata, 2 * PAGE);
	large = ms_of_memfd(_metadata, 65536 * (off_t)PAGE);
	EXPECT_LT(large, 3 * small + 500);
	drop_cgroup();
}

TEST_HARNESS_MAIN
