// SPDX-License-Identifier: GPL-2.0
/* memcensus explain: what the memory of a cgroup or container really is. */
#include <stdio.h>

#include "cli/command.h"
#include "tools/explain/show.h"

/* The argument. */
struct explain_options {
	const char *what;
};

static int explain_words(struct options *options, char **words, int n, struct failure *why)
{
	struct explain_options *own = options->own;

	if (n != 1)
		return fail(why, FAIL_USAGE,
			    "'explain' needs one cgroup, by its path, its name or a PID in it");
	own->what = words[0];
	return 0;
}

static int explain_run(struct session *session, struct failure *why)
{
	const struct explain_options *own = session->options->own;
	struct explaining x;
	const int ret = explaining_gather(&x, session, own->what, why);
	const char *line;

	if (!ret)
		explaining_show(&x, session);
	for (line = ret ? NULL : x.lacks; line && *line; line += strcspn(line, "\n") + 1)
		fprintf(stderr, "memcensus: %.*s\n", (int)strcspn(line, "\n"), line);
	explaining_free(&x);
	return ret;
}

static const struct option_use explain_uses[] = { USE(output), OPTIONS_OF_TABLES };

const struct command explain_command = {
	.name = "explain",
	.words = explain_words,
	.about =
	"Prints on one screen what the memory of a cgroup is: a container, a service, or what\n"
	"the process PID is in, with all below it. Each row has an amount and what it means.\n"
	"Amounts are in KiB; what is unknown is -.\n"
	"\n"
	"limit and high are the least of this cgroup and those above. The rows below usage add\n"
	"up to it, and so do if_stopped, reclaimable and neither. working_set is what 'kubectl\n"
	"top', kubelet and 'docker stats' show, and newer versions of 'podman stats'; that of\n"
	"podman 5.4, and RSS of cAdvisor, are anon. -J and --raw have each of these by its name.\n"
	"for_others and by_others are pages that are mapped.\n"
	"\n"
	"The last line is the verdict: the first rule that holds, of those that explain.rst in\n"
	"the documentation lists.\n"
	"\n"
	"Without root and without the module, what processes have is unknown, and what the\n"
	"kernel counts is there. If a large part is shared memory, it reads all frames once to\n"
	"name the largest file. A record does not have what processes share: this command takes\n"
	"a census.\n"
	"\n"
	"Examples:\n"
	"  memcensus explain /system.slice/nginx.service -k  a service\n"
	"  memcensus explain nginx.service -k                the same by its name\n"
	"  memcensus explain $(pidof -s java) -k             the container of a process\n",
	.options = explain_uses,
	.own_size = sizeof(struct explain_options),
	.sourceless = true,
	.run = explain_run,
};
