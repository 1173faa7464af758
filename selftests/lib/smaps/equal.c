// SPDX-License-Identifier: GPL-2.0
/* Compares the census with smaps; see equal.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "diag.h"
#include "smaps/equal.h"
#include "memory/pages.h"
#include "smaps/smaps.h"

#define TRIES		20
#define SHOWN		20
#define BIT(n)		(1ULL << (n))

/* Figures that smaps rounds down to KiB. */
#define ROUNDED	(BIT(MEMCENSUS_F_PSS) | BIT(MEMCENSUS_F_PSS_ANON) |	\
		 BIT(MEMCENSUS_F_PSS_FILE) | BIT(MEMCENSUS_F_PSS_SHMEM) |	\
		 BIT(MEMCENSUS_F_SWAP_PSS))

/* What a census counts by owners, and smaps by map counts; see equal.h. */
#define OF_OWNERS (BIT(MEMCENSUS_F_USS) | BIT(MEMCENSUS_F_SHARED) |		\
		   BIT(MEMCENSUS_F_PSS) |					\
		   BIT(MEMCENSUS_F_PSS_ANON) | BIT(MEMCENSUS_F_PSS_FILE) |	\
		   BIT(MEMCENSUS_F_PSS_SHMEM))

#define HUGETLB_KINDS (BIT(MEMCENSUS_F_SHARED_HUGETLB) |			\
		       BIT(MEMCENSUS_F_PRIVATE_HUGETLB))

/* Figures that a page adds to, of those that smaps has. */
#define OF_PAGES (BIT(MEMCENSUS_F_RSS) | BIT(MEMCENSUS_F_PSS) |			\
		  BIT(MEMCENSUS_F_PSS_ANON) | BIT(MEMCENSUS_F_PSS_FILE) |	\
		  BIT(MEMCENSUS_F_PSS_SHMEM) | BIT(MEMCENSUS_F_USS) |		\
		  BIT(MEMCENSUS_F_SHARED) | BIT(MEMCENSUS_F_DIRTY) |		\
		  BIT(MEMCENSUS_F_REFERENCED) | BIT(MEMCENSUS_F_ANON) |		\
		  BIT(MEMCENSUS_F_LAZYFREE) | BIT(MEMCENSUS_F_KSM) |		\
		  BIT(MEMCENSUS_F_ANON_THP) |					\
		  BIT(MEMCENSUS_F_SHMEM_THP) | BIT(MEMCENSUS_F_FILE_THP))

/* Figures of tasks only, not of mappings. */
#define TASK_ONLY (BIT(MEMCENSUS_F_RSS_COUNTER) | BIT(MEMCENSUS_F_RSS_PEAK) | \
		   BIT(MEMCENSUS_F_PAGETABLES) | BIT(MEMCENSUS_F_MLOCKED) |  \
		   BIT(MEMCENSUS_F_PINNED) |				     \
		   BIT(MEMCENSUS_F_HEAP) | BIT(MEMCENSUS_F_STACK))

/* How USS and PSS are compared; see equal.h. */
enum owners { NOT_AT_ALL, AT_LEAST, THE_SAME };

/*
 * The comparison of one process, and the current mapping;
 * @passed_over: bits of the figures that are not compared;
 * @owners: of the mapping or process; @anon_same: its Pss_Anon is THE_SAME;
 * @once: the process maps each of its pages once.
 */
struct context {
	struct equal *equal;
	const struct smaps *smaps;
	const struct smaps_vma *vma;
	uint64_t passed_over;
	enum owners owners;
	bool anon_same, once;
};

static void mismatch(const struct context *c, const char *name,
		     const char *ours, const char *theirs)
{
	char where[64] = "";

	if (c->vma)
		snprintf(where, sizeof(where), " %llx-%llx",
			 (unsigned long long)c->vma->start,
			 (unsigned long long)c->vma->end);
	if (c->equal->mismatches++ < SHOWN)
		diag("not equal: %d (%s)%s %s %s: census %s, kernel %s",
		     c->smaps->pid, c->smaps->comm, where,
		     c->vma ? c->vma->name : "", name, ours, theirs);
}

static void equal_int(const struct context *c, const char *name,
		      uint64_t ours, uint64_t theirs)
{
	char a[32] = "nothing", b[32];

	c->equal->fields++;
	if (ours == theirs)
		return;
	if (ours != FIGURE_UNKNOWN)
		snprintf(a, sizeof(a), "%llu", (unsigned long long)ours);
	snprintf(b, sizeof(b), "%llu", (unsigned long long)theirs);
	mismatch(c, name, a, b);
}

static void equal_str(const struct context *c, const char *name,
		      const char *ours, const char *theirs)
{
	c->equal->fields++;
	if (strcmp(ours ? ours : "", theirs ? theirs : ""))
		mismatch(c, name, ours ? ours : "nothing",
			 theirs ? theirs : "nothing");
}

/* Compares an attribute that may be absent. */
static void equal_known(const struct context *c, const char *name,
			uint32_t known, unsigned int attr, uint64_t ours,
			uint64_t theirs)
{
	equal_int(c, name, known >> attr & 1 ? ours : FIGURE_UNKNOWN, theirs);
}

/*
 * An address space owns a page once, and may map it more often: no page has more owners than its
 * map count.  smaps cuts a share to KiB, and before that loses up to 1/4096 byte of each page.
 */
static void equal_owners(const struct context *c, unsigned int n, const struct figures *ours,
			 const struct figures *theirs)
{
	const uint64_t kernel = theirs->value[n];
	const uint64_t lost = ROUNDED & BIT(n) ?
			      1024 + theirs->value[MEMCENSUS_F_RSS] / PAGE / 4096 : 0;
	/* smaps has one sum for both. */
	const uint64_t value = figure(ours, n) + (n == MEMCENSUS_F_PSS_FILE ?
						  ours->value[MEMCENSUS_F_PSS_DEVICE] : 0);
	const bool same = c->owners == THE_SAME ||
			  (c->anon_same && n == MEMCENSUS_F_PSS_ANON);
	char a[32], b[32];

	if (c->owners == NOT_AT_ALL || (n == MEMCENSUS_F_SHARED && !same) ||
	    (lost && !same && !c->once))
		return;
	c->equal->fields++;
	c->equal->rounded += !!lost;
	c->equal->bounds += !same;
	/* The census cuts to bytes, twice if it has two sums. */
	if (ours->known & BIT(n) && value + (lost ? 2 : 0) >= kernel &&
	    (!same || value <= kernel + lost))
		return;
	snprintf(a, sizeof(a), "%lld", (long long)value);
	snprintf(b, sizeof(b), "%llu", (unsigned long long)kernel);
	mismatch(c, same ? figure_name(n) : "USS or PSS, less than by map counts,", a, b);
}

static void equal_figures(const struct context *c, const struct figures *ours,
			  const struct figures *theirs)
{
	unsigned int n;
	uint64_t value;

	for (n = 0; n < __MEMCENSUS_F_MAX; n++) {
		if (!((theirs->known & ~c->passed_over) >> n & 1))
			continue;
		value = figure(ours, n);
		if (OF_OWNERS & BIT(n)) {
			equal_owners(c, n, ours, theirs);
			continue;
		}
		if (ROUNDED & BIT(n) && value != FIGURE_UNKNOWN) {
			c->equal->rounded++;
			value &= ~1023ULL;
		}
		equal_int(c, figure_name(n), value, theirs->value[n]);
	}
}

/* Figures that smaps does not have, computed from those it has. */
static void equal_derived(const struct context *c, const struct figures *ours,
			  const struct figures *theirs)
{
	const uint64_t *v = theirs->value, *o = ours->value;

	if (c->passed_over & OF_PAGES)
		return;
	equal_int(c, "parts of uss", figure(ours, MEMCENSUS_F_USS_ANON) +
		  figure(ours, MEMCENSUS_F_USS_FILE) + figure(ours, MEMCENSUS_F_USS_SHMEM) +
		  figure(ours, MEMCENSUS_F_USS_DEVICE),
		  figure(ours, MEMCENSUS_F_USS));
	equal_int(c, "uss and shared", figure(ours, MEMCENSUS_F_USS) +
		  figure(ours, MEMCENSUS_F_SHARED), figure(ours, MEMCENSUS_F_FRAMES));
	equal_int(c, "file", figure(ours, MEMCENSUS_F_FILE),
		  v[MEMCENSUS_F_RSS] - v[MEMCENSUS_F_ANON] -
		  figure(ours, MEMCENSUS_F_SHMEM) - figure(ours, MEMCENSUS_F_DEVICE));
	equal_int(c, "thp", figure(ours, MEMCENSUS_F_THP),
		  v[MEMCENSUS_F_ANON_THP] + v[MEMCENSUS_F_SHMEM_THP] +
		  v[MEMCENSUS_F_FILE_THP]);
	if (!c->equal->at_least)
		equal_int(c, "hugetlb", figure(ours, MEMCENSUS_F_HUGETLB),
			  v[MEMCENSUS_F_SHARED_HUGETLB] + v[MEMCENSUS_F_PRIVATE_HUGETLB]);

	/* Four sums and one, each rounded down to bytes: less than four bytes apart. */
	if (ours->known & BIT(MEMCENSUS_F_PSS_ANON))
		equal_int(c, "pss of all classes",
			  o[MEMCENSUS_F_PSS] - (o[MEMCENSUS_F_PSS_ANON] +
						o[MEMCENSUS_F_PSS_FILE] +
						o[MEMCENSUS_F_PSS_SHMEM] +
						o[MEMCENSUS_F_PSS_DEVICE]) < 4,
			  1);
}

#define GIB	(1024 * 1024 * 1024UL)

/* Has smaps looked for sharers of a 1 GiB page in the wrong place? See equal.h. */
static bool smaps_errs(const struct smaps_vma *theirs,
		       const struct census_vma *ours)
{
	return theirs->kernel_page_size == GIB &&
	       theirs->f.value[MEMCENSUS_F_SHARED_HUGETLB] !=
	       ours->f.value[MEMCENSUS_F_SHARED_HUGETLB];
}

/*
 * Has smaps left out all huge pages of a mapping with PROT_NONE, and nothing else? See
 * equal.h.
 */
static bool smaps_lacks(const struct smaps_vma *theirs, const struct census_vma *ours)
{
	const uint64_t *o = ours->f.value, *t = theirs->f.value;
	const uint64_t huge = o[MEMCENSUS_F_THP];

	return huge && !strncmp(theirs->mode, "---", 3) &&
	       !t[MEMCENSUS_F_ANON_THP] && !t[MEMCENSUS_F_SHMEM_THP] &&
	       !t[MEMCENSUS_F_FILE_THP] &&
	       o[MEMCENSUS_F_RSS] == t[MEMCENSUS_F_RSS] + huge;
}

/* Pages of shmem that a census looks at in any case, see equal.h. */
#define LOOKED_AT	512

/* May a census not know what this mapping has in swap, and does it not? */
static bool swap_is_unknown(const struct smaps_vma *theirs, const struct census_vma *ours)
{
	const bool copies = theirs->mode[1] == 'w' && theirs->mode[3] == 'p';

	return figure(&ours->f, MEMCENSUS_F_SWAP) == FIGURE_UNKNOWN && theirs->inode &&
	       (copies || (theirs->end - theirs->start) / PAGE > LOOKED_AT);
}

/* Can KSM have merged pages of this mapping? */
static bool is_mergeable(const struct smaps_vma *theirs)
{
	return theirs->flags && strstr(theirs->flags, "mg ");
}

/* The figures of a mapping, and so of its process, that smaps has wrong, or counts otherwise. */
static uint64_t passed_over(const struct smaps_vma *theirs, const struct census_vma *ours)
{
	return (smaps_errs(theirs, ours) ? HUGETLB_KINDS : 0) |
	       (smaps_lacks(theirs, ours) ? OF_PAGES : 0) |
	       (swap_is_unknown(theirs, ours) ? BIT(MEMCENSUS_F_SWAP) : 0) |
	       (is_mergeable(theirs) && theirs->f.value[MEMCENSUS_F_SWAP] ?
		BIT(MEMCENSUS_F_SWAP_PSS) : 0);
}

/* Were all owners counted? */
static bool has_all_owners(const struct census *census)
{
	return !census->scan[MEMCENSUS_SCAN_BUSY] && !census->scan[MEMCENSUS_SCAN_PARTIAL];
}

static void equal_vma(struct context *c, const struct census_vma *ours,
		      const struct census_task *task, bool all_owners)
{
	const struct smaps_vma *theirs = c->vma;
	bool file = theirs->inode || theirs->dev_major || theirs->dev_minor;

	c->equal->vmas++;
	equal_known(c, "pid", ours->known, MEMCENSUS_VMA_PID, ours->pid,
		    task->pid);
	equal_int(c, "start", ours->start, theirs->start);
	equal_int(c, "end", ours->end, theirs->end);
	equal_str(c, "mode", ours->mode, theirs->mode);
	equal_int(c, "offset", ours->offset, theirs->offset);
	equal_known(c, "inode", ours->known, MEMCENSUS_VMA_INODE, ours->inode,
		    file ? theirs->inode : FIGURE_UNKNOWN);
	equal_known(c, "major", ours->known, MEMCENSUS_VMA_DEV_MAJOR,
		    ours->dev_major, file ? theirs->dev_major : FIGURE_UNKNOWN);
	equal_known(c, "minor", ours->known, MEMCENSUS_VMA_DEV_MINOR,
		    ours->dev_minor, file ? theirs->dev_minor : FIGURE_UNKNOWN);
	if (user_mode_linux() && !strcmp(theirs->name, "[vdso]"))
		c->equal->vdsos++;
	else
		equal_str(c, "name", ours->name, theirs->name);
	equal_int(c, "KernelPageSize", ours->page_size,
		  theirs->kernel_page_size);
	equal_int(c, "MMUPageSize", ours->page_size, theirs->mmu_page_size);
	c->passed_over = passed_over(theirs, ours) |
			 (c->equal->at_least ? HUGETLB_KINDS : 0);
	if (c->owners != NOT_AT_ALL)
		c->owners = all_owners && !file && !is_mergeable(theirs) &&
			    !c->equal->at_least ? THE_SAME : AT_LEAST;
	c->equal->gigantic += smaps_errs(theirs, ours);
	c->equal->hidden += !!(c->passed_over & OF_PAGES);
	c->equal->unlooked += !!(c->passed_over & BIT(MEMCENSUS_F_SWAP));
	equal_figures(c, &ours->f, &theirs->f);
	equal_derived(c, &ours->f, &theirs->f);
	if (theirs->thp_eligible >= 0)
		c->equal->thp_eligible++;
}

/* The sums of the process: its mappings, also by name. */
static void equal_sums(const struct context *c, const struct census *census,
		       const struct census_task *task)
{
	uint64_t sum[__MEMCENSUS_F_MAX] = {}, heap = 0, stack = 0, known = ~0ULL;
	const struct census_vma *vma;
	unsigned int n;
	size_t i;

	for (vma = census->vmas; vma < census->vmas + census->n_vmas; vma++) {
		known &= vma->f.known;
		for (n = 0; n < __MEMCENSUS_F_MAX; n++)
			sum[n] += vma->f.value[n];
	}
	known &= ~(ROUNDED | TASK_ONLY | BIT(MEMCENSUS_F_FRAMES) | BIT(MEMCENSUS_F_HUGETLB_PSS) |
		   BIT(MEMCENSUS_F_PSS_DEVICE));
	for (n = 0; n < __MEMCENSUS_F_MAX; n++)
		if (known >> n & 1)
			equal_int(c, figure_name(n), figure(&task->f, n),
				  sum[n]);

	for (i = 0; i < c->smaps->n_vmas; i++) {
		const struct smaps_vma *theirs = &c->smaps->vmas[i];

		if (!strcmp(theirs->name, "[heap]"))
			heap += theirs->f.value[MEMCENSUS_F_RSS];
		if (!strcmp(theirs->name, "[stack]"))
			stack += theirs->f.value[MEMCENSUS_F_RSS];
	}
	equal_int(c, "heap", figure(&task->f, MEMCENSUS_F_HEAP), heap);
	equal_int(c, "stack", figure(&task->f, MEMCENSUS_F_STACK), stack);
}

static void equal_counters(struct context *c, const struct census_task *task)
{
	const struct smaps *smaps = c->smaps;

	equal_int(c, "rss of stat", figure(&task->f, MEMCENSUS_F_RSS_COUNTER),
		  smaps->stat_rss);
	if (smaps->status.value[MEMCENSUS_F_RSS_COUNTER] != smaps->stat_rss) {
		c->passed_over = BIT(MEMCENSUS_F_RSS_COUNTER) |
				 BIT(MEMCENSUS_F_RSS_PEAK);
		c->equal->summed++;
	}
	equal_figures(c, &task->f, &smaps->status);
	c->passed_over = 0;
}

static void equal_task(struct context *c, const struct census *census,
		       const struct census_task *task)
{
	const struct smaps *smaps = c->smaps;
	uint64_t tick = 1000000000 / sysconf(_SC_CLK_TCK);
	size_t i;

	c->owners = mapcounts_exact() ? AT_LEAST : NOT_AT_ALL;
	c->anon_same = has_all_owners(census) && !c->equal->at_least;
	c->once = figure(&task->f, MEMCENSUS_F_FRAMES) == figure(&task->f, MEMCENSUS_F_RSS);
	for (i = 0; i < census->n_vmas && i < smaps->n_vmas; i++) {
		c->passed_over |= passed_over(&smaps->vmas[i], &census->vmas[i]) |
				  (c->equal->at_least ? HUGETLB_KINDS : 0);
		c->anon_same &= !is_mergeable(&smaps->vmas[i]);
	}

	equal_int(c, "state", task->state, MEMCENSUS_STATE_WALKED);
	equal_figures(c, &task->f, &smaps->rollup);
	equal_derived(c, &task->f, &smaps->rollup);
	equal_counters(c, task);
	c->equal->no_line |= task->f.known & ~smaps->rollup.known &
			     ~smaps->status.known;
	equal_sums(c, census, task);
	if (task->pid != (uint32_t)smaps->pid)
		return;
	equal_known(c, "ppid", task->known, MEMCENSUS_TASK_PPID, task->ppid,
		    smaps->ppid);
	equal_known(c, "uid", task->known, MEMCENSUS_TASK_UID, task->uid,
		    smaps->uid);
	equal_known(c, "threads", task->known, MEMCENSUS_TASK_THREADS,
		    task->threads, smaps->threads);
	equal_known(c, "start", task->known, MEMCENSUS_TASK_START_NS,
		    task->start / tick, smaps->start_ticks);
	equal_known(c, "oom_score_adj", task->known,
		    MEMCENSUS_TASK_OOM_SCORE_ADJ, (int64_t)task->oom_score_adj,
		    (int64_t)smaps->oom_score_adj);
	equal_str(c, "comm", task->comm, smaps->comm);
}

static void equal_one(const struct census *census, const struct smaps *smaps,
		      struct equal *equal)
{
	struct context c = { .equal = equal, .smaps = smaps };
	const struct census_task *task = census->tasks;
	size_t i, n = smaps->n_vmas;

	equal->processes++;
	equal_int(&c, "records", census->n_tasks, 1);
	if (!task)
		return;
	equal_task(&c, census, task);
	if (n && !strcmp(smaps->vmas[n - 1].name, "[vsyscall]")) {
		equal->gates++;
		n--;
	}
	equal_int(&c, "mappings", census->n_vmas, n);
	equal_known(&c, "number of mappings", task->known, MEMCENSUS_TASK_MAPPINGS, task->mappings,
		    n);
	for (i = 0; i < n && i < census->n_vmas; i++) {
		c.vma = &smaps->vmas[i];
		equal_vma(&c, &census->vmas[i], task, has_all_owners(census));
	}
	snprintf(equal->other, sizeof(equal->other), "%s", smaps->other);
}

int equal_smaps(pid_t pid, struct equal *equal)
{
	struct timespec pause = { .tv_nsec = 5000000 };
	struct smaps before, after;
	struct census_error error;
	struct census census;
	int try, ret = 0;

	for (try = 0; try < TRIES; try++) {
		if (smaps_read(pid, &before)) {
			equal->gone++;
			return -ESRCH;
		}
		ret = census_take_pid(pid, &census, &error);
		if (smaps_read(pid, &after)) {
			smaps_free(&before);
			census_free(&census);
			equal->gone++;
			return -ESRCH;
		}
		if (ret) {
			diag("no census of %d: %s (%s)", pid, strerror(-ret),
			     error.text);
			equal->mismatches++;
			try = TRIES;
		} else if (smaps_same(&before, &after)) {
			equal_one(&census, &after, equal);
			try = TRIES + 1;
		}
		smaps_free(&before);
		smaps_free(&after);
		census_free(&census);
		nanosleep(&pause, NULL);
	}
	if (try == TRIES) {
		equal->unstable++;
		ret = -EAGAIN;
	}
	return ret;
}

void equal_report(const struct equal *equal)
{
	unsigned int n;

	diag("compared: %u processes, %u mappings, %lu fields, %lu mismatches",
	     equal->processes, equal->vmas, equal->fields, equal->mismatches);
	diag("of these fields %lu are shares, cut to KiB by smaps; the rest is compared in bytes",
	     equal->rounded);
	if (equal->bounds)
		diag("of USS and PSS, %lu may be more than by map counts, see equal.h",
		     equal->bounds);
	if (equal->unstable || equal->gone)
		diag("not compared: %u processes that changed, %u that ended or have no memory",
		     equal->unstable, equal->gone);
	if (equal->thp_eligible)
		diag("not compared: THPeligible of %lu mappings, no module can work it out",
		     equal->thp_eligible);
	if (equal->summed)
		diag("not compared: VmRSS and VmHWM of %u processes, stat has another sum",
		     equal->summed);
	if (equal->gigantic)
		diag("not compared: sharing of 1 GiB pages in %lu mappings, see equal.h",
		     equal->gigantic);
	if (equal->hidden)
		diag("not compared: pages in %lu mappings of PROT_NONE, smaps lacks the huge ones",
		     equal->hidden);
	if (equal->unlooked)
		diag("not compared: Swap of %lu mappings of shmem, the census does not look there",
		     equal->unlooked);
	if (equal->vdsos)
		diag("not compared: name of %lu mappings [vdso]", equal->vdsos);
	if (equal->gates)
		diag("not compared: [vsyscall] of %lu processes, in no address space",
		     equal->gates);
	for (n = 0; n < __MEMCENSUS_F_MAX; n++)
		if (equal->no_line >> n & 1 && figure_name(n)[0] != '[')
			diag("not compared: %s, smaps has no such line here",
			     figure_name(n));
	if (equal->other[0])
		diag("not in the census:%s", equal->other);
}
