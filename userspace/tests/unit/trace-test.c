// SPDX-License-Identifier: GPL-2.0
/*
 * 'trace' without a kernel: records become events by a description of their format,
 * events become sums, and calls become words.
 *
 *   trace-test json     prints documents of JSON, for json-test
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tap.h"
#include "tools/trace/call-text.h"
#include "tools/trace/event.h"
#include "tools/trace/show.h"
#include "tools/trace/sums.h"

#define PAGE	4096UL
#define HUGE	(2UL << 20)

#define COMMON								\
	"format:\n"							\
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

#define FIELD(type, name, offset, size, sign)				\
	"\tfield:" type " " name ";\toffset:" #offset ";\tsize:" #size ";\tsigned:" #sign ";\n"

static const char header_page[] =
	"\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
	"\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
	"\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
	"\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n";

static const char munmap_format[] =
	"name: sys_enter_munmap\nID: 700\n" COMMON
	FIELD("int", "__syscall_nr", 8, 4, 1)
	FIELD("unsigned long", "addr", 16, 8, 0)
	FIELD("size_t", "len", 24, 8, 0)
	"\nprint fmt: \"addr: 0x%08lx\", REC->addr\n";

/* The same with fields in other places, as another kernel might have them. */
static const char moved_format[] =
	"name: sys_enter_munmap\nID: 700\n" COMMON
	FIELD("size_t", "len", 8, 8, 0)
	FIELD("unsigned long", "addr", 24, 8, 0)
	"\nprint fmt: \"addr: 0x%08lx\", REC->addr\n";

static const char lacking_format[] =
	"name: sys_enter_munmap\nID: 700\n" COMMON
	FIELD("unsigned long", "addr", 16, 8, 0)
	"\nprint fmt: \"addr: 0x%08lx\", REC->addr\n";

static const char exit_format[] =
	"name: sys_exit_munmap\nID: 701\n" COMMON
	FIELD("int", "__syscall_nr", 8, 4, 1)
	FIELD("long", "ret", 16, 8, 1)
	"\nprint fmt: \"0x%lx\", REC->ret\n";

static const char rename_format[] =
	"name: task_rename\nID: 702\n" COMMON
	FIELD("char", "oldcomm[16]", 8, 16, 0)
	FIELD("char", "newcomm[16]", 24, 16, 0)
	"\nprint fmt: \"%s\", REC->newcomm\n";

static const struct trace_kind *kind(const char *name)
{
	size_t i;

	for (i = 0; i < trace_n_kinds; i++)
		if (!strcmp(trace_kinds[i].name, name))
			return &trace_kinds[i];
	abort();
}

static void put(char *record, size_t offset, uint64_t value, size_t size)
{
	memcpy(record + offset, &value, size);
}

static void check_decode(const char *what, const char *format, size_t addr, size_t len)
{
	struct trace_formats *formats = trace_formats_new(header_page, strlen(header_page));
	char record[64] = "";
	struct trace_event event;
	struct failure why;
	bool good;

	put(record, 0, 700, 2);
	put(record, 4, 1234, 4);
	put(record, addr, 0x7f0012345000, 8);
	put(record, len, 8191, 8);
	good = !trace_formats_add(formats, kind("sys_enter_munmap"), format, strlen(format),
				  &why) &&
	       trace_formats_decode(formats, record, 32, &event);
	ok(good && event.what == TRACE_ENTER && event.call == TRACE_MUNMAP && event.tid == 1234 &&
	   event.args[0] == 0x7f0012345000 && event.args[1] == 8191 && !event.args[2],
	   "%s", what);
	ok(!trace_formats_decode(formats, record, 31, &event), "%s: cut off by a byte", what);
	put(record, 0, 701, 2);
	ok(!trace_formats_decode(formats, record, 32, &event), "%s: another event", what);
	ok(!trace_formats_decode(formats, record, 1, &event), "%s: no ID", what);
	trace_formats_free(formats);
}

static void check_refused(const char *what, const char *name, const char *format, size_t size,
			  const char *says)
{
	struct trace_formats *formats = trace_formats_new(header_page, strlen(header_page));
	struct failure why = { .text = "" };

	if (!ok(trace_formats_add(formats, kind(name), format, size, &why) &&
		strstr(why.text, says), "%s", what))
		printf("# says: %s\n", why.text);
	trace_formats_free(formats);
}

static struct trace_event seen[4];
static size_t n_seen;

static void see(void *context, const struct trace_event *event)
{
	(void)context;
	seen[n_seen++] = *event;
}

/* A page of the buffer: a time, the bytes used, and records of 4 * length bytes. */
static void check_page(void)
{
	struct trace_formats *formats = trace_formats_new(header_page, strlen(header_page));
	static char page[4096] __attribute__((aligned(8)));
	struct failure why;
	uint64_t end = 0;
	size_t at = 16;
	int i;

	trace_formats_add(formats, kind("sys_exit_munmap"), exit_format, strlen(exit_format), &why);
	put(page, 0, 1000000, 8);
	for (i = 0; i < 3; i++) {
		/* 24 bytes, 10 ns after the one before. */
		put(page, at, 6 | 10 << 5, 4);
		put(page, at + 4, i == 1 ? 999 : 701, 2);
		put(page, at + 8, 77, 4);
		put(page, at + 20, (uint64_t)(-22 - i), 8);
		at += 28;
	}
	put(page, 8, at - 16, 8);
	n_seen = 0;
	ok(trace_formats_each(formats, page, see, NULL, &end) == 2 && n_seen == 2 && end == 1000030,
	   "a page: two events, and one of an unknown kind");
	ok(n_seen == 2 && seen[0].time == 1000010 && seen[1].time == 1000030 &&
	   seen[0].tid == 77 && (int64_t)seen[0].args[0] == -22 &&
	   (int64_t)seen[1].args[0] == -24, "a page: times, threads and results");
	put(page, 8, 0, 8);
	ok(!trace_formats_each(formats, page, see, NULL, &end) && n_seen == 2, "an empty page");
	ok(trace_formats_page(formats) == 4096, "bytes of a page");
	trace_formats_free(formats);
}

static void check_name(void)
{
	struct trace_formats *formats = trace_formats_new(header_page, strlen(header_page));
	struct trace_event event;
	struct failure why;
	char record[64];

	trace_formats_add(formats, kind("task_rename"), rename_format, strlen(rename_format), &why);
	memset(record, 'x', sizeof(record));
	put(record, 0, 702, 2);
	put(record, 4, 5, 4);
	ok(trace_formats_decode(formats, record, 40, &event) &&
	   !strcmp(event.comm, "xxxxxxxxxxxxxxx"),
	   "a name without an end");
	ok(!event.args[0] && event.tid == 5, "a field that this kernel does not have is 0");
	trace_formats_free(formats);
}

/* The sums, and the last call. */
static struct trace_sums sums;
static struct trace_row last;
static uint64_t last_args[TRACE_ARGS];
static uint64_t now;

static void keep_row(const void *context, const struct trace_row *row)
{
	(void)context;
	last = *row;
	memcpy(last_args, row->args, sizeof(last_args));
	last.args = last_args;
}

/* Thread 31 is of process 30, as /proc says; all others are gone. */
static bool who(uint32_t tid, uint32_t *pid, char *comm)
{
	*pid = tid == 31 ? 30 : tid;
	strcpy(comm, tid == 31 ? "met" : "");
	return tid == 31;
}

static const struct trace_ops ops = { who, keep_row, NULL };

static void begin_sums(void)
{
	trace_sums_free(&sums);
	sums.ops = ops;
	sums.page = PAGE;
	sums.huge = HUGE;
	now = 1000;
}

static void feed(enum trace_what what, uint32_t tid, uint64_t a, uint64_t b, const char *comm)
{
	struct trace_event event = { .time = now += 10, .tid = tid, .what = what,
				     .args = { a, b } };

	strcpy(event.comm, comm);
	trace_sums_feed(&sums, &event);
}

static void feed_work(enum trace_what what, uint32_t tid, enum trace_work work)
{
	const struct trace_event event = { .time = now += 10, .tid = tid, .what = what,
					   .call = work };

	trace_sums_feed(&sums, &event);
}

static void call(uint32_t tid, enum trace_call number, int64_t result, uint64_t a, uint64_t b,
		 uint64_t c, uint64_t d)
{
	struct trace_event event = { .time = now += 10, .tid = tid, .what = TRACE_ENTER,
				     .call = number, .args = { a, b, c, d } };

	trace_sums_feed(&sums, &event);
	event = (struct trace_event){ .time = now += 10, .tid = tid, .what = TRACE_RETURN,
				      .call = number, .args = { (uint64_t)result } };
	trace_sums_feed(&sums, &event);
}

static struct trace_process *process(uint32_t pid)
{
	struct trace_process *found = NULL, *v;

	for (v = sums.first; v; v = v->next)
		if (v->pid == pid)
			found = v;
	return found;
}

static void check_bytes(const char *what, uint32_t pid, enum trace_call number,
			struct trace_bytes expected)
{
	const struct trace_process *of = process(pid);
	struct trace_bytes got = of ? of->sums.by[number] : (struct trace_bytes){ 0 };

	expected.ns = 10 * expected.calls;
	if (!ok(of && !memcmp(&got, &expected, sizeof(got)), "%s", what))
		printf("# calls %lu failed %lu mapped %lu unmapped %lu fixed %lu\n"
		       "# discarded %lu unknown %lu ns %lu\n", got.calls, got.failed, got.mapped,
		       got.unmapped, got.fixed, got.discarded, got.unknown, got.ns);
}

static void check_calls(void)
{
	const uint64_t tid = 10;
	const uint64_t anonymous = MAP_PRIVATE | MAP_ANONYMOUS;

	begin_sums();
	trace_sums_add(&sums, 10, "ten", &tid, 1, now, 100 * PAGE, false);
	call(10, TRACE_MMAP, 0x7000, 0, 1, PROT_READ, anonymous);
	call(10, TRACE_MMAP, 0x7000, 0, 2 * PAGE, PROT_READ, anonymous | MAP_FIXED);
	call(10, TRACE_MMAP, -22, 0, 0, PROT_READ, anonymous);
	call(10, TRACE_MMAP, 0x200000, 0, 1, PROT_READ, anonymous | MAP_HUGETLB);
	call(10, TRACE_MMAP, 0x200000, 0, 1, PROT_READ,
	     anonymous | MAP_HUGETLB | 16UL << MAP_HUGE_SHIFT);
	check_bytes("mmap: whole pages, failed, fixed, huge", 10, TRACE_MMAP,
		    (struct trace_bytes){ .calls = 5, .failed = 1, .fixed = 2 * PAGE,
					  .mapped = 3 * PAGE + HUGE + 65536 });
	ok(last.ns == 10 && last.tid == 10 && last.call == TRACE_MMAP && !last.failed,
	   "the row of a call");
	call(10, TRACE_MUNMAP, 0, 0x7000, PAGE + 1, 0, 0);
	call(10, TRACE_MUNMAP, -22, 0x7001, PAGE, 0, 0);
	check_bytes("munmap", 10, TRACE_MUNMAP,
		    (struct trace_bytes){ .calls = 2, .failed = 1, .unmapped = 2 * PAGE });
	call(10, TRACE_MREMAP, 0x7000, 0x7000, PAGE, 3 * PAGE, MREMAP_MAYMOVE);
	call(10, TRACE_MREMAP, 0x7000, 0x7000, 3 * PAGE, PAGE, 0);
	call(10, TRACE_MREMAP, 0x8000, 0x7000, 0, 4 * PAGE, MREMAP_MAYMOVE);
	call(10, TRACE_MREMAP, 0x8000, 0x7000, PAGE, PAGE, MREMAP_MAYMOVE | 4);
	check_bytes("mremap: grows, shrinks, once more, keeps the old one", 10, TRACE_MREMAP,
		    (struct trace_bytes){ .calls = 4, .mapped = 7 * PAGE, .unmapped = 2 * PAGE });
	call(10, TRACE_MADVISE, 0, 0x7000, PAGE, MADV_DONTNEED, 0);
	call(10, TRACE_MADVISE, 0, 0x7000, PAGE, MADV_FREE, 0);
	call(10, TRACE_MADVISE, 0, 0x7000, PAGE, MADV_WILLNEED, 0);
	call(10, TRACE_MADVISE, -22, 0x7000, PAGE, MADV_REMOVE, 0);
	check_bytes("madvise", 10, TRACE_MADVISE,
		    (struct trace_bytes){ .calls = 4, .failed = 1, .discarded = 2 * PAGE });
	call(10, TRACE_BRK, 100 * PAGE, 0, 0, 0, 0);
	call(10, TRACE_BRK, 103 * PAGE - 1, 103 * PAGE - 1, 0, 0, 0);
	call(10, TRACE_BRK, 101 * PAGE, 101 * PAGE, 0, 0, 0);
	call(10, TRACE_BRK, 101 * PAGE, 1 << 30, 0, 0, 0);
	check_bytes("brk: asks, grows, shrinks, fails", 10, TRACE_BRK,
		    (struct trace_bytes){ .calls = 4, .failed = 1, .mapped = 3 * PAGE,
					  .unmapped = 2 * PAGE });
}

static void check_tasks(void)
{
	const uint64_t tids[] = { 10, 11 };
	struct trace_process *v;

	begin_sums();
	trace_sums_add(&sums, 10, "ten", tids, 2, now, 0, false);
	call(11, TRACE_BRK, 5 * PAGE, 5 * PAGE, 0, 0, 0);
	call(10, TRACE_BRK, 6 * PAGE, 6 * PAGE, 0, 0, 0);
	check_bytes("threads have one break, which was unknown", 10, TRACE_BRK,
		    (struct trace_bytes){ .calls = 2, .unknown = 1, .mapped = PAGE });
	feed(TRACE_NEWTASK, 11, 12, CLONE_THREAD | CLONE_VM, "ten");
	call(12, TRACE_MMAP, 0x7000, 0, PAGE, 0, MAP_PRIVATE);
	check_bytes("a new thread is of its process", 10, TRACE_MMAP,
		    (struct trace_bytes){ .calls = 1, .mapped = PAGE });
	feed(TRACE_NEWTASK, 11, 20, 0, "child");
	call(20, TRACE_BRK, 8 * PAGE, 8 * PAGE, 0, 0, 0);
	check_bytes("a fork has the break of its parent", 20, TRACE_BRK,
		    (struct trace_bytes){ .calls = 1, .mapped = 2 * PAGE });
	call(10, TRACE_BRK, 7 * PAGE, 7 * PAGE, 0, 0, 0);
	ok(process(10)->sums.by[TRACE_BRK].mapped == 2 * PAGE, "and moves its own");
	ok(process(20)->parent == 10 && !strcmp(process(20)->comm, "child"), "parent and name");
	feed(TRACE_NEWTASK, 10, 21, CLONE_VM | CLONE_VFORK, "vfork");
	call(21, TRACE_BRK, 9 * PAGE, 9 * PAGE, 0, 0, 0);
	call(10, TRACE_BRK, 9 * PAGE, 9 * PAGE, 0, 0, 0);
	ok(process(21)->sums.by[TRACE_BRK].mapped == 2 * PAGE &&
	   process(10)->sums.by[TRACE_BRK].mapped == 2 * PAGE, "vfork shares the break");
	feed(TRACE_RENAME, 21, 21, 0, "new");
	feed(TRACE_EXEC, 21, 21, 21, "");
	call(21, TRACE_BRK, 50 * PAGE, 0, 0, 0, 0);
	call(21, TRACE_BRK, 51 * PAGE, 51 * PAGE, 0, 0, 0);
	ok(process(21)->sums.by[TRACE_BRK].mapped == 3 * PAGE &&
	   !process(21)->sums.by[TRACE_BRK].unknown && !strcmp(process(21)->comm, "new"),
	   "exec has a break and a name of its own");
	feed(TRACE_RENAME, 12, 12, 0, "thread");
	ok(!strcmp(process(10)->comm, "ten"), "the name of a thread is not that of its process");

	ok(sums.n_live == 3, "three processes");
	feed(TRACE_EXIT, 10, 0, 0, "");
	feed(TRACE_EXIT, 11, 0, 0, "");
	feed(TRACE_EXEC, 10, 10, 12, "");
	call(10, TRACE_MMAP, 0x7000, 0, PAGE, 0, MAP_PRIVATE);
	ok(!process(10)->ended && process(10)->sums.by[TRACE_MMAP].calls == 2 && sums.n_live == 3,
	   "a thread that executes becomes the process");
	feed(TRACE_EXIT, 10, 0, 0, "");
	ok(process(10)->ended == now && sums.n_live == 2, "the last thread ends it");
	sums.faults_known = true;
	feed(TRACE_FAULT, 10, 10, 0, "");
	ok(process(10)->sums.min_faults == 1 && sums.n_live == 2, "a fault after its end");
	feed(TRACE_NEWTASK, 20, 10, 0, "again");
	v = process(10);
	ok(v->parent == 20 && !v->sums.min_faults && sums.n_live == 3,
	   "another process with its number");
	feed(TRACE_FAULT, 10, 10, 1, "");
	ok(v->sums.maj_faults == 1 && !v->sums.min_faults, "a major fault");
}

static void check_odd(void)
{
	const uint64_t tid = 40;

	begin_sums();
	call(31, TRACE_MMAP, 0x7000, 0, PAGE, 0, MAP_PRIVATE);
	ok(process(30) && !strcmp(process(30)->comm, "met"), "a thread that no event introduced");
	feed(TRACE_RETURN, 31, 0, 0, "");
	ok(sums.orphans == 1 && process(30)->sums.by[TRACE_BRK].calls == 0,
	   "a return without a beginning is counted apart");
	feed(TRACE_ENTER, 31, 7 * PAGE, 0, "");
	call(31, TRACE_MMAP, -12, 0, PAGE, 0, MAP_PRIVATE);
	ok(!process(30)->sums.by[TRACE_BRK].calls &&
	   process(30)->sums.by[TRACE_MMAP].failed == 1,
	   "a call whose return is lost");
	trace_sums_add(&sums, 40, "waits", &tid, 1, now, 0, true);
	call(40, TRACE_MMAP, 0x7000, 0, PAGE, 0, MAP_PRIVATE);
	feed(TRACE_FAULT, 40, 40, 0, "");
	feed(TRACE_EXEC, 40, 40, 40, "");
	call(40, TRACE_MMAP, 0x7000, 0, PAGE, 0, MAP_PRIVATE);
	ok(process(40)->sums.by[TRACE_MMAP].calls == 1 && !process(40)->sums.min_faults,
	   "before its exec it is not counted");
	feed(TRACE_FAULT, 99, 98, 0, "");
	ok(process(99) && process(99)->sums.min_faults == 1, "a fault of a thread that is met");
	trace_sums_gone(&sums, 99, now);
	trace_sums_gone(&sums, 40, now);
	ok(process(40)->ended == now, "a process whose end is lost");
	feed(TRACE_NEWTASK, 31, 0xffffffff, 0, "edge");
	feed(TRACE_EXIT, 0xffffffff, 0, 0, "");
	ok(process(0xffffffff)->ended == now, "the largest number");
}

/* Of the first task. */
static bool is_work(enum trace_work work, uint64_t n, uint64_t ns, uint64_t tried, uint64_t done)
{
	const struct trace_worked *worked = &sums.actors[0].by[work];

	return worked->n == n && worked->ns == ns && worked->tried == tried &&
	       worked->done == done;
}

static void check_work(void)
{
	begin_sums();
	feed_work(TRACE_WORK_BEGIN, 31, TRACE_DIRECT);
	feed(TRACE_SHRINK, 31, 32, 20, "");
	feed_work(TRACE_WORK_BEGIN, 31, TRACE_COMPACT);
	feed(TRACE_MIGRATE, 31, 5, 2, "");
	feed_work(TRACE_WORK_END, 31, TRACE_COMPACT);
	feed_work(TRACE_WORK_END, 31, TRACE_DIRECT);
	feed(TRACE_VICTIM, 31, 31, 0, "");
	ok(sums.n_actors == 1 && is_work(TRACE_DIRECT, 1, 50, 32, 20), "direct reclaim");
	ok(is_work(TRACE_COMPACT, 1, 20, 2, 5), "compaction within it");
	ok(sums.n_victims == 1 && sums.victims[0].pid == 31 && !strcmp(sums.victims[0].comm, "met"),
	   "a victim of the OOM killer");
	feed_work(TRACE_WORK_BEGIN, 50, TRACE_KSWAPD);
	feed_work(TRACE_WORK_BEGIN, 50, TRACE_KSWAPD);
	feed(TRACE_SHRINK, 50, 7, 1, "");
	feed_work(TRACE_WORK_END, 50, TRACE_KSWAPD);
	feed_work(TRACE_WORK_END, 50, TRACE_KSWAPD);
	ok(sums.actors[1].by[TRACE_KSWAPD].n == 1 && sums.actors[1].by[TRACE_KSWAPD].ns == 30 &&
	   sums.actors[1].by[TRACE_KSWAPD].tried == 7, "kswapd, woken while it is awake");
}

static void check_missed(bool expected)
{
	char *said = NULL;
	size_t length;
	FILE *out = open_memstream(&said, &length);
	bool missed = trace_sums_missed(&sums, out);

	fclose(out);
	ok(missed == expected && !!strstr(said, "61450 events") == expected &&
	   !!strstr(said, "64522 are not shown") == expected,
	   "%s is said to be left out", expected ? "that" : "nothing");
	free(said);
}

/* Memory is bounded, and nothing is lost in the sum. */
static void check_bounds(void)
{
	uint64_t calls = 0;
	uint32_t i;
	struct trace_process *v;

	begin_sums();
	for (i = 0; i < TRACE_PROCESSES_MAX + 10; i++) {
		call(100 + i, TRACE_MUNMAP, 0, 0, PAGE, 0, 0);
		feed(TRACE_EXIT, 100 + i, 0, 0, "");
		feed_work(TRACE_WORK_BEGIN, 100 + i, TRACE_DIRECT);
		feed(TRACE_VICTIM, 1, 1, 0, "");
	}
	for (i = 0, v = sums.first; v; v = v->next, i++)
		calls += v->sums.by[TRACE_MUNMAP].calls;
	ok(i == TRACE_PROCESSES_MAX + 1 && calls == TRACE_PROCESSES_MAX + 10,
	   "more processes are counted together");
	ok(process(0)->sums.by[TRACE_MUNMAP].calls == 10 && !sums.n_live, "ten of them");
	ok(sums.n_actors == TRACE_ACTORS_MAX &&
	   sums.missed_actors == TRACE_PROCESSES_MAX + 10 - TRACE_ACTORS_MAX,
	   "more tasks that reclaim are counted");
	ok(sums.n_victims == TRACE_VICTIMS_MAX &&
	   sums.missed_victims == TRACE_PROCESSES_MAX + 10 - TRACE_VICTIMS_MAX,
	   "and more victims");
	check_missed(true);
	begin_sums();
	check_missed(false);
}

static void check_words(enum trace_call number, int64_t result, bool failed,
			const uint64_t *args, const char *words, const char *says)
{
	const struct trace_row row = { .call = number, .args = args, .result = result,
				       .failed = failed };
	char buf[CALL_TEXT_SIZE];

	call_text_args(buf, &row);
	if (!ok(!strcmp(buf, words), "%s(%s)", trace_call_names[number], words))
		printf("# is: %s\n", buf);
	call_text_result(buf, &row);
	if (!ok(!strcmp(buf, says), "= %s", says))
		printf("# is: %s\n", buf);
}

#define ARGS(...)	((const uint64_t[TRACE_ARGS]) { __VA_ARGS__ })

static void check_all_words(void)
{
	check_words(TRACE_BRK, 0x5000, false, ARGS(0), "NULL", "0x5000");
	check_words(TRACE_BRK, 0x5000, true, ARGS(0x6000), "0x6000", "0x5000 (refused)");
	check_words(TRACE_MMAP, 0x7f0000000000, false,
		    ARGS(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1UL, 0),
		    "NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0x0",
		    "0x7f0000000000");
	check_words(TRACE_MMAP, -9, true, ARGS(0x1000, 1, 0, MAP_SHARED, 0xffffffff, 0x2000),
		    "0x1000, 1, PROT_NONE, MAP_SHARED, -1, 0x2000",
		    "-1 EBADF (Bad file descriptor)");
	check_words(TRACE_MMAP, -22, true, ARGS(0, 1, 0x80, 0, 3, 0),
		    "NULL, 1, 0x80, 0, 3, 0x0", "-1 EINVAL (Invalid argument)");
	check_words(TRACE_MMAP, -12, true,
		    ARGS(0, HUGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_HUGETLB | 21UL << 26, 3, 0),
		    "NULL, 2097152, PROT_READ, MAP_SHARED_VALIDATE|MAP_HUGETLB|21<<MAP_HUGE_SHIFT, 3, 0x0",
		    "-1 ENOMEM (Cannot allocate memory)");
	check_words(TRACE_MUNMAP, 0, false, ARGS(0x1000, 4096), "0x1000, 4096", "0");
	check_words(TRACE_MUNMAP, -4000, true, ARGS(0, ~0UL), "NULL, 18446744073709551615",
		    "-1 ? (unknown error)");
	check_words(TRACE_MREMAP, 0x9000, false, ARGS(0x1000, 1, 2, MREMAP_MAYMOVE, 0x9000),
		    "0x1000, 1, 2, MREMAP_MAYMOVE", "0x9000");
	check_words(TRACE_MREMAP, 0x9000, false, ARGS(0x1000, 1, 2, 3, 0x9000),
		    "0x1000, 1, 2, MREMAP_MAYMOVE|MREMAP_FIXED, 0x9000", "0x9000");
	check_words(TRACE_MADVISE, 0, false, ARGS(0x1000, 4096, MADV_DONTNEED),
		    "0x1000, 4096, MADV_DONTNEED", "0");
	check_words(TRACE_MADVISE, 0, false, ARGS(0x1000, 4096, 102),
		    "0x1000, 4096, MADV_GUARD_INSTALL", "0");
	check_words(TRACE_MADVISE, -22, true, ARGS(0x1000, 4096, 777), "0x1000, 4096, 777",
		    "-1 EINVAL (Invalid argument)");
}

/* What is shown where there is little to show. */
static void check_show(void)
{
	struct options options = { .command = &trace_command };
	struct trace_options own = { .everything = true };
	struct trace_sums none = { .page = PAGE };
	struct trace_process gone = { .pid = 7 };
	const struct trace_row row = {
		.tid = 7, .process = &gone, .call = TRACE_BRK, .args = ARGS(0),
	};
	struct trace_report report = {
		.options = &options, .own = &own, .sums = &none, .lost_known = true,
	};
	char *text;
	size_t size;

	report.out = open_memstream(&text, &size);
	trace_show_sums(&report, true);
	fclose(report.out);
	ok(!strcmp(text, "0 processes in 0 s; 0 events lost\n"), "nothing has no heading");
	free(text);
	report.out = open_memstream(&text, &size);
	trace_show_row(&report, &row);
	options.json = true;
	trace_show_row(&report, &row);
	trace_show_sums(&report, true);
	fclose(report.out);
	ok(strstr(text, "       7       7 -               brk(NULL)"),
	   "a process that is gone has the name -");
	ok(strstr(text, "\"comm\": null") || strstr(text, "\"comm\":null"), "and none in JSON");
	ok(strstr(text, "\"took_ns\"") && strstr(text, "\"duration_ns\"") &&
	   strstr(text, "\"realtime_ns\""), "times in JSON have units");
	free(text);
}

/* Prints a call as a line. */
static void print_row(struct trace_report *report, enum trace_call number, int64_t result,
		      uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	call(10, number, result, a, b, c, d);
	trace_show_row(report, &last);
}

/* Documents with all members that a trace can have. */
static int print_json(void)
{
	const uint64_t tid = 10;
	struct options options = { .command = &trace_command, .json = true };
	struct trace_options own = { .everything = true, .calls = true };
	struct trace_report report = {
		.options = &options, .own = &own, .sums = &sums, .out = stdout,
		.realtime = 1700000000000000000, .lost_known = true, .reclaim = true,
		.child = 10, .child_ended = true,
	};

	check_work();
	trace_sums_add(&sums, 10, "ten", &tid, 1, now, 100 * PAGE, false);
	fflush(stdout);
	puts("json:");
	print_row(&report, TRACE_BRK, 100 * PAGE, 0, 0, 0, 0);
	print_row(&report, TRACE_MMAP, 0x7000, 0, PAGE, PROT_READ, MAP_PRIVATE);
	print_row(&report, TRACE_MMAP, -22, 0, 0, 0, 0);
	print_row(&report, TRACE_MUNMAP, 0, UINT64_MAX, PAGE, 0, 0);
	print_row(&report, TRACE_MREMAP, 0x7000, 0x7000, PAGE, PAGE, MREMAP_FIXED);
	print_row(&report, TRACE_MADVISE, 0, 0x7000, PAGE, MADV_FREE, 0);
	report.now = now;
	trace_show_sums(&report, false);
	report.reclaim = false;
	report.lost_known = false;
	report.child = 0;
	trace_show_sums(&report, true);
	trace_sums_free(&sums);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "json") ? 2 : print_json();
	check_show();
	check_decode("a record", munmap_format, 16, 24);
	check_decode("a record of another kernel", moved_format, 24, 8);
	check_refused("a field is missing", "sys_enter_munmap", lacking_format,
		      strlen(lacking_format), "sys_enter_munmap of this kernel has no field 'len'");
	check_refused("a description is cut off", "sys_enter_munmap", munmap_format, 100,
		      "sys_enter_munmap");
	check_refused("a description is none", "sys_enter_munmap", "what?", 5,
		      "cannot be understood");
	check_name();
	check_page();
	check_calls();
	check_tasks();
	check_odd();
	check_work();
	check_bounds();
	check_all_words();
	trace_sums_free(&sums);
	return tap_done();
}
