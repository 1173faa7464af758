// SPDX-License-Identifier: GPL-2.0
/* What call sites of the kernel have allocated. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/procfs.h"
#include "tools/physical/call-sites.h"

/* What every version of the file begins with. */
#define HEADER	"allocinfo - version: "

const char *const profiling_words[] = {
	[PROFILING_ON] = "on",
	[PROFILING_OFF] = "off",
	[PROFILING_ABSENT] = "absent",
	[PROFILING_UNREADABLE] = "unreadable",
};

/* Splits "FILE:LINE". */
static bool parse_place(struct call_site *site, char *word)
{
	char *colon = strrchr(word, ':');

	if (!colon || colon == word || !text_number(colon + 1, strlen(colon + 1), &site->line))
		return false;
	*colon = '\0';
	site->file = word;
	return true;
}

/*
 * Parses "BYTES CALLS FILE:LINE [MODULE] func:FUNCTION KEY:VALUE..."; since version 2.0 there may
 * be keys, of which later kernels may have more.
 */
static bool parse_line(struct call_site *site, char *line)
{
	char *word[3], *rest = line, *more, *end;
	size_t n = 0;

	while (n < 3 && (more = strsep(&rest, " \t")))
		if (*more)
			word[n++] = more;
	if (n < 3)
		return false;
	errno = 0;
	site->bytes = strtoll(word[0], &end, 10);
	if (*end || errno || !text_number(word[1], strlen(word[1]), &site->calls) ||
	    !parse_place(site, word[2]))
		return false;
	while ((more = strsep(&rest, " \t"))) {
		n = strlen(more);
		if (n > 2 && *more == '[' && more[n - 1] == ']' && !site->function) {
			more[n - 1] = '\0';
			site->module = more + 1;
		} else if (n > 5 && !strncmp(more, "func:", 5)) {
			site->function = more + 5;
		} else if (!strcmp(more, "accurate:no")) {
			site->inaccurate = true;
		}
	}
	return site->function;
}

void call_sites_parse(struct call_sites *sites, const char *text)
{
	char *rest, *line;

	*sites = (struct call_sites){ .text = xstrdup(text) };
	if (strncmp(text, HEADER, strlen(HEADER))) {
		sites->profiling = PROFILING_UNREADABLE;
		fail(&sites->why, FAIL_MALFORMED,
		     "/proc/allocinfo does not begin with '%s': this reader does not know its format",
		     HEADER);
		return;
	}
	rest = sites->text;
	strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n"))) {
		struct call_site site = { 0 };

		if (!*line || *line == '#')
			continue;
		if (!parse_line(&site, line)) {
			sites->wrong++;
			continue;
		}
		sites->v = array_grow(sites->v, sites->n, sizeof(*sites->v));
		sites->v[sites->n++] = site;
	}
}

/* Whether the kernel counts now; a kernel without sysctl has counted since it booted. */
static bool is_off(void)
{
	struct failure ignored;
	char *text = procfs_read("sys/vm/mem_profiling", NULL, &ignored);
	bool off = text && *text == '0';

	free(text);
	return off;
}

void call_sites_read(struct call_sites *sites)
{
	struct statx stat;
	char *text;

	*sites = (struct call_sites){ .profiling = PROFILING_ABSENT };
	if (!procfs_stat("allocinfo", &stat)) {
		fail(&sites->why, FAIL_SYSTEM,
		     "no /proc/allocinfo: a kernel with CONFIG_MEM_ALLOC_PROFILING has it, %s",
		     "booted with sysctl.vm.mem_profiling=1");
		return;
	}
	sites->profiling = PROFILING_UNREADABLE;
	text = procfs_read("allocinfo", NULL, &sites->why);
	if (!text)
		return;
	call_sites_parse(sites, text);
	free(text);
	if (sites->profiling == PROFILING_ON && is_off())
		sites->profiling = PROFILING_OFF;
}

void call_sites_free(struct call_sites *sites)
{
	free(sites->v);
	free(sites->text);
	*sites = (struct call_sites){ 0 };
}
