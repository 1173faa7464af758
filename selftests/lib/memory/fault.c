// SPDX-License-Identifier: GPL-2.0
/* Fault injection; see fault.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>

#include "owners/counted.h"
#include "diag.h"
#include "memory/fault.h"
#include "memory/pages.h"

#define DEBUG_DIR	"/sys/kernel/debug/"
#define MORE_THAN_ANY	100000

/* Kernel threads are children of kthreadd and inherit this setting. */
#define KTHREADD	"/proc/2/make-it-fail"

static const char *const dirs[] = {
	DEBUG_DIR "failslab", DEBUG_DIR "fail_page_alloc",
};

static int fail_nth = -1;

/* Static: the test allocates nothing while allocations fail. */
static char datagrams[4 << 20];
static size_t sizes[4096];
static unsigned int nr_datagrams;

/* Retries, because the allocations of open() may fail too. */
static bool persist(const char *path, const char *value)
{
	unsigned int i;

	for (i = 0; i < 1000; i++)
		if (write_file(path, value))
			return true;
	return false;
}

static bool set(unsigned int dir, const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dirs[dir], name);
	/* access() may fail for lack of memory, too. */
	return access(path, F_OK) && errno == ENOENT ? false :
						       persist(path, value);
}

const char *fault_begin(void)
{
	unsigned int i;

	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		return "kernel has no fault injection";
	for (i = 0; i < 2; i++)
		if (!set(i, "ignore-gfp-wait", "N") || !set(i, "verbose", "0"))
			return "failslab and fail_page_alloc cannot be set";
	if (!set(1, "ignore-gfp-highmem", "N") || !set(1, "min-order", "0"))
		return "fail_page_alloc cannot be set";
	/* Without this, page faults of the test would fail too. */
	if (mlockall(MCL_CURRENT))
		return "mlockall";
	return NULL;
}

void fault_end(void)
{
	fault_often(0);
	if (fail_nth >= 0)
		close(fail_nth);
	fail_nth = -1;
}

void fault_arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	need(pwrite(fail_nth, text, len, 0) == len, "fail-nth");
}

bool fault_disarm(void)
{
	char left[16] = "";

	need(pread(fail_nth, left, sizeof(left) - 1, 0) > 0, "fail-nth");
	need(pwrite(fail_nth, "0", 1, 0) == 1, "fail-nth");
	return left[0] == '0';
}

bool fault_often(unsigned int percent)
{
	const char *on = percent ? "1" : "0";
	bool ok = true;
	char text[16];
	unsigned int i;

	snprintf(text, sizeof(text), "%u", percent);
	for (i = 0; i < 2; i++)
		ok = set(i, "probability", "0") && set(i, "task-filter", "Y") &&
		     set(i, "times", "1000000") && ok;
	ok = persist("/proc/self/make-it-fail", on) &&
	     persist(KTHREADD, on) && ok;
	for (i = 0; i < 2; i++)
		ok = set(i, "probability", text) && ok;
	return ok;
}

/* How many allocations may still fail, of those that fault_often() lets fail. */
static long left(void)
{
	char path[128];
	long sum = 0, n;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/times", dirs[i]);
		do {
			n = read_number(path);
		} while (n < 0);
		sum += n;
	}
	return sum;
}

/* Result of one request: 0 or -errno, and where that came from. */
struct outcome {
	int ret;
	bool by_the_dump;
	struct census_error error;
	bool marked;
	const char *unsound;
};

static void read_text(const char *path, struct outcome *o)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, all = 0;

	o->ret = fd < 0 ? -errno : 0;
	if (fd < 0)
		return;
	do {
		n = read(fd, datagrams, 65536);
		all += n;
	} while (n > 0);
	if (n < 0)
		o->ret = -errno;
	else if (!all)
		o->unsound = "an empty file";
	close(fd);
}

/* Is this the last datagram of an answer? */
static bool ends(const char *buf, int len)
{
	const struct nlmsghdr *nlh = (const void *)buf;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		if (nlh->nlmsg_type == NLMSG_DONE ||
		    nlh->nlmsg_type == NLMSG_ERROR)
			return true;
	return false;
}

/* System calls only: the data is examined later, when allocations no longer fail. */
static int talk(struct census_socket *s, struct nlmsghdr *nlh)
{
	const int fd = mnl_socket_get_fd(s->nl);
	size_t used = 0;
	ssize_t n;

	nr_datagrams = 0;
	nlh->nlmsg_seq = ++s->seq;
	if (send(fd, nlh, nlh->nlmsg_len, 0) < 0)
		return -errno;
	do {
		if (nr_datagrams == sizeof(sizes) / sizeof(sizes[0]) ||
		    sizeof(datagrams) - used < 65536)
			return -EFBIG;
		n = recv(fd, datagrams + used, 32768, 0);
		if (n < 0)
			return -errno;
		sizes[nr_datagrams++] = n;
		used += NLMSG_ALIGN(n);
	} while (!ends(datagrams + used - NLMSG_ALIGN(n), n));
	return 0;
}

static void look_at(const struct fault_request *request,
		    const struct census_socket *s, struct outcome *o)
{
	const char *at = datagrams;
	struct census census = {};
	unsigned int i;
	int ret = 1;

	for (i = 0; i < nr_datagrams && ret > 0; i++) {
		ret = census_datagram(s, at, sizes[i], &census, &o->error);
		o->by_the_dump = ret < 0 &&
			((struct nlmsghdr *)at)->nlmsg_type != NLMSG_ERROR;
		at += NLMSG_ALIGN(sizes[i]);
	}
	o->ret = ret;
	if (!ret && request->cmd == MEMCENSUS_CMD_SNAPSHOT) {
		o->marked = census.scan[MEMCENSUS_SCAN_SLICES] > 1 ||
			    census.scan[MEMCENSUS_SCAN_BUSY] ||
			    census.scan[MEMCENSUS_SCAN_PARTIAL];
		if (!census_is_whole(&census))
			o->unsound = "not whole";
		else if (census.scan_known >> MEMCENSUS_SCAN_FRAMES & 1)
			o->unsound = counted_unsound(&census,
						     !request->what.n_pids);
	} else if (!ret && census.n_infos != 1) {
		o->unsound = "no INFO";
	}
	census_free(&census);
}

static void ask(const struct fault_request *request, unsigned int n,
		struct outcome *o, unsigned int *failed)
{
	struct timeval patience = { .tv_sec = 60 };
	struct census_socket s = {};
	struct nlmsghdr *nlh = NULL;
	unsigned int i;
	char buf[8192];
	long before;
	int ret = 0;

	if (!request->path) {
		/* This fails too while fault_often() is in effect. */
		for (i = 0; i < 20000; i++) {
			ret = census_open(&s);
			if (!ret)
				break;
		}
		need(!ret, "netlink");
		setsockopt(mnl_socket_get_fd(s.nl), SOL_SOCKET, SO_RCVTIMEO,
			   &patience, sizeof(patience));
		if (request->cmd == MEMCENSUS_CMD_SNAPSHOT)
			nlh = census_request(&s, buf, &request->what);
		else
			nlh = census_header(&s, buf, request->cmd, NLM_F_ACK);
	}
	before = n || request->pressed ? 0 : left();
	if (n)
		fault_arm(n);
	if (request->path)
		read_text(request->path, o);
	else
		ret = talk(&s, nlh);
	if (n)
		*failed = fault_disarm();
	else
		*failed = request->pressed ? 0 : before - left();
	if (request->path)
		return;
	look_at(request, &s, o);
	if (ret)
		o->ret = ret;
	census_close(&s);
}

/* Out of memory: for a socket's buffers, or to continue a dump. */
static bool is_clean(const struct outcome *o)
{
	if (o->by_the_dump)
		return o->ret == -ENOMEM && o->error.text[0];
	return o->ret == -ENOMEM || o->ret == -ENOBUFS;
}

bool fault_try(const struct fault_request *request, unsigned int n,
	       struct fault_course *c)
{
	struct outcome o = {};
	unsigned int failed;

	ask(request, n, &o, &failed);
	c->tries++;
	c->failed += failed;
	failed |= request->pressed;
	if (o.unsound || (o.ret && (!failed || !is_clean(&o)))) {
		c->wrong++;
		diag("%s, allocation %u: %s, \"%s\" %s", request->name, n,
		     strerror(-o.ret), o.error.text, o.unsound ?: "");
	}
	c->errors += !!o.ret;
	c->marked += !o.ret && o.marked;
	c->whole += !o.ret && !o.marked && failed;
	return failed;
}

void fault_try_all(const struct fault_request *request, struct fault_course *c)
{
	unsigned int n = 1;

	while (n < MORE_THAN_ANY && fault_try(request, n, c))
		n++;
}

void fault_tell(const char *name, const struct fault_course *c)
{
	diag("faults: %s: %u tries, %u failed: %u errors, %u marked, %u whole, %u wrong",
	     name, c->tries, c->failed, c->errors, c->marked, c->whole,
	     c->wrong);
}
