// SPDX-License-Identifier: GPL-2.0
/*
 * A record with a damaged byte, or truncated anywhere, still gives every census
 * that is intact, and the reader reports what is missing.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "model/cgroup-tree.h"
#include "model/columns.h"
#include "os/charges.h"
#include "os/proc-texts.h"
#include "record/chunk.h"
#include "record/pack.h"
#include "record/record-file.h"
#include "record/recorded-names.h"
#include "record/recorder.h"
#include "report/report.h"
#include "stream.h"
#include "tap.h"
#include "wire/request.h"

#define CENSUSES	3
#define CHUNKS_MAX	32

static char path[64];
static char memfd_path[64];
static int memfd;

/* The intact record, the offsets of its chunks, and the content of each census. */
static unsigned char *whole;
static size_t size;
static struct chunk_head chunks[CHUNKS_MAX];
static size_t offsets[CHUNKS_MAX], n_chunks;
static char *texts[CENSUSES + 1];

static char *text_of(const struct snapshot *snap)
{
	const struct options options = {
		.command = command_find("tasks"),
		.json = true,
		.parts = MEMCENSUS_PART_ALL & ~MEMCENSUS_PART_VMAS,
		.order = column_named(&task_rows, "pid"),
	};
	struct report report;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	report_begin_line(&report, &options, snap, out, true);
	REPORT(&report, { .name = "scan", .shape = SECTION_SCAN });
	options.command->sections(&report);
	report_end(&report);
	fclose(out);
	return text;
}

static void record_scene(struct recorder *recorder, const char *scene)
{
	char request_buf[REQUEST_SIZE] __attribute__((aligned(8)));
	const struct request request = { .parts = MEMCENSUS_PART_TASKS };
	struct nlmsghdr *nlh = request_put(request_buf, STREAM_FAMILY, 7, &request);
	struct snapshot *snap = snapshot_new();
	struct failure why;
	struct stream s;
	struct tap *tap;

	stream_init(&s, 7);
	if (scene_fill(&s, scene))
		abort();
	tap = recorder_begin(recorder);
	tap->see(tap, nlh, nlh->nlmsg_len);
	tap->see(tap, s.buf, s.len);
	/* A chunk between the first and the last one of a census. */
	proc_texts_add(snap, PROC_TEXTS_USERS, "0 root\n", 7);
	if (recorder_end(recorder, snap, &why) != RECORDER_DONE)
		abort();
	stream_free(&s);
	snapshot_free(snap);
}

/* The second recorder appends to the record of the first. */
static void make_record(void)
{
	const struct recorder_options plain = { 0 };
	struct recorder *recorder;
	struct failure why;
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s", "/tmp/memcensus-test-XXXXXX");
	fd = mkstemp(path);
	close(fd);
	recorder = recorder_open(path, &plain, &why);
	record_scene(recorder, "small");
	record_scene(recorder, "hostile");
	recorder_close(recorder, &why);
	recorder = recorder_open(path, &plain, &why);
	record_scene(recorder, "unknown");
	recorder_close(recorder, &why);

	fd = open(path, O_RDONLY);
	fstat(fd, &st);
	size = st.st_size;
	whole = malloc(size);
	if (read(fd, whole, size) != (ssize_t)size)
		abort();
	close(fd);
}

static void find_chunks(void)
{
	size_t at;

	for (at = 0; at < size; at += CHUNK_HEAD + chunks[n_chunks++].len) {
		if (n_chunks == CHUNKS_MAX || !chunk_unpack(&chunks[n_chunks], whole + at))
			abort();
		offsets[n_chunks] = at;
	}
}

/* The result of reading @len bytes at @data. */
struct reading {
	unsigned int censuses;
	unsigned int seen;	/* a bit for each census */
	unsigned int wrong;	/* differ from the recorded ones */
	unsigned int said;
	int ret;
};

static struct reading read_all(const unsigned char *data, size_t len, bool heads)
{
	struct snapshot *snap = heads ? NULL : snapshot_new();
	struct reading got = { 0 };
	struct record_file file;
	struct failure why;
	struct record_entry entry;
	char *text;

	if (ftruncate(memfd, 0) || pwrite(memfd, data, len, 0) != (ssize_t)len ||
	    record_file_open(&file, memfd_path, &why))
		abort();
	while ((got.ret = record_file_next(&file, snap, &entry, &why)) > 0) {
		got.censuses++;
		if (entry.number < 1 || entry.number > CENSUSES) {
			got.wrong++;
			continue;
		}
		got.seen |= 1 << entry.number;
		if (heads)
			continue;
		text = text_of(snap);
		if (!texts[entry.number])
			texts[entry.number] = strdup(text);
		got.wrong += strcmp(text, texts[entry.number]) != 0;
		free(text);
	}
	got.said = file.said;
	record_file_close(&file);
	snapshot_free(snap);
	return got;
}

/* Bit mask of censuses that a bit flip at @at may destroy. */
static unsigned int hit_by(size_t at)
{
	size_t i = n_chunks;

	while (offsets[--i] > at)
		;
	return chunks[i].kind == CHUNK_MACHINE ? 0 : 1 << chunks[i].census;
}

static void test_flips(void)
{
	const unsigned int all = (1 << (CENSUSES + 1)) - 2;
	unsigned int wrong = 0, lost = 0, silent = 0, crashed = 0;
	unsigned char *copy = malloc(size);
	struct reading got, heads;
	size_t at;

	memcpy(copy, whole, size);
	for (at = 0; at < size; at++) {
		copy[at] ^= 1 << at % 8;
		got = read_all(copy, size, false);
		heads = read_all(copy, size, true);
		copy[at] ^= 1 << at % 8;
		wrong += got.wrong || heads.wrong;
		lost += (got.seen | hit_by(at)) != all || got.seen & hit_by(at) ||
			(heads.seen | hit_by(at)) != all;
		silent += !got.said;
		crashed += got.ret < 0 || heads.ret < 0;
	}
	free(copy);
	ok(!wrong, "a bit turned in each of %zu bytes: what is given is as it was (%u)",
	   size, wrong);
	ok(!lost, "and only the census that was hit is left out (%u)", lost);
	ok(!silent, "and it is reported each time (%u)", silent);
	ok(!crashed, "and it can be read to the end (%u)", crashed);
}

/* Whole censuses in the first @len bytes; @between: these end between censuses. */
static unsigned int whole_in(size_t len, bool *between)
{
	unsigned int seen = 0;
	size_t i, end;

	*between = !len;
	for (i = 0; i < n_chunks; i++) {
		end = offsets[i] + CHUNK_HEAD + chunks[i].len;
		if (end > len)
			break;
		if (chunks[i].kind == CHUNK_END)
			seen |= 1 << chunks[i].census;
		*between |= end == len && (chunks[i].kind == CHUNK_END ||
					   chunks[i].kind == CHUNK_MACHINE);
	}
	return seen;
}

static void test_cuts(void)
{
	unsigned int wrong = 0, lost = 0, silent = 0, crashed = 0, expected;
	struct reading got, heads;
	bool between;
	size_t len;

	for (len = 0; len <= size; len++) {
		got = read_all(whole, len, false);
		heads = read_all(whole, len, true);
		expected = whole_in(len, &between);
		wrong += got.wrong || heads.wrong;
		lost += got.seen != expected || heads.seen != expected;
		if (!got.said == !between || !heads.said == !between) {
			printf("# %zu bytes: %u and %u lines\n", len, got.said, heads.said);
			silent++;
		}
		crashed += got.ret < 0 || heads.ret < 0;
	}
	ok(!wrong, "cut at each of %zu bytes: what is given is as it was (%u)", size, wrong);
	ok(!lost, "and what was whole before is given (%u)", lost);
	ok(!silent, "and reported where it was not between two (%u)", silent);
	ok(!crashed, "and it can be read to the end (%u)", crashed);
}

static size_t begin_of(unsigned int census)
{
	size_t i;

	for (i = 0; i < n_chunks; i++)
		if (chunks[i].kind != CHUNK_MACHINE && chunks[i].census == census)
			return offsets[i];
	abort();
}

static size_t end_of(unsigned int census)
{
	size_t i;

	for (i = 0; i < n_chunks; i++)
		if (chunks[i].kind == CHUNK_END && chunks[i].census == census)
			return offsets[i] + CHUNK_HEAD + chunks[i].len;
	abort();
}

static bool is_between(size_t at)
{
	size_t i;

	for (i = 0; i < n_chunks; i++)
		if (offsets[i] == at)
			return true;
	return false;
}

/*
 * A reader has read ahead a census that a killed recorder left incomplete, when another recorder
 * truncates it and writes the next one there.
 */
static void test_rewritten(void)
{
	const size_t second = begin_of(2), end = end_of(2), third = begin_of(3);
	unsigned int lost = 0, wrong = 0, missed = 0;
	struct chunk_reader reader;
	struct failure why;
	struct chunk chunk;
	size_t len;
	int ret;

	for (len = second + 1; len < end; len++) {
		/* Behind a whole chunk the reader is at the end. */
		if (is_between(len))
			continue;
		if (ftruncate(memfd, 0) || pwrite(memfd, whole, len, 0) != (ssize_t)len ||
		    lseek(memfd, 0, SEEK_SET))
			abort();
		chunk_reader_init(&reader, memfd);
		ret = chunk_reader_next(&reader, &chunk, false, &why);
		if (ftruncate(memfd, (off_t)second) ||
		    pwrite(memfd, whole + third, size - third, (off_t)second) < 0)
			abort();
		missed++;
		for (; ret > 0; ret = chunk_reader_next(&reader, &chunk, false, &why)) {
			lost += chunk.lost != 0;
			missed -= chunk.head.census == 3 && chunk.head.kind == CHUNK_END;
			wrong += chunk.head.census == 2 && chunk.head.kind == CHUNK_END;
		}
		wrong += ret < 0 || chunk.lost;
		chunk_reader_free(&reader);
	}
	ok(!lost && !wrong && !missed,
	   "a census truncated in each of %zu bytes and replaced: the new one is read (%u %u %u)",
	   end - second, lost, wrong, missed);
}

/* Of three censuses, the second one is larger than what is allowed. */
static void test_memory(void)
{
	struct snapshot *snap = snapshot_new();
	struct record_entry entry;
	struct record_file file;
	struct failure why;
	uint64_t bytes[CENSUSES + 1] = { 0 };
	unsigned int seen = 0;

	if (ftruncate(memfd, 0) || pwrite(memfd, whole, size, 0) != (ssize_t)size ||
	    record_file_open(&file, memfd_path, &why))
		abort();
	while (record_file_next(&file, snap, &entry, &why) > 0)
		bytes[entry.number] = snapshot_bytes(snap);
	record_file_close(&file);
	ok(bytes[2] > bytes[1], "a census of %zu bytes and one of %zu", (size_t)bytes[1],
	   (size_t)bytes[2]);
	if (record_file_open(&file, memfd_path, &why))
		abort();
	/* Arrays of twice the size, which are copied, of three censuses. */
	ok(file.most * 3 * 2 < (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE),
	   "three censuses fit in the memory of the machine");
	file.most = bytes[1];
	while (record_file_next(&file, snap, &entry, &why) > 0)
		seen |= 1U << entry.number;
	ok(seen & 1 << 1 && !(seen & 1 << 2) && file.said,
	   "one that takes more memory than there is for it is skipped, and reported");
	record_file_close(&file);
	snapshot_free(snap);
}

/* What is small in a file and large in memory. */
#define MANY		20000
#define ROOM		(256UL << 10)

/* Sets a bound of ROOM more bytes than there are. */
static void bound(struct snapshot *snap)
{
	snap->most = snapshot_bytes(snap) + ROOM;
}

/* It is found to be too large, and not later than one record after it was. */
static bool is_bounded(const struct snapshot *snap)
{
	return snapshot_is_full(snap) && snapshot_bytes(snap) < snap->most + ROOM / 8;
}

static void test_messages(void)
{
	struct snapshot *snap = snapshot_new();
	struct chunk chunk = { .head.order = CHUNK_NATIVE };
	struct failure why;
	struct stream s;
	size_t i;

	stream_init(&s, 7);
	for (i = 0; i < MANY; i++) {
		stream_begin(&s, 1);
		stream_nest_end(&s, stream_nest(&s, MEMCENSUS_A_TASK));
		stream_end(&s);
	}
	chunk.data = (unsigned char *)s.buf;
	chunk.len = s.len;
	bound(snap);
	ok(record_feed_messages(snap, &chunk, &why) && is_bounded(snap),
	   "messages that take more memory: they are not all read first");
	stream_free(&s);
	snapshot_free(snap);
}

/* @n times @line */
static void add_lines(struct snapshot *snap, const char *name, const char *line, size_t n)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	while (n--)
		fputs(line, out);
	fclose(out);
	proc_texts_add(snap, name, text, len);
	free(text);
}

static void test_lines(void)
{
	static const char *const names[] = {
		PROC_TEXTS_USERS, PROC_TEXTS_CGROUPS, PROC_TEXTS_MEMINFO,
	};
	static const char *const lines[] = { "\n", "1\x20\n", "a:1\n" };
	struct snapshot *snap;
	size_t i, before;

	for (i = 0; i < 3; i++) {
		snap = snapshot_new();
		add_lines(snap, names[i], lines[i], MANY);
		before = snapshot_bytes(snap);
		snap->bytes = 0;
		proc_texts_apply(snap);
		names_read(snap);
		ok(snapshot_bytes(snap) < before, "lines of %s are counted before they are read",
		   names[i]);
		snapshot_free(snap);
	}
}

static struct snapshot *with_groups(size_t n)
{
	struct snapshot *snap = snapshot_new();
	struct group *group;
	size_t i;

	for (i = 0; i < n; i++) {
		group = row_add(&group_rows, snap);
		group->known = 1ULL << MEMCENSUS_GROUP_ID | 1ULL << MEMCENSUS_GROUP_CGROUP |
			       1ULL << MEMCENSUS_GROUP_MMS;
		group->id = i + 1;
		group->cgroup = 1;
	}
	return snap;
}

static void test_links(void)
{
	struct snapshot *snap = with_groups(1);
	char path[4096] = "1 /";

	add_lines(snap, CHARGES_TEXT, "2 1 current=1\n", MANY);
	bound(snap);
	charges_apply(snap);
	ok(is_bounded(snap), "cgroups that are charged end where there are too many");
	snapshot_free(snap);

	snap = with_groups(MANY / 10);
	memset(path + 3, 'x', sizeof(path) - 4);
	add_lines(snap, PROC_TEXTS_CGROUPS, path, 1);
	names_read(snap);
	bound(snap);
	cgroup_tree_link(snap);
	ok(is_bounded(snap), "paths of cgroups end where they are too long");
	snapshot_free(snap);
}

/* Whether a chunk of @len zeros that says to decompress to @says bytes is given. */
static bool is_given(size_t len, uint32_t says)
{
	unsigned char *plain = calloc(1, CHUNK_HEAD + len);
	unsigned char *packed = calloc(1, CHUNK_HEAD + len);
	struct chunk_head head = { .version = CHUNK_VERSION, .kind = CHUNK_TEXT };
	struct chunk_reader reader;
	struct failure why;
	struct chunk chunk;
	bool given;

	head.len = (uint32_t)len;
	if (!chunk_compress(&head, plain, packed))
		abort();
	head.plain_len = says;
	chunk_pack(&head, packed);
	if (ftruncate(memfd, 0) ||
	    pwrite(memfd, packed, CHUNK_HEAD + head.len, 0) != CHUNK_HEAD + (ssize_t)head.len ||
	    lseek(memfd, 0, SEEK_SET))
		abort();
	chunk_reader_init(&reader, memfd);
	given = chunk_reader_next(&reader, &chunk, false, &why) > 0 &&
		!chunk_reader_plain(&reader, &chunk, &why);
	if (given && chunk.len != len)
		abort();
	chunk_reader_free(&reader);
	free(packed);
	free(plain);
	return given;
}

/* Whether a census has the text of @len bytes: a name, "a" and the NULs behind it. */
static int feed_text(size_t len)
{
	char body[16] = "sockstat\0a";
	struct chunk chunk = { .data = (unsigned char *)body, .len = len };
	struct snapshot *snap = snapshot_new();
	struct failure why;
	const int ret = record_feed_text(snap, &chunk, &why);

	snapshot_free(snap);
	return ret;
}

static void test_padding(void)
{
	ok(!feed_text(10) && !feed_text(13) && feed_text(14) && feed_text(16),
	   "a text has no more NULs behind its end than its length needs");
}

/* A few KiB may decompress to any size: a chunk has at most CHUNK_MAX. */
static void test_expansion(void)
{
	ok(is_given(CHUNK_MAX, CHUNK_MAX), "a chunk that decompresses to the most");
	ok(!is_given(CHUNK_MAX + 4, CHUNK_MAX + 4), "one that says to have more is damaged");
	ok(!is_given(CHUNK_MAX + 4, CHUNK_MAX) && !is_given(CHUNK_BYTES, CHUNK_MAX),
	   "so is one that has more than it says, or less");
}

/* Seconds of CPU time. */
static double used(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Heads that are right, one behind the other: each claims the data of the next ones, too. */
static void test_claims(void)
{
	const size_t n = 3 * CHUNK_BYTES / CHUNK_HEAD;
	unsigned char *claims = calloc(n, CHUNK_HEAD);
	unsigned char *one = calloc(1, CHUNK_HEAD + CHUNK_BYTES);
	const struct chunk_head head = {
		.version = CHUNK_VERSION, .kind = CHUNK_TEXT, .len = CHUNK_BYTES };
	const double before = used();
	struct reading got;
	size_t i;

	chunk_pack(&head, one);
	for (i = 0; i < n; i++)
		memcpy(claims + i * CHUNK_HEAD, one, CHUNK_HEAD);
	got = read_all(claims, n * CHUNK_HEAD, false);
	ok(!got.censuses && used() - before < 10, "heads that claim the same data: %.2f s",
	   used() - before);
	free(claims);
	free(one);
}

/* Groups whose parents are not there, and a tree that is as deep as there are groups. */
static void test_parents(void)
{
	const struct view view = { .snap = with_groups(40000) };
	struct snapshot *snap = (struct snapshot *)view.snap;
	const struct column *uss = &group_rows.figures.columns[MEMCENSUS_F_USS];
	struct listing listing;
	struct value value;
	double before;
	size_t i, all;

	for (i = 0; i < snap->n_groups; i++) {
		snap->groups[i].known |= 1ULL << MEMCENSUS_GROUP_PARENT;
		snap->groups[i].parent = UINT64_MAX - i;
	}
	before = used();
	cgroup_tree_link(snap);
	ok(used() - before < 2, "parents that are missing: %.2f s", used() - before);

	/* A half is one below the other, without figures, the other half is in the last of it. */
	all = snap->n_groups / 2;
	for (i = 0; i < snap->n_groups; i++) {
		snap->groups[i].parent = i < all ? i : all;
		snap->groups[i].figures.known = (uint64_t)(i >= all) << MEMCENSUS_F_USS;
	}
	before = used();
	cgroup_tree_link(snap);
	listing_fill(&listing, &view, rows_in(snap, &group_rows));
	listing_total(&listing, uss, &value);
	listing_free(&listing);
	ok(used() - before < 15, "%zu cgroups in each other: %.2f s", all, used() - before);
	snapshot_free(snap);
}

int main(void)
{
	struct reading got;

	/* The test counts the messages and does not read them. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	memfd = memfd_create("record", 0);
	snprintf(memfd_path, sizeof(memfd_path), "/proc/self/fd/%d", memfd);
	make_record();
	find_chunks();

	got = read_all(whole, size, false);
	ok(got.censuses == CENSUSES && !got.said && !got.ret,
	   "%d censuses by two recorders, read without a word", CENSUSES);
	test_flips();
	test_cuts();
	test_rewritten();
	test_padding();
	test_expansion();
	test_claims();
	test_memory();
	test_messages();
	test_lines();
	test_links();
	test_parents();
	unlink(path);
	return tap_done();
}
