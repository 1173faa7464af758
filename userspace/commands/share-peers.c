// SPDX-License-Identifier: GPL-2.0
/* memcensus share PID..., share --by: what processes, or groups, have in common. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "commands/share-mappings.h"
#include "commands/share-peers.h"
#include "commands/share-picture.h"
#include "lib/memory.h"
#include "report/show.h"
#include "report/snapshot-json.h"
#include "report/warnings.h"

/* The columns of the tables that -c does not choose. */
#define PAYERS	"cgroup_path,frames,exclusive,charged,own,for_others,by_others"
#define OWNERS	"pid,comm,owners,memory,%own,anon,file,shmem,swap,hugetlb"

#define FILES	"cgroup_path,charged,own,for_others,dev_major,dev_minor,inode,file"

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

/* All its pages, or those of the file of the request: then without what it only maps. */
static bool payer_of_all(const void *record)
{
	return !KNOWN((const struct payer *)record, MEMCENSUS_PAYER_INODE);
}

static bool payer_pays(const void *record)
{
	const struct payer *payer = record;

	return payer_of_all(payer) && KNOWN(payer, MEMCENSUS_PAYER_CHARGED) && payer->charged;
}

static bool payer_of_file(const void *record)
{
	return !payer_of_all(record);
}

/* A copy of @all records without those that @keep refuses; its array is to be freed. */
static struct records kept(struct records all, bool (*keep)(const void *record))
{
	struct records some = all;
	char *copy = xcalloc(all.n + 1, all.size);
	size_t i;

	some.v = copy;
	some.n = 0;
	for (i = 0; i < all.n; i++) {
		const char *record = (const char *)all.v + i * all.size;

		if (keep(record))
			memcpy(copy + some.n++ * all.size, record, all.size);
	}
	return some;
}

/* A table of @records of @type, with the columns @list, sorted by @sort or as they come. */
static int show_peers(const struct view *view, const struct options *options,
		      const struct record_type *type, struct records records, const char *list,
		      const char *sort, FILE *out, struct failure *why)
{
	const struct units units = command_units(view, options);
	struct listing listing;
	int ret;

	listing_fill(&listing, view, records);
	ret = columns_choose(&listing.columns, type, list, NULL, why);
	if (!ret && sort)
		listing_sort(&listing, record_named(type, sort), false);
	if (!ret)
		listing_print(&listing, command_look(options), &units, false, out);
	columns_free(&listing.columns);
	listing_free(&listing);
	return ret;
}

/* The records of @type that @keep (NULL: all), as show_peers() */
static int show_kept(const struct view *view, const struct session *session,
		     const struct record_type *type, bool (*keep)(const void *record),
		     const char *list, const char *sort, struct failure *why)
{
	struct records records = records_in(view->snap, type);
	int ret;

	if (keep)
		records = kept(records, keep);
	ret = show_peers(view, session->options, type, records, list, sort, session->out, why);
	if (keep)
		free((void *)records.v);
	return ret;
}

static int show_payers(const struct view *view, const struct session *session,
		       struct failure *why)
{
	const bool by_file = session->request.charged > 1;

	command_title(session->options, session->out, "Who is charged for what is mapped");
	if (show_kept(view, session, &payer_record,
		      session->request.file ? payer_pays : payer_of_all, PAYERS, "charged", why))
		return -1;
	if (!by_file)
		return 0;
	command_title(session->options, session->out,
		      "For which files that only others map");
	return show_kept(view, session, &payer_record, payer_of_file, FILES, "for_others", why);
}

static int show_tables(const struct view *view, const struct session *session, uint8_t by,
		       struct failure *why)
{
	const struct options *options = session->options;
	const bool of_file = session->request.file;
	const char *const *lists = of_file ? groups_of_file : groups;
	FILE *out = session->out;

	if (by ? show_kept(view, session, &group_record, of_file ? group_has_pages : NULL,
			   lists[by], "frames", why) :
		 show_kept(view, session, &owners_record, NULL, OWNERS, NULL, why))
		return -1;
	if (view->snap->n_payers && show_payers(view, session, why))
		return -1;
	if (!view->snap->n_pairs)
		return 0;
	command_title(options, out, by ? "What two have in common" : "With whom");
	command_records(view, options, records_in(view->snap, &pair_record), options->totals,
			out);
	return 0;
}

static void put_bytes_of_kinds(struct json *json, const char *key, const struct view *view,
			       const struct record_type *type, bool (*keep)(const void *record))
{
	struct records records = records_in(view->snap, type);
	struct listing listing;

	if (keep)
		records = kept(records, keep);
	listing_fill(&listing, view, records);
	snapshot_json_listing(json, key, type, &listing);
	listing_free(&listing);
	if (keep)
		free((void *)records.v);
}

static void show_peers_json(const struct view *view, const struct options *options, bool by_file,
			    FILE *out)
{
	struct json json = { .out = out };

	snapshot_json_open(&json, options->command->name, view->snap);
	put_bytes_of_kinds(&json, "tasks", view, &task_record, NULL);
	put_bytes_of_kinds(&json, "groups", view, &group_record, NULL);
	put_bytes_of_kinds(&json, "owners", view, &owners_record, NULL);
	if (view->snap->n_payers)
		put_bytes_of_kinds(&json, "payers", view, &payer_record, payer_of_all);
	if (by_file)
		put_bytes_of_kinds(&json, "paid_files", view, &payer_record, payer_of_file);
	command_json_records(&json, "pairs", view, options,
			     records_in(view->snap, &pair_record));
	json_close(&json, '}');
}

/* The name of a file that cgroups pay for, in a list. */
struct file_name {
	struct file_name *next;
	char text[];
};

/* The files of @snap that are to be named, and the names found. */
struct naming {
	struct snapshot *snap;
	struct file_name *names;
};

static bool name_mapping(void *context, const struct snapshot *mappings)
{
	struct naming *naming = context;
	struct payer *payer;
	struct file_number number;
	struct file_name *name = NULL;
	bool missing = false;
	size_t i, k;

	for (i = 0; i < naming->snap->n_payers; i++) {
		payer = &naming->snap->payers[i];
		if (payer_of_all(payer) || payer->file)
			continue;
		number = (struct file_number){ (uint32_t)payer->dev_major,
					       (uint32_t)payer->dev_minor, payer->inode };
		for (k = 0; k < mappings->n_vmas; k++) {
			const struct vma *vma = &mappings->vmas[k];
			const struct file_number other = mapping_file(vma);

			if (!mapping_has_file(vma) || !file_number_same(&number, &other))
				continue;
			name = xcalloc(1, sizeof(*name) + strlen(vma->name) + 1);
			strcpy(name->text, vma->name);
			name->next = naming->names;
			naming->names = name;
			payer->file = name->text;
			break;
		}
		missing |= !payer->file;
	}
	return missing;
}

/* Finds names of the files that cgroups pay for; an unknown name is no failure. */
static struct file_name *name_files(struct session *session, struct snapshot *snap)
{
	struct naming naming = { snap, NULL };
	struct ids all = { NULL, 0 };
	struct failure ignored;

	if (!process_all(&all, &ignored))
		mappings_each(session->source, &all, name_mapping, &naming, &ignored);
	ids_free(&all);
	return naming.names;
}

static void names_free(struct file_name *names)
{
	struct file_name *next;

	for (; names; names = next) {
		next = names->next;
		free(names);
	}
}

int peers_run(struct session *session, const struct peers_ask *ask, struct failure *why)
{
	const struct options *options = session->options;
	struct view view = { .numeric = options->numeric };
	struct file_name *names = NULL;
	struct snapshot *snap;
	enum taken taken;
	int ret = 0;

	session->request.share = true;
	session->request.group_by = ask->by;
	session->request.limit = ask->picture ? MEMCENSUS_LIMIT_MAX : (uint32_t)options->top;
	session->request.charged = ask->by_file ? 2 : ask->charged;
	taken = session_next(session, &snap, why);
	if (taken != TAKE_DONE)
		return taken == TAKE_FAILED ? -1 : 0;
	view.snap = snap;
	if (ask->by_file)
		names = name_files(session, snap);
	if (ask->picture)
		share_picture(&view, ask->what, session->out);
	else if (options->json)
		show_peers_json(&view, options, ask->by_file, session->out);
	else
		ret = show_tables(&view, session, ask->by, why);
	fflush(session->out);
	session->partial |= warnings_print(stderr, snap);
	snapshot_free(snap);
	names_free(names);
	return ret;
}
