// SPDX-License-Identifier: GPL-2.0
/* A directory far below the root; see far.h. */
#include <sys/stat.h>
#include <unistd.h>

#include "memory/far.h"
#include "memory/pages.h"

#define DEEP		"/tmp/memcensus-deep"
#define LEVELS		2000

void far_enter(void)
{
	unsigned int i;

	need(!mkdir(DEEP, 0755) && !chdir(DEEP), DEEP);
	for (i = 0; i < LEVELS; i++)
		need(!mkdir("a", 0755) && !chdir("a"), "a");
}

void far_remove(void)
{
	unsigned int i;

	for (i = 0; i < LEVELS; i++)
		need(!chdir("..") && !rmdir("a"), "a");
	need(!chdir("/") && !rmdir(DEEP), DEEP);
}
