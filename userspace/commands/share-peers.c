// SPDX-License-Identifier: GPL-2.0
/* memcensus share PID..., share --by: what processes, or groups, have in common. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "commands/share-peers.h"
#include "commands/share-picture.h"
#include "lib/memory.h"
#include "model/snapshot-json.h"
#include "model/warnings.h"

/* The columns of the tables that -c does not choose. */
#define PAYERS	"cgroup_path,frames,charged,own,for_others,by_others"
#define OWNERS	"pid,comm,owners,memory,%own,anon,file,shmem,swap,hugetlb"

static const char *const groups[] = {
	[MEMCENSUS_BY_UID] = "user,mms,frames,uss,shared,uss_anon,pagetables",
	[MEMCENSUS_BY_CGROUP] =
		"cgroup_path,mms,charged,frames,uss,shared,uss_anon,pagetables",
	[MEMCENSUS_BY_COMM] = "comm,mms,frames,uss,shared,uss_anon,pagetables",
};

/* Of one file: what the kernel counts is of whole processes. */
static const char *const groups_of_file[] = {
	[MEMCENSUS_BY_UID] = "user,mms,frames,uss,shared,pss,hugetlb",
	[MEMCENSUS_BY_CGROUP] = "cgroup_path,mms,frames,uss,shared,pss,hugetlb",
	[MEMCENSUS_BY_COMM] = "comm,mms,frames,uss,shared,pss,hugetlb",
};

static bool has_pages(const struct figures *f)
{
	return (KNOWN(f, MEMCENSUS_F_FRAMES) && f->v[MEMCENSUS_F_FRAMES]) ||
	       (KNOWN(f, MEMCENSUS_F_HUGETLB) && f->v[MEMCENSUS_F_HUGETLB]);
}

static bool group_has_pages(const void *record)
{
	return has_pages(&((const struct group *)record)->figures);
}

/* It pays for the file; what it maps of it, the groups say. */
static bool payer_has_pages(const void *record)
{
	const struct payer *payer = record;

	return KNOWN(payer, MEMCENSUS_PAYER_CHARGED) && payer->charged;
}

/* A copy of @records without those that @keep refuses; its array is to be freed. */
static struct records kept(struct records records, bool (*keep)(const void *record))
{
	char *copy = xcalloc(records.n + 1, records.size);
	size_t i, n = 0;

	for (i = 0; i < records.n; i++) {
		const char *record = (const char *)records.v + i * records.size;

		if (keep(record))
			memcpy(copy + n++ * records.size, record, records.size);
	}
	records.v = copy;
	records.n = n;
	return records;
}

/* A table of @records of @type, with the columns @list, sorted by @sort or as they come. */
static int show(const struct view *view, const struct options *options,
		const struct record_type *type, struct records records, const char *list,
		const char *sort, FILE *out, struct failure *why)
{
	const struct units units = command_units(view, options);
	struct listing listing;
	int ret;

	listing_fill(&listing, view, records);
	ret = columns_choose(&listing.columns, type, list, NULL, why);
	if (!ret && sort)
		listing_sort(&listing, record_find(type, sort, strlen(sort)), false);
	if (!ret)
		listing_print(&listing, command_look(options), &units, false, out);
	columns_free(&listing.columns);
	listing_free(&listing);
	return ret;
}

/* All records of @type, as show(); of one file, those that @keep */
static int show_all(const struct view *view, const struct session *session,
		    const struct record_type *type, bool (*keep)(const void *record),
		    const char *list, const char *sort, struct failure *why)
{
	struct records records = records_in(view->snap, type);
	const bool copied = session->request.file && keep;
	int ret;

	if (copied)
		records = kept(records, keep);
	ret = show(view, session->options, type, records, list, sort, session->out, why);
	if (copied)
		free((void *)records.v);
	return ret;
}

static int show_tables(const struct view *view, const struct session *session, uint8_t by,
		       struct failure *why)
{
	const struct options *options = session->options;
	const char *const *lists = session->request.file ? groups_of_file : groups;
	FILE *out = session->out;

	if (by ? show_all(view, session, &group_record, group_has_pages, lists[by], "frames",
			  why) :
		 show_all(view, session, &owners_record, NULL, OWNERS, NULL, why))
		return -1;
	if (view->snap->n_payers) {
		command_title(options, out, "Who is charged for what is mapped");
		if (show_all(view, session, &payer_record, payer_has_pages, PAYERS, "charged",
			     why))
			return -1;
	}
	if (!view->snap->n_pairs)
		return 0;
	command_title(options, out, by ? "What two have in common" : "With whom");
	command_records(view, options, records_in(view->snap, &pair_record), options->totals,
			out);
	return 0;
}

static void put(struct json *json, const char *key, const struct view *view,
		const struct record_type *type)
{
	struct listing listing;

	listing_fill(&listing, view, records_in(view->snap, type));
	snapshot_json_listing(json, key, type, &listing);
	listing_free(&listing);
}

static void show_json(const struct view *view, const struct options *options, FILE *out)
{
	struct json json = { .out = out };

	snapshot_json_open(&json, options->command->name, view->snap);
	put(&json, "tasks", view, &task_record);
	put(&json, "groups", view, &group_record);
	put(&json, "owners", view, &owners_record);
	if (view->snap->n_payers)
		put(&json, "payers", view, &payer_record);
	command_json_records(&json, "pairs", view, options,
			     records_in(view->snap, &pair_record));
	json_close(&json, '}');
}

int peers_run(struct session *session, const struct peers_ask *ask, struct failure *why)
{
	const struct options *options = session->options;
	struct view view = { .numeric = options->numeric };
	struct snapshot *snap;
	enum taken taken;
	int ret = 0;

	session->request.share = true;
	session->request.group_by = ask->by;
	session->request.limit = ask->picture ? MEMCENSUS_LIMIT_MAX : (uint32_t)options->top;
	session->request.charged = ask->charged;
	taken = session_next(session, &snap, why);
	if (taken != TAKE_DONE)
		return taken == TAKE_FAILED ? -1 : 0;
	view.snap = snap;
	if (ask->picture)
		share_picture(&view, ask->what, session->out);
	else if (options->json)
		show_json(&view, options, session->out);
	else
		ret = show_tables(&view, session, ask->by, why);
	fflush(session->out);
	session->partial |= warnings_print(stderr, snap);
	snapshot_free(snap);
	return ret;
}
