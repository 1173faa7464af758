// SPDX-License-Identifier: GPL-2.0
/* The commands of all programs, and how memcensus finds these. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/family.h"

#define TOOLS	"memcensus-tools"
#define BASE	"memcensus"

#define COMMAND(name, ...)	{ &name##_command, #name, __VA_ARGS__ }

const struct family_member family[] = {
	COMMAND(tasks, "", "processes and the memory they hold; as smem, ps, procrank", NULL),
	COMMAND(map, "PID...", "what a process has mapped, as pmap -x or smaps", BASE),
	COMMAND(buddy, "[INTERVAL [COUNT]]",
		"free memory by the size of its blocks, fragmentation", BASE),
	COMMAND(kswapd, "[INTERVAL [COUNT]]",
		"what reclaim does, distance to the watermarks", BASE),
	COMMAND(system, "[INTERVAL [COUNT]]",
		"where all memory is; as free, vmstat, sar -r, meminfo", BASE),
	COMMAND(physical, "", "what each frame of physical memory is used for", BASE),
	COMMAND(oom, "[NUMBER]", "what was there when the OOM killer ran", BASE),
	COMMAND(top, "[INTERVAL [COUNT]]", "processes on the whole screen, live, as top and htop",
		TOOLS),
	COMMAND(watch, "PID [INTERVAL [COUNT]]",
		"a process until it ends: what grows, and how", BASE),
	COMMAND(record, "FILE [INTERVAL [COUNT]]",
		"censuses into a file, which -f of the others reads", BASE),
	COMMAND(diff, "FILE [FILE]", "what changed from one record to another", BASE),
	COMMAND(leak, "[PID...]", "whose private memory grows steadily, and where", BASE),
	COMMAND(share, "PID...", "with whom memory is shared, what stopping gives back", BASE),
	COMMAND(chart, "bar|pie|time", "a picture, SVG or PNG, by gnuplot", BASE),
	COMMAND(export, "", "metrics for Prometheus: OpenMetrics text", TOOLS),
	COMMAND(flame, "PID|-- COMMAND...", "which code touched the memory that is still there",
		TOOLS),
	COMMAND(trace, "[PID...|-- COMMAND...]", "calls that reserve memory, page faults, reclaim",
		TOOLS),
	{ }
};

static const char *prefix = "memcensus";

void family_prefix(const char *text)
{
	prefix = text;
}

const struct family_member *family_find(const char *name)
{
	const struct family_member *member;

	for (member = family; member->name; member++)
		if (!strcmp(member->name, name))
			return member;
	return NULL;
}

bool family_is_base(const char *name)
{
	const struct family_member *member = family_find(name);

	return member && (!member->package || !strcmp(member->package, BASE));
}

const struct family_member *family_find_program(char **words)
{
	const struct family_member *member;

	for (; *words && strcmp(*words, "--"); words++) {
		member = family_find(*words);
		if (member && member->package)
			return member;
	}
	return NULL;
}

int family_path(const char *name, char *path, struct failure *why)
{
	static const char *const places[] = { "", "../libexec/memcensus/" };
	char own[FAMILY_PATH_SIZE - 64];
	const ssize_t length = readlink("/proc/self/exe", own, sizeof(own));
	char *slash = length > 0 ? memrchr(own, '/', (size_t)length) : NULL;
	size_t i;

	for (i = 0; slash && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, FAMILY_PATH_SIZE, "%.*s%s%s-%s", (int)(slash + 1 - own), own,
			 places[i], prefix, name);
		if (!access(path, X_OK))
			return 0;
	}
	return fail(why, FAIL_SYSTEM,
		    "'%s' is not installed: its program %s-%s is in the package %s",
		    name, prefix, name, family_find(name)->package);
}

int family_execute(const struct family_member *member, char **argv, struct failure *why)
{
	char path[FAMILY_PATH_SIZE];

	if (family_path(member->name, path, why))
		return -1;
	execv(path, argv);
	return fail(why, FAIL_SYSTEM, "cannot execute '%.200s': %s", path, strerror(errno));
}
