// SPDX-License-Identifier: GPL-2.0
/*
 * mallocsteps STEP...: what malloc() does, a step at a time, for 'memcensus trace'; see
 * Documentation/tutorial-malloc.rst.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB	1048576UL

static char *large;
static char *small[2000];

static void step(const char *name)
{
	size_t i;

	if (!strcmp(name, "reserve")) {
		large = malloc(64 * MIB);
	} else if (!strcmp(name, "touch")) {
		memset(large, 1, 64 * MIB);
	} else if (!strcmp(name, "grow")) {
		large = realloc(large, 128 * MIB);
	} else if (!strcmp(name, "free")) {
		free(large);
	} else if (!strcmp(name, "small")) {
		for (i = 0; i < 2000; i++)
			small[i] = malloc(1000);
	} else if (!strcmp(name, "free-small")) {
		for (i = 0; i < 2000; i++)
			free(small[i]);
	} else if (!strcmp(name, "fork")) {
		if (!fork()) {
			memset(large, 2, 32 * MIB);
			_exit(0);
		}
		wait(NULL);
	} else {
		fprintf(stderr, "mallocsteps: no step '%s'\n", name);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		step(argv[i]);
	return 0;
}
