// SPDX-License-Identifier: GPL-2.0
/* The parts of flame: stacks, the map of pages, the join, folding, and the SVG's text. */
#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/memory.h"
#include "model/columns.h"
#include "model/pages.h"
#include "os/procfs.h"
#include "tap.h"
#include "tools/flame/grown.h"
#include "tools/flame/missing.h"
#include "tools/flame/moment.h"
#include "tools/flame/page-stacks.h"
#include "tools/flame/sandbox.h"
#include "tools/flame/stacks.h"
#include "tools/flame/symbols.h"

#define PAGE	4096

static void test_stacks(void)
{
	const struct frame a[] = { { 1, 1 }, { 2, 1 }, { 3, 2 } };
	const struct frame b[] = { { 1, 1 }, { 2, 1 }, { 3, 3 } };
	struct frame many[STACKS_DEPTH + 1] = { { 9, 9 } };
	struct stacks stacks = { .n = 0 };
	uint32_t first, number;
	size_t i;

	first = stacks_add(&stacks, a, 3);
	ok(first >= STACK_FIRST, "a stack has a number of its own");
	ok(stacks_add(&stacks, a, 3) == first, "the same stack has the same number");
	ok(stacks.v[first]->faults == 2, "it counts its faults");
	ok(stacks_add(&stacks, b, 3) != first, "another object is another stack");
	ok(stacks_add(&stacks, a, 2) != first, "a shorter stack is another one");
	for (i = 0; i < 5000; i++) {
		struct frame frame = { i, 7 };

		stacks_add(&stacks, &frame, 1);
	}
	ok(stacks_add(&stacks, a, 3) == first, "it is found among 5000 others");
	number = stacks_add(&stacks, many, STACKS_DEPTH + 1);
	ok(stacks.v[number]->n == STACKS_DEPTH, "a deeper stack is cut off");
	ok(!stacks.dropped, "none is dropped");
	stacks_free(&stacks);
}

static void test_pages(void)
{
	struct page_budget budget = { .most = 1 << 20 };
	struct page_stacks parent = { .n = 0 }, child, third;
	size_t before;
	uint64_t i;

	ok(page_stacks_get(&parent, 1) == STACK_NONE, "an empty map knows no page");
	page_stacks_set(&parent, &budget, 1000, 5);
	page_stacks_set(&parent, &budget, 1001, 6);
	page_stacks_set(&parent, &budget, 1001, 7);
	ok(page_stacks_get(&parent, 1000) == 5 && page_stacks_get(&parent, 1001) == 7,
	   "the last fault of a page counts");
	ok(page_stacks_get(&parent, 1002) == STACK_NONE, "its neighbour has none");
	ok(page_stacks_last(&parent, 1002) == 7, "the last of the block is known");
	ok(page_stacks_get(&parent, 1000 + (1ULL << 40)) == STACK_NONE, "a far page has none");

	before = budget.bytes;
	ok(page_stacks_copy(&child, &parent, &budget), "a fork copies the map");
	ok(budget.bytes < before + 4096, "it shares the blocks");
	page_stacks_set(&child, &budget, 1000, 9);
	ok(page_stacks_get(&child, 1000) == 9 && page_stacks_get(&child, 1001) == 7 &&
	   page_stacks_get(&parent, 1000) == 5, "a change is that of one process only");
	page_stacks_clear(&parent, &budget);
	ok(page_stacks_get(&child, 1001) == 7, "the child's survive the parent's end");
	page_stacks_clear(&child, &budget);
	ok(!budget.bytes, "all memory is given back: %zu bytes left", budget.bytes);

	budget = (struct page_budget){ .most = 64 << 10 };
	third = (struct page_stacks){ .n = 0 };
	for (i = 0; i < 1000; i++)
		page_stacks_set(&third, &budget, i * PAGE_STACKS_BLOCK, 3);
	ok(budget.bytes <= budget.most, "the bound holds");
	ok(budget.dropped == 1000 - third.n, "what does not fit is counted: %llu",
	   (unsigned long long)budget.dropped);
	ok(page_stacks_get(&third, 0) == 3, "what fitted stays");
	page_stacks_clear(&third, &budget);
}

/* Resident pages 0 to 7 of a mapping at page 512; exclusive ones are even. */
static int make_pages(void *context, struct snapshot *snap, uint32_t pid, struct failure *why)
{
	const struct page_block block = {
		.address = 512 * PAGE, .resident = 0xff, .exclusive = 0x55,
		.huge = *(const bool *)context ? 0xff : 0,
	};
	struct vma *vma = row_add(&vma_rows, snap);

	(void)pid;
	(void)why;
	snap->info.known = 1 << MEMCENSUS_INFO_PAGE_SIZE;
	snap->info.page_size = PAGE;
	vma->start = block.address;
	vma->end = 1024 * PAGE;
	snap->pages = xmemdup(&block, sizeof(block));
	snap->n_pages = 1;
	return 0;
}

static uint64_t share_of(const struct flame_moment *moment, uint32_t stack, bool exclusive)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < moment->n; i++)
		if (moment->v[i].stack == stack)
			bytes += exclusive ? moment->v[i].exclusive : moment->v[i].resident;
	return bytes;
}

static void add_fault(struct fault_record *record, uint32_t pid, uint64_t page, uint64_t ip)
{
	const struct fault_event event = {
		.kind = FAULT_PAGE, .pid = pid, .tid = pid, .addr = page * PAGE + 17,
		.ips = &ip, .n_ips = 1,
	};

	fault_record_add(record, &event);
}

static void test_join(void)
{
	struct fault_record record;
	struct flame_moment moment = { .n = 0 };
	struct fault_event event = { .kind = FAULT_FORK, .pid = 4000001, .tid = 4000001,
				     .parent = 4000000 };
	struct failure why = { .text = "" };
	bool huge = false;
	uint32_t stack;

	fault_record_begin(&record);
	record.page = PAGE;
	/* Its PID is above all that exist. */
	add_fault(&record, 4000000, 512, 0x1000);
	add_fault(&record, 4000000, 513, 0x1000);
	add_fault(&record, 4000000, 600, 0x1000);
	stack = page_stacks_get(&fault_record_find(&record, 4000000)->pages, 512);
	ok(!flame_moment_take(&moment, &record, make_pages, &huge, &why), "the join");
	flame_moment_join(&moment, &record);
	ok(moment.resident == 8 * PAGE && moment.exclusive == 4 * PAGE,
	   "all resident and exclusive bytes are there");
	ok(share_of(&moment, stack, false) == 2 * PAGE && share_of(&moment, stack, true) == PAGE,
	   "two pages have the stack, one of them is exclusive; a page that is gone does not count");
	ok(share_of(&moment, STACK_NONE, false) == 6 * PAGE, "six pages have no stack");
	flame_moment_free(&moment);

	huge = true;
	ok(!flame_moment_take(&moment, &record, make_pages, &huge, &why),
	   "the join of a huge page");
	flame_moment_join(&moment, &record);
	ok(share_of(&moment, stack, false) == 8 * PAGE, "a fault has all of its huge page");
	flame_moment_free(&moment);
	huge = false;

	fault_record_add(&record, &event);
	ok(page_stacks_get(&fault_record_find(&record, 4000001)->pages, 513) == stack,
	   "a forked process inherits the stacks");
	event = (struct fault_event){ .kind = FAULT_COMM, .pid = 4000001, .tid = 4000001,
				      .name = "new", .exec = true };
	fault_record_add(&record, &event);
	ok(page_stacks_get(&fault_record_find(&record, 4000001)->pages, 513) == STACK_NONE,
	   "an exec clears them");
	event = (struct fault_event){ .kind = FAULT_EXIT, .pid = 4000001, .tid = 4000001 };
	fault_record_add(&record, &event);
	ok(!fault_record_find(&record, 4000001), "an exit ends the process");
	fault_record_free(&record);
}

/* Hostile names: markup, script, control characters, invalid UTF-8, direction marks. */
static const char hostile[] = "</text><script>alert(1)</script>\"'&;]]>\n\x1b[2J\xff\xe2\x80\xae";

static void check_written(const char *what, const char *got, const char *expected)
{
	if (!ok(!strcmp(got, expected), "%s", what))
		printf("# got '%s'\n", got);
}

static void test_names(void)
{
	struct flame_node *root = flame_new("all"), *node;
	char *text = NULL;
	size_t size = 0;
	FILE *out;

	ok(!strcmp(root->name, "all"), "a tree");
	node = flame_below(root, hostile);
	node = flame_below(node, "b c");
	node->self += 4096;
	node = flame_below(root, "a");
	node->self += 3;
	node->before += 5;
	ok(flame_below(root, "a") == node, "the same path is one node");
	flame_sum(root, false);
	ok(root->value == 4099, "the root has the sums");
	text = NULL;
	out = open_memstream(&text, &size);
	flame_fold(root, false, out);
	fclose(out);
	check_written("folded lines", text,
		      "</text><script>alert(1)</script>\"'&\\x3b]]>\\x0a\\x1b[2J\\xff\\xe2\\x80\\xae;b c 4096\na 3\n");
	free(text);
	flame_sum(root, true);
	ok(root->value == 4096, "what shrank did not grow: %llu",
	   (unsigned long long)root->value);
	flame_free(root);
}

static void test_jit(void)
{
	static const char map[] =
		"1000 20 first\n"
		"garbage\n"
		"1010 8 replaced by a later line\n"
		"1010 8 second function\n"
		"ffffffffffffffff 10 beyond the end\n"
		"2000 10 last without a newline";
	const uint64_t addrs[] = { 0xfff, 0x1000, 0x1010, 0x1018, 0x1020, 0x200f };
	const char *const names[] = { NULL, "first", "second function", "first", NULL,
				      "last without a newline" };
	char *got[6] = { NULL };
	struct symbols_query query = {
		.kind = SYMBOLS_JIT, .name = "map", .addrs = addrs, .n = 6, .names = got };
	struct failure why = { .text = "" };
	FILE *file = tmpfile();
	size_t i;

	fwrite(map, 1, sizeof(map) - 1, file);
	fflush(file);
	rewind(file);
	query.fd = fileno(file);
	ok(!symbols_find(&query, &why), "a map of generated code: %s", why.text);
	for (i = 0; i < 6; i++) {
		ok(names[i] ? got[i] && !strcmp(got[i], names[i]) : !got[i], "%llx is %s",
		   (unsigned long long)addrs[i], names[i] ? names[i] : "unknown");
		free(got[i]);
	}
	fclose(file);
}

/* This program, its text as a damaged file, and none. */
static void test_elf(void)
{
	const uint64_t addrs[] = { 0, 1 << 30 };
	char *got[2] = { NULL };
	struct symbols_query query = {
		.kind = SYMBOLS_ELF, .name = "file", .addrs = addrs, .n = 2, .names = got };
	struct failure why = { .text = "" };
	FILE *file = fopen("/proc/self/exe", "re"), *cut = tmpfile();
	char block[4096];

	query.fd = fileno(file);
	ok(!symbols_find(&query, &why) && !got[0] && !got[1],
	   "an ELF file: no function at its begin, none beyond its end %s", why.text);
	/* The header alone: it names sections that are not there. */
	ok(fread(block, 1, sizeof(block), file) == sizeof(block) &&
	   fwrite(block, 1, sizeof(block), cut) == sizeof(block) && !fflush(cut),
	   "a truncated ELF file");
	query.fd = fileno(cut);
	ok(!symbols_find(&query, &why) && !got[0], "it has no names, and does no harm %s",
	   why.text);
	fclose(file);
	fclose(cut);
}

/* The path of the file @name beside this program, valid until the next call; "" on failure. */
static const char *beside(const char *name)
{
	static char path[4096];
	const ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 64);

	path[length > 0 ? length : 0] = '\0';
	if (path[0])
		strcpy(strrchr(path, '/') + 1, name);
	return path;
}

static int open_file(const char *name)
{
	return open(beside(name), O_RDONLY | O_CLOEXEC);
}

/* The name at the file offset @at of @name, NULL: none. */
static char *name_at(const char *name, uint64_t at)
{
	char *got = NULL;
	struct symbols_query query = {
		.kind = SYMBOLS_ELF, .fd = open_file(name), .name = name, .addrs = &at, .n = 1,
		.names = &got };
	struct failure why = { .text = "" };

	if (symbols_find(&query, &why))
		printf("# %s\n", why.text);
	close(query.fd);
	return got;
}

static bool is_main(char *name)
{
	const bool is = name && !strcmp(name, "main");

	free(name);
	return is;
}

/* Where main() of frames is; SIZE_MAX: nowhere. */
static uint64_t find_main(void)
{
	static uint64_t addrs[0x1000];
	static char *names[0x1000];
	struct symbols_query query = {
		.kind = SYMBOLS_ELF, .fd = open_file("frames"), .name = "frames", .addrs = addrs,
		.n = 0x1000, .names = names };
	uint64_t found = SIZE_MAX;
	struct failure why;
	size_t i;

	for (i = 0; i < query.n; i++)
		addrs[i] = 0x1000 + i;
	ok(!symbols_find(&query, &why), "a program with symbols");
	for (i = 0; i < query.n; i++)
		if (is_main(names[i]))
			found = addrs[i];
	close(query.fd);
	return found;
}

/* Copies the debug file of frames-stripped to where debuginfod-find would put it. */
static void fill_cache(const char *cache)
{
	const int from = open_file("frames-stripped.debug");
	const void *id = NULL;
	char path[4096], *at = path, block[4096];
	ssize_t n;
	ssize_t i, len;
	Elf *elf;
	int to;

	elf_version(EV_CURRENT);
	elf = elf_begin(from, ELF_C_READ, NULL);
	len = dwelf_elf_gnu_build_id(elf, &id);
	at += sprintf(at, "%s/", cache);
	for (i = 0; i < len; i++)
		at += sprintf(at, "%02x", ((const uint8_t *)id)[i]);
	elf_end(elf);
	lseek(from, 0, SEEK_SET);
	mkdir(path, 0700);
	strcpy(at, "/debuginfo");
	to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while ((n = read(from, block, sizeof(block))) > 0)
		if (write(to, block, (size_t)n) != n)
			break;
	close(from);
	close(to);
}

/* A stripped program, its debug file, and one with compressed symbols inside. */
static void test_debug_files(void)
{
	char cache[] = "/tmp/flame-test.XXXXXX", command[64];
	const uint64_t at = find_main();

	ok(at != SIZE_MAX, "main() is found");
	ok(mkdtemp(cache) && !setenv("DEBUGINFOD_CACHE_PATH", cache, 1), "an empty cache");
	ok(!is_main(name_at("frames-stripped", at)), "a stripped program without a debug file");
	fill_cache(cache);
	ok(is_main(name_at("frames-stripped", at)), "one that was fetched names its functions");
	ok(!unsetenv("DEBUGINFOD_CACHE_PATH") && is_main(name_at("frames-mini", at)),
	   "so do compressed symbols inside");
	snprintf(command, sizeof(command), "rm -r %s", cache);
	ok(!system(command), "the cache goes");
}

static struct flame_node *add_path(struct flame_node *node, const char *const *path)
{
	for (; *path; path++)
		node = flame_below(node, *path);
	return node;
}

/* 60 KiB below main() of a stripped program, 30 in a library, 10 in the loader, 20 with names. */
static void test_missing(void)
{
	static const char *const paths[][8] = {
		{ "app", "[no symbol: app]", "__libc_start_main", "[no symbol: libc.so.6]",
		  "main", "[no symbol: app]", "malloc", NULL },
		{ "app", "[no symbol: app]", "__libc_start_main", "[no symbol: libc.so.6]",
		  "main", "malloc", "[no symbol: libc.so.6]", NULL },
		{ "app", "[no symbol: ld.so]", NULL },
		{ "app", "_start", "main", NULL },
	};
	static const uint64_t kib[] = { 60, 30, 10, 20 };
	struct code_object v[] = {
		{ .kind = CODE_NAMED }, { .kind = CODE_FILE, .fd = -1, .name = (char *)"/no/app" },
		{ .kind = CODE_FILE, .fd = -1, .name = (char *)"/no/libc.so.6" },
		{ .kind = CODE_FILE, .fd = -1, .name = (char *)"/no/ld.so" },
	};
	const struct code_objects objects = { v, sizeof(v) / sizeof(v[0]) };
	struct flame_node *root = flame_new("all");
	const struct code_object *most;
	uint64_t bytes;
	size_t i;

	for (i = 0; i < sizeof(kib) / sizeof(kib[0]); i++)
		add_path(root, paths[i])->self = kib[i] << 10;
	flame_sum(root, false);
	bytes = missing_find(root, &objects, 2, &most);
	ok(bytes == 100 << 10 && most == &v[1], "stacks without names: %llu bytes",
	   (unsigned long long)bytes);
	add_path(root, paths[1])->self = 61 << 10;
	flame_sum(root, false);
	missing_find(root, &objects, 2, &most);
	ok(most == &v[2], "what only enters main() does not count");
	flame_free(root);
}

/* The path of a mapping may be of any length, and read as another line from anywhere on. */
static void test_long_paths(void)
{
	static const char rest[] = "deadb000-deadc000 r-xp 00000000 08:01 6 /evil\n"
				   "deadd000-deade000 r-xp 00000000 08:01 7 /next\n";
	char dir[] = "/tmp/flame-test-XXXXXX", path[64];
	struct code_objects objects = { .n = 0 };
	struct code_maps maps = { .n = 0 };
	struct failure why;
	FILE *file;
	int len;

	ok(mkdtemp(dir), "a directory");
	procfs_root(dir);
	snprintf(path, sizeof(path), "%s/%d", dir, getpid());
	mkdir(path, 0700);
	strcat(path, "/maps");
	file = fopen(path, "we");
	len = fprintf(file, "100000-101000 r-xp 00000000 08:01 5 /");
	/* As long as the first 4096 bytes of a path were. */
	fprintf(file, "%0*d%s", 4096 + 127 - len, 0, rest);
	fclose(file);
	ok(!code_maps_read(&maps, &objects, (uint32_t)getpid(), &why) && maps.n == 2 &&
	   !code_maps_find(&maps, 0xdeadb000), "code: what a path says is no mapping");
	code_maps_free(&maps);
	code_objects_free(&objects);
	procfs_root("/proc");
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(dir);
}

static void send_only(int socket)
{
	while (sandbox_send(socket, "", 1, -1))
		;
}

/* The filter allows no pause(). */
static void wait_only(int socket)
{
	char order;

	while (sandbox_receive(socket, &order, 1, NULL) > 0)
		;
}

/* The parent neither waits for ever until its child reads, nor until it answers. */
static void test_sandbox(void)
{
	const struct timeval shorter = { .tv_usec = 20000 };
	static const int limits[] = { SO_SNDTIMEO, SO_RCVTIMEO };
	struct timeval limit = { .tv_sec = 0 };
	socklen_t len = sizeof(limit);
	struct sandbox sandbox;
	struct failure why;
	char block[4096] = "";
	size_t i, n = 0;

	ok(!sandbox_start(&sandbox, send_only, 0, &why), "a child that reads nothing");
	for (i = 0; i < 2; i++) {
		ok(!getsockopt(sandbox.socket, SOL_SOCKET, limits[i], &limit, &len) &&
		   limit.tv_sec == SANDBOX_SECONDS, "a limit of %d s", SANDBOX_SECONDS);
		setsockopt(sandbox.socket, SOL_SOCKET, limits[i], &shorter, sizeof(shorter));
	}
	while (n < 10000 && sandbox_send(sandbox.socket, block, sizeof(block), -1))
		n++;
	ok(n && n < 10000, "ends what is sent to it, after %zu messages", n);
	sandbox_end(&sandbox);
	ok(!sandbox_start(&sandbox, wait_only, 0, &why), "a child that answers nothing");
	setsockopt(sandbox.socket, SOL_SOCKET, SO_RCVTIMEO, &shorter, sizeof(shorter));
	/* Or it ends the test. */
	alarm(10);
	ok(sandbox_receive(sandbox.socket, block, sizeof(block), NULL) < 0 && errno == EAGAIN,
	   "ends the wait for its answer");
	alarm(0);
	sandbox_end(&sandbox);
}

static void add_grown(struct flame_node *root, const char *mapping, const char *const *frames,
		      uint64_t bytes)
{
	struct flame_node *node = flame_below(flame_below(root, "1 program"), mapping);

	for (; *frames; frames++)
		node = flame_below(node, *frames);
	node->self = bytes;
}

static void check_grown(const struct flame_node *root, bool raw, size_t columns,
			const char *expected)
{
	const struct options options = { .raw = raw };
	char *text;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	flame_grown(root, &options, columns, out);
	xfclose(out);
	if (!ok(!strcmp(text, expected), "stacks that grew, %s%zu columns", raw ? "raw, " : "",
		columns))
		printf("# got '%s'\n", text);
	free(text);
}

static void test_grown(void)
{
	static const char *const large[] = { "main", "serve", "read_all", "malloc", NULL };
	static const char *const small[] = { "main", "a_function_with_a_long_name", NULL };
	struct flame_node *root = flame_new("all");

	add_grown(root, "[heap]", large, 2048 << 10);
	add_grown(root, "[anon]", small, 4 << 10);
	flame_sum(root, true);
	check_grown(root, false, 0,
		    "\nStacks whose memory grew:\n\n"
		    "Grown Mapping Stack\n"
		    "    4 [anon]  main;a_function_with_a_long_name\n"
		    " 2048 [heap]  main;serve;read_all;malloc\n");
	/* A frame that fits in no line has one of its own. */
	check_grown(root, false, 37,
		    "\nStacks whose memory grew:\n\n"
		    "Grown Mapping Stack\n"
		    "    4 [anon]  main;\n"
		    "              a_function_with_a_long_name\n"
		    " 2048 [heap]  main;serve;read_all;\n"
		    "              malloc\n");
	check_grown(root, true, 0,
		    "\nGrown Mapping Stack\n"
		    "2048 [heap] main;serve;read_all;malloc\n"
		    "4 [anon] main;a_function_with_a_long_name\n");
	flame_free(root);
}

int main(void)
{
	test_sandbox();
	test_grown();
	test_long_paths();
	test_stacks();
	test_pages();
	test_join();
	test_names();
	test_jit();
	test_elf();
	test_debug_files();
	test_missing();
	return tap_done();
}
