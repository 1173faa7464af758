// SPDX-License-Identifier: GPL-2.0
/* No memory ends the program with one line, and leaves no temporary file. */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/output.h"
#include "model/snapshot.h"
#include "tap.h"

/* More than any allocator gives */
#define TOO_MUCH	(SIZE_MAX / 4)

/* Or the address sanitizer ends the program in its own way. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void calloc_too_much(void)
{
	xcalloc(TOO_MUCH, 1);
}

static void realloc_too_much(void)
{
	xreallocarray(xstrdup("x"), TOO_MUCH, 1);
}

static void grow_too_much(void)
{
	array_grow(NULL, 0, TOO_MUCH);
}

/* The length becomes 0 where it is an int. */
static void snapshot_too_much(void)
{
	snapshot_alloc(snapshot_new(), (size_t)UINT_MAX + 1);
}

static void write_file(enum result_way way)
{
	struct output output;
	struct failure why;

	if (output_open(&output, "result", way, &why)) {
		fprintf(stderr, "%s\n", why.text);
		_exit(99);
	}
	fputs("half of it\n", output.stream);
	fflush(output.stream);
	xcalloc(TOO_MUCH, 1);
}

static void write_over_a_file(void)
{
	write_file(RESULT_OVER);
}

static void replace_a_file(void)
{
	write_file(RESULT_REPLACE);
}

/* Runs @body in a child: it must fail with that line. */
static void check_end(const char *what, void (*body)(void))
{
	static const char expected[] = "memcensus: out of memory\n";
	char said[256] = "";
	int status, err[2];
	pid_t child;

	fflush(stdout);
	if (pipe(err))
		abort();
	child = fork();
	if (!child) {
		dup2(err[1], STDERR_FILENO);
		body();
		_exit(98);
	}
	close(err[1]);
	waitpid(child, &status, 0);
	if (read(err[0], said, sizeof(said) - 1) < 0)
		said[0] = '\0';
	close(err[0]);
	/* The sanitizer warns before that line. */
	if (!ok(strstr(said, expected) && WIFEXITED(status) && WEXITSTATUS(status) == 1,
		"%s: exit status 1 and one line", what))
		printf("# status %#x, '%s'\n", status, said);
}

/* The number of files in the current directory whose names have @name */
static unsigned int count_files(const char *name)
{
	DIR *dir = opendir(".");
	unsigned int n = 0;
	struct dirent *entry;

	while ((entry = readdir(dir)))
		n += !!strstr(entry->d_name, name);
	closedir(dir);
	return n;
}

static long size_of(const char *name)
{
	struct stat st;

	return stat(name, &st) ? -1 : (long)st.st_size;
}

int main(void)
{
	char dir[] = "/tmp/memory-test.XXXXXX";
	size_t i, *squares = NULL;
	bool kept = true;
	FILE *file;

	for (i = 0; i < 1000; i++) {
		squares = array_grow(squares, i, sizeof(*squares));
		kept &= !squares[i];
		squares[i] = i * i;
	}
	for (i = 0; i < 1000; i++)
		kept &= squares[i] == i * i;
	ok(kept, "an array grows by zeroed elements and keeps the others");
	free(squares);

	check_end("xcalloc", calloc_too_much);
	check_end("xreallocarray", realloc_too_much);
	check_end("array_grow", grow_too_much);
	check_end("snapshot_alloc", snapshot_too_much);

	if (!mkdtemp(dir) || chdir(dir))
		abort();
	file = fopen("result", "w");
	fputs("as before\n", file);
	fclose(file);
	check_end("while a file is written over", write_over_a_file);
	ok(count_files("result") == 1 && size_of("result") == 10, "it is as it was");
	check_end("while a file is replaced", replace_a_file);
	ok(count_files("result") == 1 && size_of("result") == 10,
	   "it is as it was, and the temporary file is removed");
	unlink("result");
	check_end("while a new file is written", write_over_a_file);
	ok(count_files("result") == 0, "neither is there");
	if (chdir("/") || rmdir(dir))
		printf("# cannot remove %s\n", dir);
	return tap_done();
}
