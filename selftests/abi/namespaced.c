// SPDX-License-Identifier: GPL-2.0
/*
 * Root in a container sees only what its /proc shows. Also: hostile process
 * names.
 */
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "client/abi_table.h"
#include "capabilities.h"
#include "namespaces.h"
#include "selftest.h"

#define ROOT	"/tmp/memcensus-root"

static const struct census_request all = {
	.parts = MEMCENSUS_PART_TASKS,
};

static void named(void *arg)
{
	prctl(PR_SET_NAME, arg);
	write_pages(map_private(PLACE(0), 8 * PAGE), 8);
}

#define EXPECT_INSIDE(flags, body) do {					\
	int __status = in_namespaces(flags, body);			\
	if (__status == NO_NAMESPACES)					\
		SKIP(return, "kernel lacks one of the namespaces");	\
	EXPECT_EQ(0, __status);						\
} while (0)

static bool is_refused(void)
{
	struct census_error error = {};

	return census_take(&all, NULL, &error) == -EPERM && *error.text;
}

static bool cannot_open(const char *path)
{
	return open(path, O_RDONLY) < 0 && (errno == EACCES || errno == EPERM);
}

static bool mount_own_proc(const char *options)
{
	mkdir(ROOT, 0755);
	mkdir(ROOT "/proc", 0755);
	return !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("proc", ROOT "/proc", "proc", 0, options);
}

/*
 * In a PID namespace, groups contain only its processes: by name, no other name
 * appears; by user, the sum has no memory of other processes.
 */
static int groups_inside(void)
{
	struct census_request request = all;
	struct census census;
	uint64_t frames = 0;
	pid_t pid;

	pid = child_start(named, "inside");
	request.group_by = MEMCENSUS_BY_COMM;
	if (pid != 2 || census_take(&request, &census, NULL))
		return 1;
	if (census.n_tasks != 2 || census.n_groups != 2)
		return 2;
	census_free(&census);
	request.group_by = MEMCENSUS_BY_UID;
	if (census_take(&request, &census, NULL) || census.n_groups != 1)
		return 3;
	if (census.groups->mms != 2)
		return 4;
	frames = figure(&census.groups->f, MEMCENSUS_F_RSS);
	if (frames != census.tasks[0].f.value[MEMCENSUS_F_RSS] +
		      census.tasks[1].f.value[MEMCENSUS_F_RSS])
		return 5;
	census_free(&census);
	/* Its init is the root, and its session one that the caller does not see. */
	request.group_by = MEMCENSUS_BY_TREE;
	if (census_take(&request, &census, NULL) || census.n_groups != 2)
		return 6;
	if (census.groups[0].pid != 1 || census.groups[0].mms != 2 ||
	    census.groups[0].known >> MEMCENSUS_GROUP_PARENT & 1)
		return 7;
	if (census.groups[1].pid != 2 || census.groups[1].parent != census.groups[0].id)
		return 8;
	census_free(&census);
	request.group_by = MEMCENSUS_BY_SESSION;
	if (census_take(&request, &census, NULL) || census.n_groups != 1)
		return 9;
	if (census.groups[0].mms != 2 || census.groups[0].known >> MEMCENSUS_GROUP_SESSION & 1)
		return 10;
	census_free(&census);
	child_end(pid);
	return 0;
}

TEST(groups_in_a_pid_namespace)
{
	struct census_request request = all;
	struct census census;
	unsigned int i, found = 0;
	pid_t pid;

	pid = child_start(named, "outside");
	ASSERT_LT(0, pid);
	EXPECT_INSIDE(CLONE_NEWPID, groups_inside);
	/* Other callers do not get the census taken for that namespace. */
	request.group_by = MEMCENSUS_BY_COMM;
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	for (i = 0; i < census.n_groups; i++)
		found += !strcmp(census.groups[i].comm, "outside");
	EXPECT_EQ(1, found);
	census_free(&census);
	child_end(pid);
}

/* What a peer in a PID namespace sees of an address space whose owner is outside. */
struct peer_view {
	int status;
	uint64_t known;
	uint32_t nr_groups;
	bool in_group;
};

static int peer_inside(void *arg)
{
	struct peer_view *view = arg;
	struct census_request request = all;
	const struct census_task *task;
	struct census census;

	request.group_by = MEMCENSUS_BY_UID;
	if (census_take(&request, &census, NULL)) {
		view->status = 1;
		_exit(0);
	}
	task = census_task_of(&census, 1);
	view->status = task ? 0 : 2;
	if (task) {
		view->known = task->known;
		view->in_group = task->group;
	}
	view->nr_groups = census.n_groups;
	_exit(0);
}

static void owner_outside(void *arg)
{
	static char stack[262144] __attribute__((aligned(16)));
	pid_t pid;

	pid = clone(peer_inside, stack + sizeof(stack), CLONE_VM | CLONE_NEWPID | SIGCHLD, arg);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		((struct peer_view *)arg)->status = errno == EINVAL ? NO_NAMESPACES : 3;
}

/* It gets the figures, which are its own too, and nothing of the owner. */
TEST(owner_outside_a_pid_namespace)
{
	const uint64_t of_owner = 1ULL << MEMCENSUS_TASK_COMM | 1ULL << MEMCENSUS_TASK_UID |
				  1ULL << MEMCENSUS_TASK_CGROUP | 1ULL << MEMCENSUS_TASK_START_NS |
				  1ULL << MEMCENSUS_TASK_THREADS | 1ULL << MEMCENSUS_TASK_PPID |
				  1ULL << MEMCENSUS_TASK_OOM_SCORE_ADJ;
	struct peer_view *view = (struct peer_view *)map_shared(PLACE(50), PAGE);
	pid_t pid;

	if (!kernel_has("mm_update_next_owner"))
		SKIP(return, "without memory cgroups the kernel knows no owner");
	pid = child_start(owner_outside, view);
	ASSERT_LT(0, pid);
	child_end(pid);
	if (view->status == NO_NAMESPACES)
		SKIP(return, "kernel lacks one of the namespaces");
	ASSERT_EQ(0, view->status);
	EXPECT_EQ(0, view->known & of_owner);
	EXPECT_NE(0, view->known & 1ULL << MEMCENSUS_TASK_FIGURES);
	EXPECT_NE(0, view->known & 1ULL << MEMCENSUS_TASK_PID);
	EXPECT_FALSE(view->in_group);
	EXPECT_EQ(0, view->nr_groups);
}

/* Every network namespace has the family; it checks the initial user namespace. */
static int net_inside(void)
{
	struct census census;

	if (census_take(&all, &census, NULL) || !census_task_of(&census, 1))
		return 1;
	census_free(&census);
	return 0;
}

TEST(network_namespace)
{
	EXPECT_INSIDE(CLONE_NEWNET, net_inside);
}

/* Root of the user namespace that owns the caller's network namespace. */
static int root_inside(void)
{
	struct census_socket s;

	if (census_open(&s))
		return 1;
	census_close(&s);
	if (!is_refused())
		return 2;
	if (!cannot_open("/proc/memcensus") ||
	    !cannot_open("/sys/kernel/debug/memcensus/tasks"))
		return 3;
	return 0;
}

TEST(root_of_user_and_network_namespaces)
{
	EXPECT_INSIDE(CLONE_NEWUSER | CLONE_NEWNET, root_inside);
}

/* An unprivileged container: all namespaces are new, and so is its root. */
static int container_inside(void)
{
	if (!mount_own_proc(NULL))
		return 1;
	if (chroot(ROOT) || chdir("/"))
		return 2;
	if (getpid() != 1 || !is_refused() || !cannot_open("/proc/memcensus"))
		return 3;
	return access("/proc/1/smaps_rollup", R_OK) ? 4 : 0;
}

#define ALL_NAMESPACES	(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | \
			 CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

static void write_id_map(const char *path)
{
	need(write_file(path, "0 0 1"), path);
}

static int unprivileged_container(void)
{
	int status;
	pid_t pid;

	/* After unshare() the process has no mapped user, and PID 1 is its child. */
	write_file("/proc/self/setgroups", "deny");
	write_id_map("/proc/self/uid_map");
	write_id_map("/proc/self/gid_map");
	if (unshare(ALL_NAMESPACES))
		return 77;
	pid = fork();
	if (!pid)
		_exit(container_inside());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

TEST(container_of_a_user_namespace)
{
	EXPECT_INSIDE(CLONE_NEWUSER, unprivileged_container);
}

/* The capabilities that container engines give to root without a user namespace. */
static const uint64_t usual =
	1U << CAP_CHOWN | 1U << CAP_DAC_OVERRIDE | 1U << CAP_FSETID |
	1U << CAP_FOWNER | 1U << CAP_SETGID | 1U << CAP_SETUID |
	1U << CAP_NET_RAW | 1U << CAP_SYS_CHROOT | 1U << CAP_KILL |
	1U << CAP_NET_BIND_SERVICE;

static int usual_root_inside(void)
{
	if (!mount_own_proc(NULL) || chroot(ROOT) || chdir("/"))
		return 1;
	keep_capabilities(usual);
	return is_refused() && cannot_open("/proc/memcensus") ? 0 : 2;
}

TEST(container_with_the_usual_capabilities)
{
	EXPECT_INSIDE(ALL_NAMESPACES, usual_root_inside);
}

/* A privileged container sees only its own processes, in the files too. */
static int privileged_inside(void)
{
	char line[4096];
	unsigned int rows = 0;
	FILE *file;

	if (!mount_own_proc(NULL) || chroot(ROOT) || chdir("/"))
		return 1;
	file = fopen("/proc/memcensus", "r");
	if (!file)
		return 2;
	while (fgets(line, sizeof(line), file)) {
		if (strstr(line, "outside"))
			return 3;
		rows += *line == ' ' && strstr(line, "namespaced");
	}
	fclose(file);
	return rows == 1 ? 0 : 4;
}

TEST(container_that_is_privileged)
{
	pid_t pid = child_start(named, "outside");

	EXPECT_INSIDE(ALL_NAMESPACES, privileged_inside);
	child_end(pid);
}

/* Mount options of /proc do not change who gets a census, and of what. */
static int hidepid_inside(void)
{
	struct census census;

	if (!mount_own_proc("hidepid=invisible"))
		return 77;
	if (census_take(&all, &census, NULL) || !census_task_of(&census, 1))
		return 1;
	census_free(&census);
	if (open(ROOT "/proc/memcensus", O_RDONLY) < 0)
		return 2;
	need(!setresgid(65534, 65534, 65534) &&
	     !setresuid(65534, 65534, 65534), "setresuid");
	return cannot_open(ROOT "/proc/memcensus") && is_refused() ? 0 : 3;
}

TEST(proc_with_hidepid)
{
	EXPECT_INSIDE(CLONE_NEWNS, hidepid_inside);
}

/* Names that would break a line, a terminal, or a parser that counts brackets. */
static const char *const names[] = {
	"\n", "a\nb c) R 1", "\x1b[2J\x1b[31m", "(((((((((((((((",
	")))))))))))))))", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	"\xff\xff\xff", "\\n\\x41", "\xc3\xa9\xcc\x81", "%s%n%p", "\r\b\b\x7f",
	" ", "\"'`$(id)`", "# census 9",
};

#define NAMES	(sizeof(names) / sizeof(*names))

/* How the files show a name. */
static void shown(const char *name, char *to)
{
	for (; *name; name++)
		if (*name < ' ' || *name > '~' || *name == '\\')
			to += sprintf(to, "\\x%02x", (unsigned char)*name);
		else
			*to++ = *name;
	*to = '\0';
}

static bool is_printable(const char *line)
{
	for (; *line && *line != '\n'; line++)
		if (*line < ' ' || *line > '~')
			return false;
	return *line == '\n';
}

/* Expects one line of @pid that ends in its name and has no odd characters. */
static void expect_row(struct __test_metadata *_metadata, const char *path,
		       pid_t pid, const char *name)
{
	char line[4096], want[80], *end;
	FILE *file = fopen(path, "r");
	unsigned int rows = 0;

	ASSERT_NE(NULL, file);
	shown(name, want);
	while (fgets(line, sizeof(line), file)) {
		EXPECT_TRUE(is_printable(line))
			TH_LOG("%s: %s", path, line);
		if (*line == '#' || strtol(line, &end, 10) != pid ||
		    *end != ' ')
			continue;
		rows++;
		line[strlen(line) - 1] = '\0';
		EXPECT_STREQ(want, line + strlen(line) - strlen(want));
	}
	fclose(file);
	EXPECT_EQ(1, rows)
		TH_LOG("%s: %u rows of %d", path, rows, pid);
}

TEST(hostile_names)
{
	const struct census_task *task;
	struct census census;
	unsigned int i;
	pid_t pid;

	for (i = 0; i < NAMES; i++) {
		pid = child_start(named, (void *)names[i]);
		ASSERT_LT(0, pid);
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		task = census_task_of(&census, pid);
		ASSERT_NE(NULL, task);
		EXPECT_STREQ(names[i], task->comm);
		census_free(&census);
		expect_row(_metadata, "/sys/kernel/debug/memcensus/tasks", pid,
			   names[i]);
		expect_row(_metadata, "/proc/memcensus", pid, names[i]);
		child_end(pid);
	}
}

/* Checks every attribute of every message, and every number in the files. */
static void expect_no_address(struct __test_metadata *_metadata,
			      const struct census_request *request)
{
	static char buf[65536];
	const struct nlmsghdr *nlh;
	struct census_socket s;
	bool more = true;
	const char *text;
	ssize_t n;
	int len;

	ASSERT_EQ(0, census_open(&s));
	ASSERT_EQ(0, census_send(&s, census_request(&s, buf, request)));
	while (more) {
		n = mnl_socket_recvfrom(s.nl, buf, sizeof(buf));
		ASSERT_LT(0, n);
		len = n;
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			more = nlh->nlmsg_type == s.family;
			if (!more)
				break;
			text = abi_answer_wrong(nlh);
			EXPECT_EQ(NULL, text)
				TH_LOG("%s", text);
		}
	}
	census_close(&s);
}

TEST(no_kernel_address)
{
	static const char *const files[] = {
		"summary", "tasks", "scan",
	};
	uint32_t pids[] = { 1, getpid() };
	struct census_request request = {
		.parts = MEMCENSUS_PART_ALL, .pids = pids, .n_pids = 2,
	};
	long restrict_was = read_number("/proc/sys/kernel/kptr_restrict");
	static char text[1 << 18];
	unsigned int i;
	char path[64];
	ssize_t n;
	int fd;

	write_file("/proc/sys/kernel/kptr_restrict", "0");
	/* Check the search itself: /proc/kallsyms is full of kernel addresses. */
	fd = open("/proc/kallsyms", O_RDONLY);
	n = read(fd, text, 4096);
	ASSERT_LT(100, n);
	text[n] = '\0';
	close(fd);
	if (strncmp(text, "0000", 4))
		EXPECT_NE(NULL, abi_address_in_text(text));

	expect_no_address(_metadata, &request);
	request.group_by = MEMCENSUS_BY_COMM;
	request.n_pids = 0;
	request.parts &= ~(MEMCENSUS_PART_VMAS | MEMCENSUS_PART_MEMORY_VMAS |
			   MEMCENSUS_PART_FLAGS);
	expect_no_address(_metadata, &request);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/memcensus/%s",
			 files[i]);
		fd = open(path, O_RDONLY);
		ASSERT_LE(0, fd);
		for (n = 0; n < (ssize_t)sizeof(text) - 1; ) {
			ssize_t got = read(fd, text + n, sizeof(text) - 1 - n);

			if (got <= 0)
				break;
			n += got;
		}
		text[n] = '\0';
		close(fd);
		EXPECT_EQ(NULL, abi_address_in_text(text))
			TH_LOG("%s: %.40s", path, abi_address_in_text(text));
	}
	if (restrict_was > 0) {
		snprintf(path, sizeof(path), "%ld", restrict_was);
		write_file("/proc/sys/kernel/kptr_restrict", path);
	}
}

TEST_HARNESS_MAIN
