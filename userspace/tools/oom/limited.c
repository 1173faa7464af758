// SPDX-License-Identifier: GPL-2.0
/* The cgroup whose limit was reached. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "report/figures.h"
#include "tools/oom/limited.h"

const char *limited_path(const struct view *view, const struct oom *oom)
{
	return KNOWN(oom, MEMCENSUS_OOM_CGROUP) ? name_of_cgroup(view, oom->cgroup) : NULL;
}

#define AT_KILL(oom, num, member)	\
	amount_of(KNOWN(oom, MEMCENSUS_OOM_##num), (oom)->member)

static void report_charged(struct report *report, const struct oom *oom, const char *path,
			   const struct charges *now)
{
	const struct amount anon = AT_KILL(oom, CHARGED_ANON, charged_anon);
	const struct amount file = AT_KILL(oom, CHARGED_FILE, charged_file);
	const struct amount locked = AT_KILL(oom, CHARGED_UNEVICTABLE, charged_unevictable);
	const struct amount charged = AT_KILL(oom, CHARGED, charged);
	const struct amount anon_now = amount_plus(amount_charge(now, CHARGE_ANON),
						   amount_charge(now, CHARGE_SHMEM));
	const struct amount file_now = amount_charge(now, CHARGE_FILE);
	const struct figure_row rows[] = {
		{ .name = "limit", .meaning = "memory.max",
		  .amounts = { AT_KILL(oom, LIMIT, limit), amount_charge(now, CHARGE_LIMIT) } },
		{ .name = "charged", .meaning = "to it and to those below it",
		  .amounts = { charged, amount_charge(now, CHARGE_TOTAL) } },
		{ .name = "anon+shmem", .meaning = "anonymous and shared memory, tmpfs",
		  .amounts = { anon, anon_now } },
		{ .name = "file", .meaning = "page cache of files",
		  .amounts = { file, file_now } },
		{ .name = "unevictable", .meaning = "locked, of both: now it is in these",
		  .amounts = { locked } },
		{ .name = "rest", .meaning = "kernel memory, sockets, pages in no list yet",
		  .amounts = { amount_minus(charged, amount_plus(amount_plus(anon, file), locked)),
			       amount_minus(amount_charge(now, CHARGE_TOTAL),
					    amount_plus(anon_now, file_now)) } },
	};

	REPORT(report,
	       { .type = &figure_rows, .rows = ROWS(rows, ARRAY_SIZE(rows)),
		 .title = report_text(report, "Cgroup %s, whose limit was reached",
				       report_name(report, path)),
		 .columns = report->options->file ? "figure=Charged 0=Kill ~meaning" :
			    "figure=Charged 0=Kill 1=Now ~meaning" });
}

/*
 * struct room - of a cgroup and those above it, the one with the least room now
 * @path: owned
 * @bytes: that may still be charged to it; unknown: none has a limit
 * @cache: its page cache
 * @unknown: what is charged to one of them
 */
struct room {
	char *path;
	struct amount bytes;
	struct amount cache;
	bool unknown;
};

static struct room least_room(const char *path)
{
	char *at = xstrdup(path), *end;
	struct room room = { .path = xstrdup(path) };

	/* The root has no limit.  Without a path, it was removed. */
	room.unknown = *path != '/';
	while ((end = strrchr(at, '/')) && at[1]) {
		const struct charges now = charges_of_path(at, NULL);
		const struct amount total = amount_charge(&now, CHARGE_TOTAL);
		struct amount left = amount_minus(amount_charge(&now, CHARGE_LIMIT), total);

		/* A limit may be set below what is charged. */
		left.bytes = left.bytes > 0 ? left.bytes : 0;
		room.unknown |= !total.known;
		if (left.known && (!room.bytes.known || left.bytes < room.bytes.bytes)) {
			free(room.path);
			room.path = xstrdup(at);
			room.bytes = left;
			room.cache = amount_charge(&now, CHARGE_FILE);
		}
		*end = '\0';
	}
	free(at);
	return room;
}

static const char *fit_text(struct report *report, const char *path,
			    const struct oom_victim *victim)
{
	const uint64_t held = victim->anon + victim->shmem + victim->pagetables;
	const char *own = KNOWN(victim, MEMCENSUS_OOM_VICTIM_CGROUP) ?
			  name_of_cgroup(&report->view, victim->cgroup) : NULL;
	struct room room = least_room(own ?: path);
	const char *text;
	int64_t most;

	/* Its own cgroup was removed: it would be in another one. */
	if (room.unknown) {
		free(room.path);
		room = least_room(path);
	}
	if (room.unknown) {
		text = report_text(report, "What %s is charged now is unknown.\n",
				   report_name(report, path));
	} else if (!room.bytes.known) {
		text = report_text(report, "%s has no limit any more.\n",
				   report_name(report, path));
	} else {
		most = room.bytes.bytes + (room.cache.known ? room.cache.bytes : 0);
		text = report_text(report,
				   "The first victim held %s of anonymous and shared memory and page tables.\n"
				   "%s has %s left now, and page cache of %s: it %s.\n",
				   report_amount(report, (int64_t)held),
				   report_name(report, room.path),
				   report_amount(report, room.bytes.bytes),
				   report_amount(report, most - room.bytes.bytes),
				   (int64_t)held <= room.bytes.bytes ? "fits again" :
				   (int64_t)held <= most ? "fits if page cache goes" :
				   "does not fit");
	}
	free(room.path);
	return text;
}

static bool is_killed_as_one(const char *path)
{
	char line[8];

	return cgroup_line(path, "memory.oom.group", line, sizeof(line)) && !strcmp(line, "1");
}

/* Which cgroup is killed as a whole, of @path and those above it up to @top. */
static const char *group_text(struct report *report, const char *path, const char *top)
{
	char *at = xstrdup(path), *end;
	const char *text = "";

	while (strlen(at) >= strlen(top) && at[1]) {
		if (is_killed_as_one(at))
			text = report_text(report,
					   "memory.oom.group of %s is set: all its processes are killed at once.\n",
					   report_name(report, at));
		end = strrchr(at, '/');
		if (!end || end == at)
			break;
		*end = '\0';
	}
	free(at);
	return text;
}

void limited_report(struct report *report, const struct oom *oom,
		    const struct oom_victim *victim)
{
	const char *path = limited_path(&report->view, oom), *fit = "", *group = "";
	struct charges now = { 0 };

	if (!path)
		return;
	if (!report->options->file && *path == '/')
		now = charges_of_path(path, NULL);
	report_charged(report, oom, path, &now);
	if (report->options->file)
		return;
	if (victim && KNOWN(victim, MEMCENSUS_OOM_VICTIM_ANON))
		fit = fit_text(report, path, victim);
	if (victim && KNOWN(victim, MEMCENSUS_OOM_VICTIM_CGROUP) &&
	    name_of_cgroup(&report->view, victim->cgroup))
		group = group_text(report, name_of_cgroup(&report->view, victim->cgroup), path);
	REPORT(report, { .note = report_text(report, "%s%s", fit, group) });
}
