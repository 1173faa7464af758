// SPDX-License-Identifier: GPL-2.0
/* memcensus share PID..., share --by: what processes, or groups, have in common. */
#include <string.h>
#include <sys/param.h>

#include "model/called-groups.h"
#include "model/share.h"
#include "report/report.h"
#include "report/warnings.h"
#include "tools/share/peers.h"
#include "wire/mappings.h"

/* The columns of the tables that -c does not choose. */
#define PAYERS	"cgroup_name frames exclusive charged own for_others by_others"
#define OWNERS	"pid comm owners memory %own anon file shmem swap hugetlb"

/* Pairs of containers without --top, as the module sends of others. */
#define PAIRS_SHOWN	64

#define FILES	"cgroup_name charged own for_others ?dev_major ?dev_minor ?inode file"

static const char *const groups[] = {
	[MEMCENSUS_BY_UID] = "user mms frames uss shared uss_anon pagetables",
	[MEMCENSUS_BY_CGROUP] =
		"cgroup_name mms charged frames uss shared uss_anon pagetables",
	[MEMCENSUS_BY_COMM] = "comm mms frames uss shared uss_anon pagetables",
	[MEMCENSUS_BY_SESSION] = "session mms frames uss shared uss_anon pagetables",
};

/* Of one file: what the kernel counts is of whole processes. */
static const char *const groups_of_file[] = {
	[MEMCENSUS_BY_UID] = "user mms frames uss shared pss hugetlb",
	[MEMCENSUS_BY_CGROUP] = "cgroup_name mms frames uss shared pss hugetlb",
	[MEMCENSUS_BY_COMM] = "comm mms frames uss shared pss hugetlb",
	[MEMCENSUS_BY_SESSION] = "session mms frames uss shared pss hugetlb",
};

/* Filters of sections. */

static bool group_has_pages(const void *about, const void *record)
{
	const struct figures *f = &((const struct group *)record)->figures;

	(void)about;
	return (KNOWN(f, MEMCENSUS_F_FRAMES) && f->v[MEMCENSUS_F_FRAMES]) ||
	       (KNOWN(f, MEMCENSUS_F_HUGETLB) && f->v[MEMCENSUS_F_HUGETLB]);
}

/* All its pages, or those of the file of the request: then without what it only maps. */
static bool payer_of_all(const void *about, const void *record)
{
	(void)about;
	return !KNOWN((const struct payer *)record, MEMCENSUS_PAYER_INODE);
}

static bool payer_pays(const void *about, const void *record)
{
	const struct payer *payer = record;

	return payer_of_all(about, payer) && KNOWN(payer, MEMCENSUS_PAYER_CHARGED) &&
	       payer->charged;
}

static bool payer_of_file(const void *about, const void *record)
{
	return !payer_of_all(about, record);
}

static void show_payers(struct report *report, bool of_file)
{
	REPORT(report,
	       { "payers", .type = &payer_rows, .filter = payer_of_all },
	       { .title = "Who is charged for what is mapped", .type = &payer_rows,
		 .columns = PAYERS, .sort = "charged",
		 .filter = of_file ? payer_pays : payer_of_all });
}

static void show_peers(const struct view *view, const struct session *session,
		       const struct peers_ask *ask)
{
	const struct snapshot *snap = view->snap;
	const struct options *options = session->options;
	const bool of_file = session->request.file;
	const char *const *lists = of_file ? groups_of_file : groups;
	struct report report;

	report_begin(&report, options, snap, session->out);
	REPORT(&report,
	       { "scan", .shape = SECTION_SCAN },
	       { "tasks", .type = &task_rows },
	       { "groups", .type = &group_rows },
	       { "owners", .type = &owners_rows, .columns = ask->by ? NULL : OWNERS },
	       { .type = &group_rows, .columns = ask->by ? lists[ask->by] : NULL,
		 .sort = "frames", .filter = of_file ? group_has_pages : NULL });
	if (snap->n_payers)
		show_payers(&report, of_file);
	if (ask->by_file && (snap->n_payers || options->json))
		REPORT(&report,
		       { "paid_files", .title = "For which files that only others map",
			 .type = &payer_rows, .columns = FILES, .filter = payer_of_file,
			 .sort = options->json ? NULL : "for_others" });
	if (snap->n_pairs || options->json)
		REPORT(&report,
		       { "pairs", .title = ask->by ? "What two have in common" : "With whom",
			 .chosen = true, .rows = rows_in(snap, &pair_rows) });
	report_end(&report);
}

/* Names the files of @context, a snapshot, that cgroups pay for; false: all have names. */
static bool name_mapping(void *context, const struct snapshot *mappings)
{
	struct snapshot *snap = context;
	struct payer *payer;
	struct file_number number;
	bool missing = false;
	size_t i, k;

	for (i = 0; i < snap->n_payers; i++) {
		payer = &snap->payers[i];
		if (payer_of_all(NULL, payer) || payer->file)
			continue;
		number = (struct file_number){ (uint32_t)payer->dev_major,
					       (uint32_t)payer->dev_minor, payer->inode };
		for (k = 0; k < mappings->n_vmas; k++) {
			const struct vma *vma = &mappings->vmas[k];
			const struct file_number other = mapping_file(vma);

			if (!mapping_has_file(vma) || !file_number_same(&number, &other))
				continue;
			payer->file = snapshot_text(snap, vma->name, strlen(vma->name));
			break;
		}
		missing |= !payer->file;
	}
	return missing;
}

/* Finds names of the files that cgroups pay for; an unknown name is no failure. */
static void name_files(struct session *session, struct snapshot *snap)
{
	struct ids all = { NULL, 0 };
	struct failure ignored;
	size_t unread = 0;

	if (!process_all(&all, &ignored))
		mappings_each(session->source, MEMCENSUS_PART_VMAS, &all, name_mapping, snap,
			      &unread, &ignored);
	ids_free(&all);
}

int peers_run(struct session *session, const struct peers_ask *ask, struct failure *why)
{
	const struct options *options = session->options;
	struct view view = { .numeric = options->numeric };
	struct snapshot *snap;
	enum taken taken;

	session->request.command = MEMCENSUS_CMD_SHARE;
	session->request.group_by = ask->by;
	/* The largest pairs may be of other cgroups. */
	session->request.limit = ask->called ? MEMCENSUS_LIMIT_MAX : (uint32_t)options->top;
	session->request.charged = ask->by_file ? 2 : ask->charged;
	taken = session_next(session, &snap, why);
	if (taken != TAKE_DONE)
		return taken == TAKE_FAILED ? -1 : 0;
	if (ask->called) {
		called_groups(snap, ask->called);
		snap->n_pairs = MIN(snap->n_pairs, options->top ?: PAIRS_SHOWN);
	}
	view.snap = snap;
	if (ask->by_file)
		name_files(session, snap);
	show_peers(&view, session, ask);
	fflush(session->out);
	session->partial |= warnings_print(stderr, snap);
	snapshot_free(snap);
	return 0;
}
