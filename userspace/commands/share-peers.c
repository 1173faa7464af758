// SPDX-License-Identifier: GPL-2.0
/* memcensus share PID..., share --by: what processes, or groups, have in common. */
#include <string.h>

#include "cli/command.h"
#include "commands/share-peers.h"
#include "commands/share-picture.h"
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

/* A table of all records of @type, with the columns @list, sorted by @sort or as they come. */
static int show(const struct view *view, const struct options *options,
		const struct record_type *type, const char *list, const char *sort, FILE *out,
		struct failure *why)
{
	const struct units units = command_units(view, options);
	struct listing listing;
	int ret;

	listing_fill(&listing, view, records_in(view->snap, type));
	ret = columns_choose(&listing.columns, type, list, NULL, why);
	if (!ret && sort)
		listing_sort(&listing, record_find(type, sort, strlen(sort)), false);
	if (!ret)
		listing_print(&listing, command_look(options), &units, false, out);
	columns_free(&listing.columns);
	listing_free(&listing);
	return ret;
}

static int show_tables(const struct view *view, const struct options *options, uint8_t by,
		       FILE *out, struct failure *why)
{
	if (by ? show(view, options, &group_record, groups[by], "frames", out, why) :
		 show(view, options, &owners_record, OWNERS, NULL, out, why))
		return -1;
	if (view->snap->n_payers) {
		command_title(options, out, "Who is charged for what is mapped");
		if (show(view, options, &payer_record, PAYERS, "charged", out, why))
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
		ret = show_tables(&view, options, ask->by, session->out, why);
	fflush(session->out);
	session->partial |= warnings_print(stderr, snap);
	snapshot_free(snap);
	return ret;
}
