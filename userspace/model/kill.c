// SPDX-License-Identifier: GPL-2.0
/* Parses what the kernel says of an OOM kill: mm/oom_kill.c, mm/show_mem.c, mm/memcontrol.c. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/kill.h"

const char *const kill_scopes[] = {
	[KILL_MACHINE] = "machine",
	[KILL_NODES] = "nodes",
	[KILL_CGROUP] = "cgroup",
	[KILL_BY_HAND] = "by hand",
};

/* What a line is, by words of the kernel that are longer than a name of a process. */
enum line_kind {
	LINE_NONE,
	LINE_INVOKED,
	LINE_KILLED,
	LINE_SUMMARY,
	LINE_AS_ONE,
	LINE_CALLER,		/* from here on within a report only */
	LINE_USAGE,
	LINE_STATS_OF,
	LINE_STATS,
	LINE_PAGES,
	LINE_NODE,
};

#define INVOKED		" invoked oom-killer: gfp_mask=0x"
#define SUMMARY		"oom-kill:constraint=CONSTRAINT_"
#define STATS_OF	"Memory cgroup stats for /"
#define AS_ONE		"Tasks in /"
#define AS_ONE_END	" are going to be killed due to memory.oom.group set"
#define TASK		",task="

/* Between two victims that are killed at once, ns: a console may be slow. */
#define AS_ONE_GAP	UINT64_C(1000000000)

/* Longest name of a process, each byte as \xNN. */
#define COMM_MAX	(4 * 15)

static const char *const killed_words[] = {
	"Out of memory: Killed process ",
	"Memory cgroup out of memory: Killed process ",
	"Out of memory (oom_kill_allocating_task): Killed process ",
};

static const struct {
	const char *name;
	enum kill_charge charge;
} stats[] = {
	{ "anon", KILL_CHARGED_ANON }, { "file", KILL_CHARGED_FILE },
	{ "kernel", KILL_CHARGED_KERNEL }, { "sock", KILL_CHARGED_SOCK },
	{ "shmem", KILL_CHARGED_SHMEM },
};

static const char *after(const char *text, const char *word)
{
	const size_t len = strlen(word);

	return strncmp(text, word, len) ? NULL : text + len;
}

static const char *after_killed(const char *text)
{
	const char *rest = NULL;
	size_t i;

	for (i = 0; !rest && i < ARRAY_SIZE(killed_words); i++)
		rest = after(text, killed_words[i]);
	return rest;
}

/* The figure "NAME NUMBER" at @text, up to @len bytes; false: it is none of @stats. */
static bool stat_at(const char *text, size_t len, enum kill_charge *charge, uint64_t *number)
{
	const char *digits;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(stats); i++) {
		digits = after(text, stats[i].name);
		if (!digits || *digits++ != ' ' || digits >= text + len)
			continue;
		*charge = stats[i].charge;
		return text_number(digits, (size_t)(text + len - digits), number);
	}
	return false;
}

static bool begins_stats(const char *text)
{
	enum kill_charge charge;
	uint64_t number;

	return stat_at(text, strcspn(text, "\\"), &charge, &number);
}

/* Whether @text ends with @end. */
static bool ends(const char *text, const char *end)
{
	const size_t len = strlen(text), n = strlen(end);

	return len >= n && !strcmp(text + len - n, end);
}

static enum line_kind kind_of(const char *text, bool report)
{
	const char *invoked;

	if (after_killed(text))
		return LINE_KILLED;
	if (after(text, SUMMARY))
		return LINE_SUMMARY;
	if (after(text, AS_ONE) && ends(text, AS_ONE_END))
		return LINE_AS_ONE;
	if (after(text, STATS_OF))
		return report ? LINE_STATS_OF : LINE_NONE;
	invoked = strstr(text, INVOKED);
	if (invoked && invoked - text <= COMM_MAX)
		return LINE_INVOKED;
	if (!report)
		return LINE_NONE;
	if (after(text, "CPU: ") && strstr(text, " PID: "))
		return LINE_CALLER;
	if (after(text, "memory: usage "))
		return LINE_USAGE;
	if (begins_stats(text))
		return LINE_STATS;
	if (after(text, "active_anon:"))
		return LINE_PAGES;
	if (after(text, "Node ") && (strstr(text, " free:") || strstr(text, " active_anon:") ||
				     strstr(text, " hugepages_total=")))
		return LINE_NODE;
	return LINE_NONE;
}

bool kills_need(const char *text, bool *report)
{
	const enum line_kind kind = kind_of(text, *report);

	if (kind == LINE_INVOKED)
		*report = true;
	else if (kind == LINE_KILLED)
		*report = false;
	return kind != LINE_NONE;
}

bool kills_end(const char *text)
{
	return after_killed(text);
}

/* The first @len bytes of @text with bytes for \xNN. */
static char *plain(const char *text, size_t len)
{
	char *copy = xcalloc(len + 1, 1), *to = copy;
	const char *end = text + len;
	unsigned int byte;

	while (text < end) {
		if (end - text >= 4 && sscanf(text, "\\x%2x", &byte) == 1 && byte) {
			*to++ = (char)byte;
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
	return copy;
}

/* The number behind @key in @text, in KiB, as bytes. */
static struct amount kib(const char *text, const char *key)
{
	const char *at = strstr(text, key);
	uint64_t number;
	size_t len;

	if (!at)
		return amount_of(false, 0);
	at += strlen(key);
	len = strspn(at, "0123456789");
	if (!text_number(at, len, &number) || strncmp(at + len, "kB", 2) ||
	    number > INT64_MAX >> 10)
		return amount_of(false, 0);
	return amount_of(true, number << 10);
}

/* Adds what is known of @more. */
static void add(struct amount *sum, struct amount more)
{
	if (!more.known || __builtin_add_overflow(sum->bytes, more.bytes, &sum->bytes))
		return;
	sum->known = true;
}

static void kill_free(struct kill *kill)
{
	size_t i;

	if (!kill)
		return;
	for (i = 0; i < kill->n_victims; i++)
		free(kill->victims[i].comm);
	free(kill->nodes);
	free(kill->caller);
	free(kill->limited);
	free(kill->within);
	free(kill->as_one);
	free(kill);
}

/* Forgets what was reported of @kills and belongs to no victim. */
static void drop_report(struct kills *kills)
{
	kill_free(kills->report);
	free(kills->summary);
	free(kills->stats_of);
	kills->report = NULL;
	kills->summary = NULL;
	kills->stats_of = NULL;
}

static void read_invoked(struct kills *kills, const char *text)
{
	const char *end = strstr(text, INVOKED), *order = strstr(end, ", order=");

	drop_report(kills);
	kills->report = xcalloc(1, sizeof(*kills->report));
	kills->report->caller = plain(text, (size_t)(end - text));
	if (order && after(order, ", order=-1,"))
		kills->report->scope = KILL_BY_HAND;
}

/* "CPU: 0 [UID: 0 ]PID: 118 Comm: ...": the name comes behind. */
static void read_caller(struct kill *kill, const char *text)
{
	const char *at = strstr(text, " PID: ") + strlen(" PID: ");

	if (kill->caller_pid || !text_number(at, strspn(at, "0123456789"), &kill->caller_pid))
		return;
}

static void read_usage(struct kill *kill, const char *text)
{
	kill->charges[KILL_CHARGED] = kib(text, "usage ");
	/* Without a limit it is the largest number of pages, which is no limit. */
	kill->charges[KILL_LIMIT] = kib(text, "limit ");
	if (kill->charges[KILL_LIMIT].bytes > INT64_MAX / 2)
		kill->charges[KILL_LIMIT].known = false;
}

/* A line each, or one with all, as far as a line reaches. */
static void read_stats(struct kill *kill, const char *text)
{
	static const char line_feed[] = "\\x0a";
	const char *end;
	enum kill_charge charge;
	uint64_t number;

	for (; *text; text = *end ? end + strlen(line_feed) : end) {
		end = strstr(text, line_feed) ?: text + strlen(text);
		if (stat_at(text, (size_t)(end - text), &charge, &number))
			kill->charges[charge] = amount_of(true, number);
	}
}

/* Slab, of the machine, in pages. */
static void read_pages(struct kill *kill, const char *text)
{
	static const char *const keys[] = { " slab_reclaimable:", " slab_unreclaimable:" };
	uint64_t number;
	const char *at;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		at = strstr(text, keys[i]);
		if (at)
			at += strlen(keys[i]);
		if (at && text_number(at, strspn(at, "0123456789"), &number) && number < INT64_MAX)
			add(&kill->memory[KILL_SLAB], amount_of(true, number));
	}
}

/* Lines of a node: the list of what it has, a zone, and a pool of huge pages. */
static void read_node(struct kill *kill, const char *text)
{
	static const struct {
		const char *key;
		enum kill_memory kind;
	} keys[] = {
		{ " active_anon:", KILL_ANON }, { " inactive_anon:", KILL_ANON },
		{ " isolated(anon):", KILL_ANON }, { " active_file:", KILL_FILE },
		{ " inactive_file:", KILL_FILE }, { " isolated(file):", KILL_FILE },
		{ " unevictable:", KILL_LOCKED }, { " shmem:", KILL_SHMEM },
		{ " kernel_stack:", KILL_STACK }, { " pagetables:", KILL_TABLES },
		{ " sec_pagetables:", KILL_TABLES },
	}, zone_keys[] = {
		{ " managed:", KILL_TOTAL }, { " free:", KILL_FREE }, { " free_pcp:", KILL_FREE },
	};
	uint64_t node, pages, size, bytes;
	char name;
	size_t i;

	if (sscanf(text, "Node %" SCNu64 " hugepages_total=%" SCNu64, &node, &pages) == 2) {
		size = (uint64_t)kib(text, " hugepages_size=").bytes;
		if (!__builtin_mul_overflow(pages, size, &bytes) && bytes <= INT64_MAX)
			add(&kill->memory[KILL_HUGETLB], amount_of(true, bytes));
	} else if (sscanf(text, "Node %" SCNu64 " active_anon:", &node) == 1 &&
		   strstr(text, " kernel_stack:")) {
		for (i = 0; i < ARRAY_SIZE(keys); i++)
			add(&kill->memory[keys[i].kind], kib(text, keys[i].key));
	} else if (sscanf(text, "Node %" SCNu64 " %*15[A-Za-z0-9] fre%c:", &node, &name) == 2) {
		for (i = 0; i < ARRAY_SIZE(zone_keys); i++)
			add(&kill->memory[zone_keys[i].kind], kib(text, zone_keys[i].key));
	}
}

/* The next place of @key at @from or later, before @end; NULL: none. */
static const char *next_key(const char *from, const char *end, const char *key)
{
	return memmem(from, (size_t)(end - from), key, strlen(key));
}

/*
 * Where @text, a summary, ends without its last fields, ",task=COMM,pid=PID,uid=UID"; NULL: it is
 * cut off.  The name may be anything; @comm, as another line has it, tells where it begins.
 */
static const char *end_of_paths(const char *text, const char *comm)
{
	const char *end = text + strlen(text), *at = text, *last = NULL;
	const size_t len = strlen(TASK) + strlen(comm);
	unsigned int pid, uid;
	int n = 0;

	while ((at = next_key(at, end, ",pid="))) {
		last = at;
		at++;
	}
	if (!last || sscanf(last, ",pid=%u,uid=%u%n", &pid, &uid, &n) != 2 || last[n])
		return NULL;
	if ((size_t)(last - text) > len && !strncmp(last - len, TASK, strlen(TASK)) &&
	    !strncmp(last - len + strlen(TASK), comm, strlen(comm)))
		return last - len;
	for (at = text, end = NULL; (at = next_key(at, last, TASK)); at++)
		end = at;
	return end;
}

/*
 * The cgroups behind @at, up to @end: the one whose limit was reached, and that of the victim,
 * which is in it.  If there are several ways to read them, the one is right whose limited cgroup is
 * that of the figures; without, both are unknown.
 */
static void read_cgroups(struct kill *kill, const char *path, const char *end,
			 const char *stats_of)
{
	static const char within[] = ",task_memcg=";
	const char *at, *place, *found = NULL;
	size_t len;

	for (at = path; (at = next_key(at, end, within)); at++) {
		len = (size_t)(at - path);
		place = at + strlen(within);
		if ((size_t)(end - place) < len || memcmp(place, path, len) ||
		    (len > 1 && place + len < end && place[len] != '/') ||
		    (stats_of && (strlen(stats_of) != len || memcmp(stats_of, path, len))))
			continue;
		if (found)
			return;
		found = at;
	}
	if (!found)
		return;
	place = found + strlen(within);
	kill->limited = plain(path, (size_t)(found - path));
	kill->within = plain(place, (size_t)(end - place));
}

/* The list of nodes at @text, "0-1,3", up to the next field; NULL: none. */
static char *nodes_at(const char *text)
{
	size_t len = strspn(text, "0123456789,-");

	while (len && text[len - 1] == ',')
		len--;
	return len ? xasprintf("%.*s", (int)len, text) : NULL;
}

/*
 * The paths begin at the first of these words: the fields before them have names of cpusets, in
 * which there is no '/', and the paths may have anything.
 */
static void read_summary(struct kill *kill, const char *text, const char *comm,
			 const char *stats_of)
{
	static const char limited[] = ",oom_memcg=/", global[] = ",global_oom,task_memcg=/",
			  allowed[] = ",mems_allowed=";
	const char *word = after(text, SUMMARY), *end = end_of_paths(text, comm);
	const char *policy = after(word, "MEMORY_POLICY,nodemask=");
	const char *last = end ?: text + strlen(text), *nodes = NULL, *at;
	const char *of = next_key(text, last, limited), *none = next_key(text, last, global);
	const char *paths = !none || (of && of < none) ? of : none;

	if (paths && paths == of && end) {
		read_cgroups(kill, of + strlen(limited) - 1, end, stats_of);
	} else if (paths && end) {
		paths += strlen(global) - 1;
		kill->within = plain(paths, (size_t)(end - paths));
	}
	if (after(word, "MEMCG,")) {
		kill->scope = KILL_CGROUP;
	} else if (policy) {
		kill->scope = KILL_NODES;
		kill->nodes = nodes_at(policy);
	} else if (after(word, "CPUSET,")) {
		kill->scope = KILL_NODES;
		for (at = text; (at = next_key(at, paths ?: last, allowed)); )
			nodes = at += strlen(allowed);
		kill->nodes = nodes ? nodes_at(nodes) : NULL;
	}
}

/* "118 (tail) total-vm:26416kB, ...": the last such words, as a name may have them. */
static bool read_victim(struct kill_victim *victim, const char *text, char **comm)
{
	static const char behind[] = ") total-vm:";
	const char *name, *at = text, *end = NULL;
	int n = 0;

	while ((at = strstr(at, behind)))
		end = at++;
	if (!end || sscanf(text, "%" SCNu64 " (%n", &victim->pid, &n) != 1 || !n ||
	    text + n > end)
		return false;
	name = text + n;
	n = 0;
	if (sscanf(end, ") total-vm:%" SCNu64 "kB, anon-rss:%" SCNu64 "kB, file-rss:%" SCNu64
		   "kB, shmem-rss:%" SCNu64 "kB, UID:%" SCNu64 " pgtables:%" SCNu64
		   "kB oom_score_adj:%" SCNd64 "%n", &victim->vss, &victim->anon, &victim->file,
		   &victim->shmem, &victim->uid, &victim->pagetables, &victim->oom_score_adj,
		   &n) != 7 || end[n])
		return false;
	victim->vss <<= 10;
	victim->anon <<= 10;
	victim->file <<= 10;
	victim->shmem <<= 10;
	victim->pagetables <<= 10;
	*comm = xasprintf("%.*s", (int)(end - name), name);
	victim->comm = plain(name, (size_t)(end - name));
	return true;
}

/* The first victim of what was reported, or of a kill of which the kernel printed no more. */
static struct kill *begin_kill(struct kills *kills, const struct kernel_line *line,
			       const char *comm)
{
	struct kill *kill = kills->report ?: xcalloc(1, sizeof(*kill));

	kill->number = line->sequence;
	kill->stamp = line->stamp;
	kill->realtime = line->realtime;
	kill->boottime = line->boottime;
	if (after(line->text, killed_words[1]))
		kill->scope = KILL_CGROUP;
	if (kills->summary)
		read_summary(kill, kills->summary, comm, kills->stats_of);
	if (kill->scope == KILL_CGROUP && !kill->limited && kills->stats_of)
		kill->limited = plain(kills->stats_of, strlen(kills->stats_of));
	kills->report = NULL;
	drop_report(kills);
	kills->v = array_grow(kills->v, kills->n, sizeof(struct kill *));
	kills->v[kills->n++] = kill;
	return kill;
}

static void read_killed(struct kills *kills, const struct kernel_line *line)
{
	struct kill *last = kills->n ? kills->v[kills->n - 1] : NULL;
	struct kill_victim victim = { .pid = 0 };
	char *comm;

	if (!read_victim(&victim, after_killed(line->text), &comm)) {
		drop_report(kills);
		return;
	}
	if (kills->report || kills->summary || !last || !last->as_one ||
	    line->boottime - kills->at > AS_ONE_GAP)
		last = begin_kill(kills, line, comm);
	kills->at = line->boottime;
	free(comm);
	/* One that is killed with its cgroup is said twice. */
	if (last->killed && last->victims[0].pid == victim.pid) {
		free(victim.comm);
		return;
	}
	last->killed++;
	if (last->n_victims < KILL_VICTIMS)
		last->victims[last->n_victims++] = victim;
	else
		free(victim.comm);
}

void kills_line(struct kills *kills, const struct kernel_line *line)
{
	struct kill *last = kills->n ? kills->v[kills->n - 1] : NULL;
	const char *text = line->text, *at;

	switch (kind_of(text, kills->report)) {
	case LINE_INVOKED:
		read_invoked(kills, text);
		break;
	case LINE_KILLED:
		read_killed(kills, line);
		break;
	case LINE_SUMMARY:
		free(kills->summary);
		kills->summary = xstrdup(text);
		break;
	case LINE_AS_ONE:
		at = text + strlen(AS_ONE) - 1;
		if (last && !last->as_one)
			last->as_one = plain(at, strlen(at) - strlen(AS_ONE_END));
		break;
	case LINE_CALLER:
		read_caller(kills->report, text);
		break;
	case LINE_USAGE:
		read_usage(kills->report, text);
		break;
	case LINE_STATS_OF:
		at = text + strlen(STATS_OF) - 1;
		free(kills->stats_of);
		kills->stats_of = ends(at, ":") ? xasprintf("%.*s", (int)strlen(at) - 1, at) : NULL;
		break;
	case LINE_STATS:
		read_stats(kills->report, text);
		break;
	case LINE_PAGES:
		read_pages(kills->report, text);
		break;
	case LINE_NODE:
		read_node(kills->report, text);
		break;
	case LINE_NONE:
		break;
	}
}

void kills_free(struct kills *kills)
{
	size_t i;

	drop_report(kills);
	for (i = 0; i < kills->n; i++)
		kill_free(kills->v[i]);
	free(kills->v);
	*kills = (struct kills){ .v = NULL };
}
