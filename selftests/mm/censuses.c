// SPDX-License-Identifier: GPL-2.0
/*
 * Usage: censuses FILE
 *
 * Takes censuses of all processes without a pause, until it is
 * killed, and writes their number to FILE after each. Ends with 1 and a line on stderr if
 * a census fails or is not sound.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "owners/counted.h"
#include "memory/pages.h"

static const char *unsound(unsigned long turn)
{
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
		/* Groups take further passes. */
		.group_by = turn % 4 == 3 ? 1 : 0,
	};
	struct census_error error = {};
	static char text[512];
	struct census census;
	const char *why;
	int ret;

	ret = census_take(&request, &census, &error);
	if (ret)
		why = error.text[0] ? error.text : strerror(-ret);
	else
		why = counted_unsound(&census, true);
	if (why)
		snprintf(text, sizeof(text), "%s", why);
	census_free(&census);
	return why ? text : NULL;
}

int main(int argc, char **argv)
{
	unsigned long n = 0;
	const char *why;
	int fd;

	if (argc != 2) {
		fputs("Usage: censuses FILE\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	need(fd >= 0, argv[1]);
	write_file("/proc/self/oom_score_adj", "-1000");
	need(!mlockall(MCL_CURRENT), "mlockall");
	while (!(why = unsound(n))) {
		char line[32];
		int len = snprintf(line, sizeof(line), "%lu\n", ++n);

		need(pwrite(fd, line, len, 0) == len, argv[1]);
	}
	fprintf(stderr, "census %lu: %s\n", n + 1, why);
	return 1;
}
