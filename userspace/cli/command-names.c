// SPDX-License-Identifier: GPL-2.0
/* The names of all commands, and how memcensus finds those that are programs of their own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "cli/command-names.h"

const struct command_name command_names[] = {
	{ "tasks", "[INTERVAL [COUNT]]",
	  "processes and the memory they hold; as smem, ps, procrank", false },
	{ "brief", "", "what stands out on this machine, most urgent first", false },
	{ "map", "PID...", "what a process has mapped, as pmap -x or smaps", false },
	{ "buddy", "[INTERVAL [COUNT]]",
	  "free memory by the size of its blocks, fragmentation", false },
	{ "kswapd", "[INTERVAL [COUNT]]", "what reclaim does, distance to the watermarks", false },
	{ "system", "[INTERVAL [COUNT]]",
	  "where all memory is; as free, vmstat, sar -r, meminfo", false },
	{ "physical", "", "what each frame of physical memory is used for", false },
	{ "oom", "[NUMBER]", "what was there when the OOM killer ran", false },
	{ "top", "[INTERVAL [COUNT]]",
	  "processes on the whole screen, live, as top and htop", true },
	{ "watch", "[INTERVAL]|-- COMMAND...",
	  "the most that a command and all it started had", false },
	{ "record", "FILE [INTERVAL [COUNT]]",
	  "censuses into a file, which -f of the others reads", false },
	{ "diff", "FILE [FILE]", "what changed from one record to another", false },
	{ "leak", "[PID...]", "whose private memory grows steadily, and where", false },
	{ "share", "PID...", "with whom memory is shared, what stopping gives back", false },
	{ "held", "PID...", "what is held by descriptors: pipes, sockets, memfds", false },
	{ "explain", "NAME|CGROUP|PID", "what the memory of a container or service is", false },
	{ "chart", "bar|pie|time", "a picture, SVG or PNG, by gnuplot", true },
	{ "export", "", "metrics for Prometheus, also at an interval", false },
	{ "flame", "PID|-- COMMAND...",
	  "which code touched the memory that is still there", true },
	{ "trace", "[PID...|-- COMMAND...]",
	  "calls that reserve memory, page faults, reclaim", true },
	{ }
};

static const char *prefix = "memcensus";

void tool_prefix(const char *text)
{
	prefix = text;
}

const struct command_name *command_name(const char *name)
{
	const struct command_name *command;

	for (command = command_names; command->name; command++)
		if (!strcmp(command->name, name))
			return command;
	return NULL;
}

int tool_path(const char *name, char *path, struct failure *why)
{
	static const char *const places[] = { "", "../libexec/memcensus/" };
	/* Of /proc/self/exe too, but there may be no /proc. */
	char *own = realpath((const char *)getauxval(AT_EXECFN), NULL);
	const char *slash = own ? strrchr(own, '/') : NULL;
	bool found = false;
	size_t i;

	for (i = 0; slash && !found && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, TOOL_PATH_SIZE, "%.*s%s%s-%s", (int)(slash + 1 - own), own,
			 places[i], prefix, name);
		found = !access(path, X_OK);
	}
	free(own);
	return found ? 0 : fail(why, FAIL_SYSTEM,
		    "'%s' is not installed: its program %s-%s is in the package memcensus-tools",
		    name, prefix, name);
}

int tool_execute(const char *name, char **argv, struct failure *why)
{
	char path[TOOL_PATH_SIZE];

	if (tool_path(name, path, why))
		return -1;
	execv(path, argv);
	return fail(why, FAIL_SYSTEM, "cannot execute '%.200s': %s", path, strerror(errno));
}
