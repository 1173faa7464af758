// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the parser of records and the commands that show them.  It ignores
 * checksums of chunks (FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION), so that the
 * fuzzer reaches the contents.
 *
 * With clang's libFuzzer it is a fuzzer; otherwise a program that runs each FILE
 * argument once.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/cgroups.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[32];

/* The first byte of the input selects the command. */
static char *const commands[][8] = {
	{ "memcensus", "tasks", "-f", path, "-t", NULL },
	{ "memcensus", "-f", path, "-J", NULL },
	{ "memcensus", "tasks", "-f", path, "--raw", "-a", NULL },
	{ "memcensus", "map", "100", "-f", path, NULL },
	{ "memcensus", "map", "115", "-f", path, "-J", NULL },
	{ "memcensus", "buddy", "-f", path, "-J", NULL },
	{ "memcensus", "buddy", "-f", path, NULL },
	{ "memcensus", "kswapd", "-f", path, NULL },
	{ "memcensus", "system", "-f", path, "-a", "--at", "last", NULL },
	{ "memcensus", "system", "-f", path, "-J", NULL },
	{ "memcensus", "oom", "-f", path, NULL },
	{ "memcensus", "leak", "-f", path, NULL },
	{ "memcensus", "tasks", "-u", "-f", path, NULL },
	{ "memcensus", "tasks", "-g", "-f", path, "--raw", NULL },
	{ "memcensus", "diff", path, "-J", NULL },
	{ "memcensus", "diff", path, "-t", NULL },
	{ "memcensus", "tasks", "--pid", "100", "0.01", "-f", path, NULL },
	{ "memcensus", "buddy", "-f", path, "--at", "2", NULL },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int memfd = -1;
	char *argv[8];
	int argc = 0;

	if (!size)
		return 0;
	if (memfd < 0) {
		memfd = memfd_create("record", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", memfd);
		cgroups_root("/nonexistent");
	}
	if (ftruncate(memfd, 0) ||
	    pwrite(memfd, data + 1, size - 1, 0) != (ssize_t)(size - 1))
		abort();
	/* getopt reorders the arguments. */
	memcpy(argv, commands[*data % (sizeof(commands) / sizeof(commands[0]))],
	       sizeof(argv));
	while (argv[argc])
		argc++;
	reader_run(argc, argv, NULL);
	return 0;
}

#ifdef REPLAY_CORPUS
int main(int argc, char **argv)
{
	static uint8_t buf[1 << 20];
	FILE *out = fdopen(dup(STDOUT_FILENO), "w");
	size_t size;
	FILE *in;
	int i;

	/* Discard the output of the reader. */
	if (!out || dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) < 0 ||
	    !freopen("/dev/null", "w", stderr))
		return 1;
	for (i = 1; i < argc; i++) {
		in = fopen(argv[i], "rb");
		if (!in)
			return 1;
		size = fread(buf, 1, sizeof(buf), in);
		fclose(in);
		LLVMFuzzerTestOneInput(buf, size);
	}
	fprintf(out, "%sok 1 - %d files of the corpus\n1..1\n", argc < 2 ? "not " : "", argc - 1);
	fclose(out);
	return argc < 2;
}
#endif
