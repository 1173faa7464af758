// SPDX-License-Identifier: GPL-2.0
/*
 * The malloc walk-through: reserves 100 MiB, touches 10 MiB of it each second until
 * all is touched, then waits for a signal. Prints nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB		(1024UL * 1024)
#define RESERVED	(100 * MIB)
#define STEP		(10 * MIB)

int main(void)
{
	char *area = malloc(RESERVED);
	size_t done;

	if (!area)
		return 1;
	for (done = 0; done < RESERVED; done += STEP) {
		sleep(1);
		memset(area + done, 1, STEP);
	}
	for (;;)
		pause();
}
