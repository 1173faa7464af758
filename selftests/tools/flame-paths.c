// SPDX-License-Identifier: GPL-2.0
/*
 * Touches memory on known paths of code, for the test of flame.  Prints a line when it is
 * done, and waits: for a line on stdin between two steps, at the end for ever.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB		0x100000UL
#define PAGE		4096UL
#define HUGE_BYTES	(2 * MIB)

#define NOINLINE	__attribute__((noinline, noclone))

static void touch(char *area, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i += PAGE)
		((volatile char *)area)[i] = 1;
}

static char *map(size_t bytes)
{
	char *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED)
		exit(2);
	madvise(area, bytes, MADV_NOHUGEPAGE);
	return area;
}

/* The empty statement behind each call keeps it from becoming a jump. */
#define PATH(name)					\
static NOINLINE void name(char *area, size_t bytes)		\
{							\
	touch(area, bytes);				\
	__asm__ volatile("" : : : "memory");		\
}

PATH(path_all_back)
PATH(path_half_back)
PATH(path_none_back)
PATH(path_parent)
PATH(path_child)
PATH(path_child_write)
PATH(path_early)
PATH(path_late)
PATH(path_huge)

static void ready(void)
{
	puts("ready");
	fflush(stdout);
}

static void wait_for_line(void)
{
	char line[16];

	if (!fgets(line, sizeof(line), stdin))
		exit(3);
}

/* A leak: 16 pages every 50 ms. */
static void leak(void)
{
	size_t i;
	char *area = map(512 * MIB);

	ready();
	for (i = 0; i + MIB < 512 * MIB; i += 16 * PAGE) {
		path_late(area + i, 16 * PAGE);
		usleep(50000);
	}
}

static void three(size_t unit)
{
	char *a = map(10 * unit), *b = map(20 * unit), *c = map(30 * unit);

	path_all_back(a, 10 * unit);
	path_half_back(b, 20 * unit);
	path_none_back(c, 30 * unit);
	munmap(a, 10 * unit);
	madvise(b, 10 * unit, MADV_DONTNEED);
}

/* The child rewrites a quarter of what it has from its parent. */
static void forked(void)
{
	char *area = map(4 * MIB);
	int done[2];
	char byte;

	path_parent(area, 4 * MIB);
	if (pipe(done))
		exit(2);
	if (!fork()) {
		char *own = map(2 * MIB);

		path_child(own, 2 * MIB);
		path_child_write(area, MIB);
		if (write(done[1], "", 1) != 1)
			exit(2);
		for (;;)
			pause();
	}
	if (read(done[0], &byte, 1) != 1)
		exit(2);
}

/* An allocator of a library: one mapping, taken by several callers in turn. */
static char *arena, *arena_next;

static NOINLINE char *arena_alloc(size_t bytes)
{
	char *area = arena_next;

	arena_next += bytes;
	touch(area, bytes);
	__asm__ volatile("" : : : "memory");
	return area;
}

static NOINLINE void path_cache(void)
{
	arena_alloc(3 * PAGE);
	__asm__ volatile("" : : : "memory");
}

static NOINLINE void path_parser(void)
{
	arena_alloc(5 * PAGE);
	__asm__ volatile("" : : : "memory");
}

static void use_arena(void)
{
	int i;

	arena = map(8 * MIB);
	arena_next = arena;
	for (i = 0; i < 100; i++) {
		path_cache();
		path_parser();
	}
}

/* push %rbp; mov %rsp,%rbp; 1: movb $1,(%rdi); add $4096,%rdi; cmp %rsi,%rdi; jb 1b; ... */
static const unsigned char code[] = {
	0x55, 0x48, 0x89, 0xe5,
	0xc6, 0x07, 0x01, 0x48, 0x81, 0xc7, 0x00, 0x10, 0x00, 0x00,
	0x48, 0x39, 0xf7, 0x72, 0xf1, 0x5d, 0xc3,
};

/* sub $8,%rsp; call *%rdx; add $8,%rsp; ret: how python3 -X perf calls a function. */
static const unsigned char trampoline[] = {
	0x48, 0x83, 0xec, 0x08, 0xff, 0xd2, 0x48, 0x83, 0xc4, 0x08, 0xc3,
};

/* A copy of @bytes that can run, with the name @name in the map of generated code. */
static char *generate(const unsigned char *bytes, size_t size, const char *name)
{
	char *text, path[48];
	FILE *file;

	text = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	if (text == MAP_FAILED)
		exit(2);
	memcpy(text, bytes, size);
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	file = fopen(path, "w");
	if (!file)
		exit(2);
	fprintf(file, "%" PRIxPTR " %zx %s\n", (uintptr_t)text, size, name);
	fclose(file);
	return text;
}

static void generated(void)
{
	char *area = map(6 * MIB), *text;
	void (*call)(char *begin, char *end);

	text = generate(code, sizeof(code), "path_generated <b>&;");
	memcpy(&call, &text, sizeof(call));
	call(area, area + 6 * MIB);
}

/* Two functions through trampolines, one called by the other. */
static void (*call_trampoline)(char *area, size_t bytes, void (*function)(char *, size_t));

static NOINLINE void path_called(char *area, size_t bytes)
{
	call_trampoline(area, bytes / 2, path_early);
	path_late(area + bytes / 2, bytes / 2);
	__asm__ volatile("" : : : "memory");
}

static void trampolines(void)
{
	char *text = generate(trampoline, sizeof(trampoline), "py::called:test.py");

	memcpy(&call_trampoline, &text, sizeof(call_trampoline));
	call_trampoline(map(MIB / 4), MIB / 4, path_called);
}

/* One fault fills a huge page. */
static void huge(void)
{
	char *area = mmap(NULL, 4 * HUGE_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	area = (char *)(((uintptr_t)area + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES);
	madvise(area, 3 * HUGE_BYTES, MADV_HUGEPAGE);
	path_huge(area, 3 * HUGE_BYTES);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "three")) {
		three(MIB);
	} else if (!strcmp(what, "small")) {
		three(MIB / 16);
	} else if (!strcmp(what, "fork")) {
		forked();
	} else if (!strcmp(what, "arena")) {
		use_arena();
	} else if (!strcmp(what, "generated")) {
		generated();
	} else if (!strcmp(what, "trampolines")) {
		trampolines();
	} else if (!strcmp(what, "huge")) {
		huge();
	} else if (!strcmp(what, "leak")) {
		leak();
	} else if (!strcmp(what, "late")) {
		path_early(map(5 * MIB), 5 * MIB);
		ready();
		wait_for_line();
		path_late(map(3 * MIB), 3 * MIB);
	} else {
		return 2;
	}
	ready();
	for (;;)
		pause();
}
