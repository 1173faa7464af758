// SPDX-License-Identifier: GPL-2.0
/*
 * replay SCENE [ARG...]: runs the reader with the ARGs on the census of a scene or the
 * censuses of a series; the tools are replay-NAME. SCENE
 * 'asked': prints the requests; 'absent': no module.
 * A SCENE with a '/' is a file of messages; REPLAY_KEEP in the environment: such a file, to
 * be written.
 * REPLAY_DELAY in the environment: ms that each census takes; REPLAY_PATIENCE: how
 * often to wait 50 ms for a command line; REPLAY_PROC: where /proc is (proc);
 * REPLAY_LOG: the kernel's log (log/SCENE); REPLAY_BOOT: when the machine of that log began, s
 * since 1970; REPLAY_RECORD: the record of the unit; REPLAY_JOURNAL: a program as journalctl
 * (journal/SCENE);
 * REPLAY_CGROUPS: where the tree of cgroups is; REPLAY_MOST: bytes that a census of
 * a record may take.
 *
 * replay --each: for tests with hundreds of commands, each in a child of this process: to start
 * the program takes longer than what it does. stdin is a socket of packets (AF_UNIX,
 * SOCK_SEQPACKET): [NAME=VALUE...] SCENE [ARG...], each with a null byte behind it, and two
 * descriptors, its stdout and stderr. The answer is its status as of waitpid(2), an int.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/command-names.h"
#include "lib/signals.h"
#include "model/cgroup-tree.h"
#include "model/on-nodes.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "os/cmdlines.h"
#include "os/hugepages.h"
#include "os/kernel-log.h"
#include "os/names.h"
#include "os/proc-texts.h"
#include "os/procfs.h"
#include "os/sysfs.h"
#include "pagemap.h"
#include "reader.h"
#include "record/record-file.h"
#include "record/recorded-names.h"
#include "stream.h"
#include "tools/oom/killers.h"
#include "tools/oom/oom.h"
#include "wire/request.h"

/* Of a pass over all frames; a census has the lines of its scene before the rest. */
static const char meminfo_counters[] =
	"MemTotal:         100000 kB\n"
	"MemFree:           20000 kB\n"
	"Buffers:             100 kB\n"
	"Cached:             7900 kB\n"
	"AnonPages:         40000 kB\n"
	"Mapped:             5000 kB\n"
	"Shmem:              2000 kB\n"
	"PageTables:          800 kB\n";

static const char meminfo_rest[] =
	"SwapTotal:          5000 kB\n"
	"VmallocUsed:        1234 kB\n"
	"Percpu:              512 kB\n"
	"Hugetlb:            6144 kB\n"
	"HugePages_Total:       3\n"
	"HugePages_Free:        2\n"
	"HugePages_Rsvd:        1\n"
	"Hugepagesize:       2048 kB\n";

/* When the machine of the scenes began, ns since 1970. */
#define BOOT	UINT64_C(1699999000000000000)

static const char *scene;
static unsigned int step;

/* Passes messages on as the kernel does: several at a time, 32 KiB at most. */
static void tap_all(struct tap *tap, const struct nlmsghdr *request,
		    const struct stream *s)
{
	const struct nlmsghdr *nlh;
	size_t from = 0, at = 0;

	tap->see(tap, request, request->nlmsg_len);
	for (; at < s->len; at += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (const void *)(s->buf + at);
		if (at + nlh->nlmsg_len - from <= 32768)
			continue;
		tap->see(tap, s->buf + from, at - from);
		from = at;
	}
	tap->see(tap, s->buf + from, s->len - from);
}

/* A signal ends it, as it ends a scan. */
static bool delay(void)
{
	const char *ms = getenv("REPLAY_DELAY");
	struct timespec left = { .tv_sec = ms ? atol(ms) / 1000 : 0,
				 .tv_nsec = ms ? atol(ms) % 1000 * 1000000 : 0 };

	return !ms || !nanosleep(&left, NULL) || !signals_stopped();
}

/* Adds the file of the scene in the directory @name as this text; false if there is none. */
static bool text_add(struct snapshot *snap, const char *name)
{
	char path[64], text[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%.40s", name, scene);
	file = fopen(path, "re");
	if (!file)
		return false;
	proc_texts_add(snap, name, text, fread(text, 1, sizeof(text), file));
	fclose(file);
	return true;
}

/* What is charged to the cgroups of a scene, their names, and those of users. */
static void cgroups_add(struct snapshot *snap)
{
	if (text_add(snap, CHARGES_TEXT))
		charges_apply(snap);
	if (text_add(snap, PROC_TEXTS_CGROUPS) | text_add(snap, PROC_TEXTS_USERS) |
	    text_add(snap, PROC_TEXTS_CONTAINERS))
		names_read(snap);
	cgroup_tree_link(snap);
	on_nodes_link(snap);
}

/* The texts of /proc with the totals, as they are read with a census or with a pass. */
static void totals_add(struct snapshot *snap, const struct stream *s)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s", s->meminfo ? s->meminfo : meminfo_counters,
		 meminfo_rest);
	proc_texts_add(snap, PROC_TEXTS_MEMINFO, text, strlen(text));
	if (s->vmstat)
		proc_texts_add(snap, PROC_TEXTS_VMSTAT, s->vmstat, strlen(s->vmstat));
	proc_texts_apply(snap);
}

/* The messages of a file as @s; their sequence number is that of each request here. */
static void messages_load(struct stream *s, const char *path)
{
	FILE *file = fopen(path, "re");

	s->room = 1 << 20;
	s->buf = malloc(s->room);
	if (!file || !s->buf) {
		perror(path);
		exit(99);
	}
	s->len = fread(s->buf, 1, s->room, file);
	fclose(file);
}

static void messages_keep(const struct stream *s, const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file || fwrite(s->buf, 1, s->len, file) != s->len || fclose(file)) {
		perror(path);
		exit(99);
	}
}

static enum taken replay_take(struct source *source,
			      const struct request *request,
			      struct snapshot *snap, struct failure *why)
{
	char buf[REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = request_put(buf, STREAM_FAMILY, 42, request);
	enum reply_state state;
	struct stream s;

	if (!delay())
		return fail(why, FAIL_INTERRUPTED, "replay: interrupted");
	stream_init(&s, nlh->nlmsg_seq);
	if (!strcmp(scene, "asked"))
		return fail(why, FAIL_REFUSED,
			    "replay: asked for parts %#x%s, %zu PIDs%s, groups by %u",
			    (unsigned int)request->parts, request->totals ? " and totals" : "",
			    request->pids.n, request->named_only ? " alone" : "",
			    (unsigned int)request->group_by);
	/* As memcensus-serve does. */
	if (getenv("REPLAY_USER") && (request->pids.n || (request->group_by &&
							  request->group_by != MEMCENSUS_BY_TREE)))
		return fail(why, FAIL_REFUSED, "%s need root (sudo)",
			    request->pids.n ? "these mappings" : "groups");
	if (!source->ops->live && series_fill(&s, scene, step++)) {
		stream_free(&s);
		return TAKE_END;
	}
	if (source->ops->live && strchr(scene, '/')) {
		messages_load(&s, scene);
	} else if (source->ops->live && scene_fill(&s, scene)) {
		fprintf(stderr, "replay: no scene '%s'\n", scene);
		exit(99);
	}
	if (getenv("REPLAY_KEEP"))
		messages_keep(&s, getenv("REPLAY_KEEP"));
	if (source->tap)
		tap_all(source->tap, nlh, &s);
	state = reply_feed(snap, nlh, s.buf, s.len, why);
	if (state != REPLY_DONE) {
		stream_free(&s);
		return state == REPLY_FAILED ? TAKE_FAILED :
		       fail(why, FAIL_LOST, "replay: the scene has no end");
	}
	names_live(snap);
	cgroups_add(snap);
	if (!source->ops->live)
		proc_texts_add(snap, PROC_TEXTS_RECORDER, "900", 3);
	if (s.meminfo || snap->has_physical) {
		text_add(snap, PROC_TEXTS_SWAPS);
		text_add(snap, PROC_TEXTS_DENTRIES);
		totals_add(snap, &s);
	}
	stream_free(&s);
	return TAKE_DONE;
}

static void replay_close(struct source *source)
{
	(void)source;
}

static const struct source_ops replay_ops = {
	.live = true,
	.take = replay_take,
	.close = replay_close,
};

/* Consecutive censuses, as in a record. */
static const struct source_ops series_ops = {
	.live = false,
	.take = replay_take,
	.close = replay_close,
};

static struct source *replay_open(struct failure *why)
{
	static struct source source;
	struct stream s;

	if (!strcmp(scene, "absent")) {
		fail(why, FAIL_NO_MODULE, "replay: the module is not loaded");
		return NULL;
	}
	stream_init(&s, 42);
	source.ops = series_fill(&s, scene, 0) < 0 ? &replay_ops : &series_ops;
	source.shared = getenv("REPLAY_USER");
	stream_free(&s);
	return &source;
}

static int run(int argc, char **argv)
{
	const char *patience = getenv("REPLAY_PATIENCE");
	const char *boot = getenv("REPLAY_BOOT");
	static char log[64], journal[64], cgroup[64];

	scene = getenv("REPLAY_SCENE");
	if (!scene && argc < 2)
		return 99;
	if (!scene) {
		scene = argv[1];
		setenv("REPLAY_SCENE", scene, 1);
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	tool_prefix("replay");
	/* Do not use the cgroups and settings of this machine. */
	snprintf(cgroup, sizeof(cgroup), "cgroup-files/%.40s", scene);
	cgroups_root(getenv("REPLAY_CGROUPS") ?: realpath(cgroup, NULL) ?: "/nonexistent");
	procfs_root(getenv("REPLAY_PROC") ? getenv("REPLAY_PROC") : "proc");
	if (!strcmp(scene, "pages"))
		procfs_root(pagemap_of_scene());
	hugepages_root("/nonexistent");
	sysfs_root(getenv("REPLAY_SYS") ? getenv("REPLAY_SYS") : "sys");
	snprintf(log, sizeof(log), "log/%.40s", scene);
	kernel_log_file(getenv("REPLAY_LOG") ?: log,
			boot ? strtoull(boot, NULL, 10) * NSEC_PER_SEC : BOOT);
	oom_record(getenv("REPLAY_RECORD") ?: "/nonexistent");
	snprintf(journal, sizeof(journal), "journal/%.40s", scene);
	killers_program(getenv("REPLAY_JOURNAL") ?: journal);
	if (getenv("REPLAY_MOST"))
		record_file_bound(strtoull(getenv("REPLAY_MOST"), NULL, 10));
	/* The files are on a disk, not in /proc, and may be slow. */
	cmdlines_patience(patience ? (unsigned int)atoi(patience) : 1000);
	return reader_run(argc, argv, replay_open);
}

/* Receives a packet and its two descriptors.  Returns its length; 0: there are no more. */
static size_t receive(char *words, size_t size, int out[2])
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct iovec part = { .iov_base = words, .iov_len = size };
	struct msghdr packet = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	const struct cmsghdr *head;
	ssize_t n = recvmsg(STDIN_FILENO, &packet, 0);

	head = n > 0 ? CMSG_FIRSTHDR(&packet) : NULL;
	if (!head || head->cmsg_len != CMSG_LEN(2 * sizeof(int)))
		return 0;
	memcpy(out, CMSG_DATA(head), 2 * sizeof(int));
	return (size_t)n;
}

/* In a child: runs the words, @len bytes. */
static void run_words(char *program, char *words, size_t len, const int out[2])
{
	char *argv[256] = { program }, *word;
	int argc = 1;

	for (word = words; word < words + len && argc < 255; word += strlen(word) + 1) {
		if (argc == 1 && strchr(word, '='))
			putenv(word);
		else
			argv[argc++] = word;
	}
	dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
	dup2(out[0], STDOUT_FILENO);
	dup2(out[1], STDERR_FILENO);
	close(out[0]);
	close(out[1]);
	exit(run(argc, argv));
}

static int run_each(char *program)
{
	char words[4096];
	int out[2], status;
	size_t len;
	pid_t pid;

	while ((len = receive(words, sizeof(words), out))) {
		pid = fork();
		if (!pid)
			run_words(program, words, len, out);
		close(out[0]);
		close(out[1]);
		if (pid < 0 || waitpid(pid, &status, 0) != pid ||
		    send(STDIN_FILENO, &status, sizeof(status), 0) != sizeof(status))
			return 99;
	}
	return 0;
}

int main(int argc, char **argv)
{
	return argc == 2 && !strcmp(argv[1], "--each") ? run_each(argv[0]) : run(argc, argv);
}
