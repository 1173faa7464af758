// SPDX-License-Identifier: GPL-2.0
/* Gathers what 'explain' shows. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "brief/facts.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-name.h"
#include "model/cgroup-tree.h"
#include "model/physical.h"
#include "model/share.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "os/containers.h"
#include "os/names.h"
#include "os/procfs.h"
#include "report/warnings.h"
#include "stopped/together.h"
#include "tools/explain/gather.h"

/* Files of a pass over the frames that are asked for, and shared memory that is worth one. */
#define FILES_MOST	16384
#define SHMEM_LEAST	1048576

/* Says what could not be read. */
static void lack(struct explaining *x, const char *what, const char *because)
{
	char *lacks = xasprintf("%s%s: %s\n", x->lacks ?: "", what, because);

	free(x->lacks);
	x->lacks = lacks;
}

/**
 * struct search - a cgroup by its name
 * @snap: without tasks, for names of users
 * @found: paths of the first two that have it; owned
 */
struct search {
	const char *name;
	struct snapshot *snap;
	char *found[2];
	size_t n;
};

static bool is_called(const struct search *search, const char *name)
{
	return name && !strcmp(name, search->name);
}

static void look_at(const struct cgroup_place *place, void *untyped)
{
	struct search *search = untyped;
	struct cgroup_name *name = cgroup_name_make(search->snap, place->id, place->path,
						    container_facts(place->id, place->path));

	if (!name->below &&
	    (is_called(search, name->shown) || is_called(search, name->container) ||
	     is_called(search, name->unit) || is_called(search, name->machine))) {
		if (search->n < ARRAY_SIZE(search->found))
			search->found[search->n] = xstrdup(place->path);
		search->n++;
	}
	cgroup_name_free(name);
}

/* The cgroup that is called @word. */
static int find_name(struct explaining *x, const char *word, struct failure *why)
{
	struct search search = { .name = word, .snap = snapshot_new() };
	int ret = 0;

	names_live(search.snap);
	cgroups_each(NULL, look_at, &search);
	if (!search.n)
		ret = fail(why, FAIL_NO_PROCESS,
			   "no cgroup is called '%.200s'; 'memcensus -g' lists those with processes",
			   word);
	else if (search.n > 1)
		ret = fail(why, FAIL_NO_PROCESS,
			   "%zu cgroups are called '%.200s': name one by its path, as %.300s or %.300s",
			   search.n, word, search.found[0], search.found[1]);
	else
		x->path = xstrdup(search.found[0]);
	free(search.found[0]);
	free(search.found[1]);
	snapshot_free(search.snap);
	return ret;
}

static int find_process(struct explaining *x, uint64_t pid, struct failure *why)
{
	x->pid = process_of((uint32_t)pid);
	if (procfs_is_mounted() && process_is_gone((uint32_t)x->pid))
		return fail(why, FAIL_NO_PROCESS, "no such process: PID %" PRIu64, pid);
	x->path = cgroup_of_process((uint32_t)x->pid);
	return x->path ? 0 :
	       fail(why, FAIL_NO_PROCESS,
		    "process %" PRIu64 " is in no cgroup of version 2, as far as /proc says", pid);
}

static int find(struct explaining *x, const char *word, struct failure *why)
{
	uint64_t pid;

	if (text_number(word, strlen(word), &pid) && pid && pid <= INT32_MAX) {
		if (find_process(x, pid, why))
			return -1;
	} else if (*word == '/') {
		x->path = text_clean_path(word, strlen(word));
	} else if (find_name(x, word, why)) {
		return -1;
	}
	if (!cgroups_mount())
		return fail(why, FAIL_SYSTEM,
			    "cgroups of version 2 are not mounted: what is charged is unknown; 'memcensus map' has the memory of a process");
	if (cgroup_id(x->path, &x->inode))
		return 0;
	return cgroup_check(x->path, why) ? -1 :
	       fail(why, FAIL_NO_PROCESS, "no cgroup '%.200s'", x->path);
}

/* The least of @charge that this cgroup or one above it has. */
static struct amount least_limit(const char *path, const char *file, enum charge charge, char **of)
{
	struct amount least = { false, 0 };
	struct charges charges;
	char *above = xstrdup(path), *end;

	for (;;) {
		charges = charges_of_path(above, file);
		if (KNOWN(&charges, charge) &&
		    (!least.known || (int64_t)charges.v[charge] < least.bytes)) {
			least = amount_charge(&charges, charge);
			free(*of);
			*of = xstrdup(above);
		}
		end = strrchr(above, '/');
		if (!end || end == above)
			break;
		*end = '\0';
	}
	free(above);
	return least;
}

static struct amount pressure(const char *text, const char *which)
{
	uint64_t hundredths;

	return facts_pressure(text, which, &hundredths) ? amount_of(true, hundredths) :
	       amount_of(false, 0);
}

/* Which row is what the kernel counts. */
static const struct counted {
	enum explain_number row;
	enum charge charge;
} counted[] = {
	{ EXPLAIN_USAGE, CHARGE_TOTAL },
	{ EXPLAIN_ANON, CHARGE_ANON },
	{ EXPLAIN_CACHE, CHARGE_FILE },
	{ EXPLAIN_DIRTY, CHARGE_DIRTY },
	{ EXPLAIN_SHMEM, CHARGE_SHMEM },
	{ EXPLAIN_KERNEL, CHARGE_KERNEL },
	{ EXPLAIN_SLAB, CHARGE_SLAB },
	{ EXPLAIN_SLAB_RECLAIM, CHARGE_RECLAIMABLE },
	{ EXPLAIN_PAGETABLES, CHARGE_PAGETABLES },
	{ EXPLAIN_STACKS, CHARGE_STACKS },
	{ EXPLAIN_PERCPU, CHARGE_PERCPU },
	{ EXPLAIN_VMALLOC, CHARGE_VMALLOC },
	{ EXPLAIN_SOCK, CHARGE_SOCK },
	{ EXPLAIN_HUGETLB, CHARGE_HUGETLB },
};

static void read_charges(struct explaining *x)
{
	struct explain *explain = &x->explain;
	char text[512];
	size_t i;

	x->charges = charges_of_path(x->path, NULL);
	for (i = 0; i < ARRAY_SIZE(counted); i++)
		explain->v[counted[i].row] = amount_charge(&x->charges, counted[i].charge);
	explain->lru = amount_plus(amount_charge(&x->charges, CHARGE_ACTIVE_FILE),
				   amount_charge(&x->charges, CHARGE_INACTIVE_FILE));
	explain->inactive = amount_charge(&x->charges, CHARGE_INACTIVE_FILE);
	explain->writeback = amount_charge(&x->charges, CHARGE_WRITEBACK);
	explain->file_mapped = amount_charge(&x->charges, CHARGE_FILE_MAPPED);
	explain->v[EXPLAIN_LIMIT] = least_limit(x->path, "memory.max", CHARGE_LIMIT, &x->limit_of);
	explain->v[EXPLAIN_HIGH] = least_limit(x->path, "memory.high", CHARGE_HIGH, &x->high_of);
	if (cgroup_read(x->path, "memory.pressure", text, sizeof(text))) {
		x->some = pressure(text, "some");
		x->full = pressure(text, "full");
	}
	if (explain->v[EXPLAIN_USAGE].known)
		return;
	if (cgroups_uncharged())
		lack(x, "usage",
		     "the memory controller is switched off, or in a hierarchy of version 1");
	else if (!strcmp(x->path, "/"))
		lack(x, "usage",
		     "the kernel does not count it for the root: see 'memcensus system'");
	else
		lack(x, "usage", "this cgroup has no memory controller: one above it is charged");
}

/* The processes of the cgroup, sorted. */
static void read_processes(struct explaining *x, struct ids *ids)
{
	struct failure ignored;

	if (!strcmp(x->path, "/"))
		process_all(ids, &ignored);
	else
		cgroup_processes(ids, x->path, &ignored);
	x->explain.processes = ids->n;
}

/* What ends with @ids, which are taken over. */
static void read_stopped(struct explaining *x, struct session *session, const struct ids *ids)
{
	struct failure why = { .kind = FAIL_NONE };
	struct stopping s;

	session->request = (struct request){ .command = 0 };
	stopping_begin(&s, session, MEMCENSUS_BY_PIDS);
	s.pids = *ids;
	s.cgroups = &x->path;
	s.n_cgroups = 1;
	if (!s.pids.n) {
		x->explain.v[EXPLAIN_IF_STOPPED] = amount_of(true, 0);
		x->explain.deleted = amount_of(true, 0);
	} else if (session->source && together_add(&s, &why)) {
		lack(x, "if_stopped", why.text);
	} else if (session->source) {
		x->explain.v[EXPLAIN_IF_STOPPED] = s.sums.v->v[MEMORY_MEMORY];
		x->explain.deleted = s.sums.v->v[MEMORY_DELETED];
		if (s.sums.unread)
			lack(x, "if_stopped", "not all descriptors and mappings were read");
	}
	stopping_free(&s);
}

/* Whether cgroup @id of @snap is this one, or below it. */
static bool is_within(const struct explaining *x, const struct snapshot *snap, uint64_t id)
{
	const char *path = snap->naming ? snap->naming(snap, NAME_CGROUP, id, false) : NULL;

	return path && cgroup_path_within(path, x->path);
}

static bool group_within(const struct explaining *x, const struct snapshot *snap, uint64_t id)
{
	const struct group *group = group_of(snap, id);

	return group && KNOWN(group, MEMCENSUS_GROUP_CGROUP) &&
	       is_within(x, snap, group->cgroup);
}

/* The group of this cgroup and of those below it, which is the first one of it. */
static void take_group(struct explaining *x, const struct snapshot *snap)
{
	const struct group *group;

	for (group = snap->groups; group < snap->groups + snap->n_groups; group++) {
		if (!group->path || strcmp(group->path, x->path))
			continue;
		x->explain.v[EXPLAIN_USS] = amount_figure(&group->figures, MEMCENSUS_F_USS);
		x->explain.v[EXPLAIN_PSS] = amount_figure(&group->figures, MEMCENSUS_F_PSS);
		return;
	}
	if (x->explain.processes)
		return;
	x->explain.v[EXPLAIN_USS] = amount_of(true, 0);
	x->explain.v[EXPLAIN_PSS] = amount_of(true, 0);
}

/* Of the pairs of one cgroup inside and one outside, the largest. */
static void take_peer(struct explaining *x, const struct snapshot *snap)
{
	const struct column *memory = column_named(&pair_rows, "memory");
	const struct view view = { .snap = snap };
	const struct group *peer = NULL;
	const struct pair *pair;
	struct value value;
	bool in, peer_in;

	for (pair = snap->pairs; pair < snap->pairs + snap->n_pairs; pair++) {
		if (!KNOWN(pair, MEMCENSUS_PAIR_GROUP) || !KNOWN(pair, MEMCENSUS_PAIR_PEER_GROUP))
			continue;
		in = group_within(x, snap, pair->group);
		peer_in = group_within(x, snap, pair->peer_group);
		if (in == peer_in || !column_get(memory, &view, pair, &value) ||
		    (int64_t)value.number <= x->in_common.bytes)
			continue;
		peer = group_of(snap, in ? pair->peer_group : pair->group);
		x->in_common = amount_of(peer, value.number);
	}
	if (peer && KNOWN(peer, MEMCENSUS_GROUP_CGROUP)) {
		const struct cgroup_name *name = cgroup_name_of(snap, peer->cgroup);

		x->peer = xstrdup(name ? name->shown : peer->path ?: "?");
	}
}

/* What the rows of payers say, of one cgroup: of several, what one pays another one may map. */
static void take_payers(struct explaining *x, const struct snapshot *snap)
{
	const struct column *frames = column_named(&payer_rows, "frames");
	const struct column *for_others = column_named(&payer_rows, "for_others");
	const struct column *by_others = column_named(&payer_rows, "by_others");
	struct amount sums[2] = { { snap->n_payers, 0 }, { snap->n_payers, 0 } };
	const struct view view = { .snap = snap };
	const struct payer *payer;
	struct value value;
	size_t n = 0;

	for (payer = snap->payers; payer < snap->payers + snap->n_payers; payer++) {
		if (!KNOWN(payer, MEMCENSUS_PAYER_CGROUP) ||
		    KNOWN(payer, MEMCENSUS_PAYER_INODE) || !is_within(x, snap, payer->cgroup))
			continue;
		n += (KNOWN(payer, MEMCENSUS_PAYER_CHARGED) && payer->charged) ||
		     (column_get(frames, &view, payer, &value) && value.number);
		sums[0].known &= column_get(for_others, &view, payer, &value);
		sums[0].bytes += (int64_t)value.number;
		sums[1].known &= column_get(by_others, &view, payer, &value);
		sums[1].bytes += (int64_t)value.number;
	}
	x->several = n > 1;
	if (x->several || !x->explain.v[EXPLAIN_USAGE].known)
		return;
	x->explain.v[EXPLAIN_FOR_OTHERS] = sums[0];
	x->explain.v[EXPLAIN_BY_OTHERS] = sums[1];
}

/* With whom its processes share, and who pays. */
static void read_shares(struct explaining *x, struct session *session)
{
	struct failure why = { .kind = FAIL_NONE };
	struct snapshot *snap;

	session->request = (struct request){
		.command = MEMCENSUS_CMD_SHARE, .group_by = MEMCENSUS_BY_CGROUP,
		.limit = MEMCENSUS_LIMIT_MAX, .charged = 1 };
	if (session_take(session, &snap, &why) != TAKE_DONE) {
		lack(x, "exclusive, pss, for_others, by_others", why.text);
		return;
	}
	take_group(x, snap);
	take_peer(x, snap);
	take_payers(x, snap);
	session->partial |= warnings_print(stderr, snap);
	snapshot_free(snap);
}

static bool is_in_memory(const struct frame_file *file)
{
	return file->type && (!strcmp(file->type, "tmpfs") || !strcmp(file->type, "devtmpfs") ||
			      !strcmp(file->type, "ramfs"));
}

static int by_charged(const void *a, const void *b)
{
	const struct frame_file *x = a, *y = b;

	return COMPARE(y->charged, x->charged);
}

static char *name_of_file(const struct frame_file *file)
{
	return file->path ?
	       xasprintf("%s%s", file->path,
			 KNOWN(file, MEMCENSUS_FF_DELETED) && file->deleted ? " (deleted)" : "") :
	       xasprintf("inode %" PRIu64, file->inode);
}

static void take_files(struct explaining *x, struct snapshot *snap)
{
	const struct frame_file *file;
	struct amount mapped;
	size_t i;

	if (snap->n_frame_files)
		qsort(snap->frame_files, snap->n_frame_files, sizeof(*snap->frame_files),
		      by_charged);
	for (i = 0; i < snap->n_frame_files && x->n_files < EXPLAIN_FILES; i++) {
		file = &snap->frame_files[i];
		if (KNOWN(file, MEMCENSUS_FF_CGROUP) && KNOWN(file, MEMCENSUS_FF_CHARGED) &&
		    file->charged && is_in_memory(file) && is_within(x, snap, file->cgroup))
			x->files[x->n_files++] = (struct explain_file){ name_of_file(file),
									file->charged };
	}
	mapped = amount_of(snap->n_frame_cgroups, 0);
	for (i = 0; i < snap->n_frame_cgroups; i++) {
		const struct frame_cgroup *cgroup = &snap->frame_cgroups[i];

		if (KNOWN(cgroup, MEMCENSUS_FG_CGROUP) && is_within(x, snap, cgroup->cgroup))
			mapped = amount_plus(mapped, amount_figure(&cgroup->classes,
								   MEMCENSUS_FC_SHMEM));
	}
	x->explain.shmem_mapped = mapped;
}

/* The files in memory, by a pass over all frames: a file may be neither mapped nor open. */
static void read_files(struct explaining *x, struct session *session)
{
	const struct amount shmem = x->explain.v[EXPLAIN_SHMEM];
	struct failure why = { .kind = FAIL_NONE };
	struct snapshot *snap;

	if (!shmem.known || shmem.bytes < SHMEM_LEAST)
		return;
	session->request = (struct request){
		.command = MEMCENSUS_CMD_PHYSICAL, .group_by = MEMCENSUS_BY_CGROUP,
		.files = FILES_MOST };
	if (session_take(session, &snap, &why) == TAKE_DONE) {
		take_files(x, snap);
		snapshot_free(snap);
	} else {
		lack(x, "files of shmem, cache_mapped", why.text);
	}
}

int explaining_gather(struct explaining *x, struct session *session, const char *word,
		      struct failure *why)
{
	struct ids ids = { NULL, 0 };
	uint64_t inode;

	*x = (struct explaining){ .pid = 0 };
	if (find(x, word, why))
		return -1;
	session->may_end = true;
	read_charges(x);
	read_processes(x, &ids);
	if (session->source)
		read_shares(x, session);
	else
		lack(x, "what processes have", session->lacks.text);
	read_stopped(x, session, &ids);
	if (session->source)
		read_files(x, session);
	if (!cgroup_id(x->path, &inode) || inode != x->inode)
		return fail(why, FAIL_NO_PROCESS,
			    "the cgroup '%.200s' was removed while it was read", x->path);
	explain_compute(&x->explain);
	session->partial |= !!x->lacks;
	return 0;
}

void explaining_free(struct explaining *x)
{
	size_t i;

	for (i = 0; i < x->n_files; i++)
		free(x->files[i].name);
	free(x->limit_of);
	free(x->high_of);
	free(x->peer);
	free(x->lacks);
	free(x->path);
}
