// SPDX-License-Identifier: GPL-2.0
/* Call sites that hold pages which have no class but kernel. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "tools/physical/sites.h"

/*
 * Files of the kernel whose pages have a class of their own.  Where a file allocates for several
 * classes, it has one of them: all are told by every kernel that has allocation profiling.
 */
static const struct {
	const char *file;
	unsigned int class;
} typed[] = {
	{ "mm/slub.c", MEMCENSUS_FC_SLAB },
	{ "mm/filemap.c", MEMCENSUS_FC_FILE },
	{ "mm/readahead.c", MEMCENSUS_FC_FILE },
	{ "fs/buffer.c", MEMCENSUS_FC_FILE },
	{ "mm/shmem.c", MEMCENSUS_FC_SHMEM },
	{ "mm/memory.c", MEMCENSUS_FC_ANON },
	{ "mm/huge_memory.c", MEMCENSUS_FC_ANON },
	{ "mm/khugepaged.c", MEMCENSUS_FC_ANON },
	{ "mm/ksm.c", MEMCENSUS_FC_ANON },
	{ "mm/mempolicy.c", MEMCENSUS_FC_ANON },
	{ "mm/migrate.c", MEMCENSUS_FC_ANON },
	{ "mm/swap_state.c", MEMCENSUS_FC_SWAP_CACHE },
	{ "mm/userfaultfd.c", MEMCENSUS_FC_ANON },
	{ "mm/hugetlb*.c", MEMCENSUS_FC_HUGETLB },
	{ "arch/*/mm/pgtable.c", MEMCENSUS_FC_PAGE_TABLES },
	{ "include/asm-generic/pgalloc.h", MEMCENSUS_FC_PAGE_TABLES },
	{ "mm/zsmalloc.c", MEMCENSUS_FC_ZSMALLOC },
	{ "net/core/page_pool.c", MEMCENSUS_FC_PAGE_POOL },
};

static bool is_typed(const struct call_site *site, uint64_t known)
{
	const char *file = site->file;
	size_t i;

	if (site->module)
		return false;
	if (!strncmp(file, "./", 2))
		file += 2;
	for (i = 0; i < ARRAY_SIZE(typed); i++)
		if (known >> typed[i].class & 1 && !fnmatch(typed[i].file, file, 0))
			return true;
	return false;
}

/* Objects of slab caches and per-CPU memory are mostly no whole pages. */
static bool is_whole_pages(const struct call_site *site, uint64_t page_size)
{
	return site->bytes > 0 && site->calls && !((uint64_t)site->bytes % page_size) &&
	       (uint64_t)site->bytes / site->calls >= page_size;
}

static int larger_first(const void *a, const void *b)
{
	const struct call_site *x = &((const struct fitting_site *)a)->of;
	const struct call_site *y = &((const struct fitting_site *)b)->of;

	return COMPARE(y->bytes, x->bytes) ?: strcmp(x->file, y->file) ?:
	       COMPARE(x->line, y->line);
}

void sites_begin(struct fitting_sites *sites, uint64_t known, uint64_t page_size)
{
	size_t i;

	*sites = (struct fitting_sites){ 0 };
	call_sites_read(&sites->all);
	for (i = 0; i < sites->all.n; i++) {
		const struct call_site *site = &sites->all.v[i];

		if (!is_whole_pages(site, page_size) || is_typed(site, known))
			continue;
		sites->v = array_grow(sites->v, sites->n, sizeof(*sites->v));
		sites->v[sites->n++] = (struct fitting_site){
			.of = *site,
			.each = (uint64_t)site->bytes / site->calls,
			.place = xasprintf("%s:%" PRIu64, site->file, site->line),
			.mark = site->inaccurate ? "inaccurate" : NULL,
			.accurate = !site->inaccurate,
		};
		sites->bytes += site->bytes;
	}
	if (sites->n)
		qsort(sites->v, sites->n, sizeof(*sites->v), larger_first);
}

void sites_end(struct fitting_sites *sites)
{
	while (sites->n)
		free(sites->v[--sites->n].place);
	free(sites->v);
	call_sites_free(&sites->all);
}

static const struct column site_columns[] = {
	MEMBER(fitting_site, "bytes", "Amount", of.bytes, BYTES, "allocated and not freed"),
	MEMBER(fitting_site, "calls", "Calls", of.calls, COUNT, "allocations"),
	MEMBER(fitting_site, "each", "Each", each, BYTES, "mean of an allocation"),
	MEMBER(fitting_site, "module", "Module", of.module, TEXT, "module"),
	MEMBER(fitting_site, "function", "Function", of.function, TEXT, "function"),
	MEMBER(fitting_site, "site", "Site", place, TEXT, "file and line"),
	MEMBER(fitting_site, "marks", "Marks", mark, TEXT, "what is wrong with it"),
	MEMBER(fitting_site, "file", NULL, of.file, TEXT, "file"),
	MEMBER(fitting_site, "line", NULL, of.line, COUNT, "line in it"),
	MEMBER(fitting_site, "accurate", NULL, accurate, BOOL, "no allocation was missed"),
};

const struct row_type site_rows = ROWS_OF("call site", site_columns);

static size_t shown(const struct fitting_sites *sites, const struct options *options)
{
	size_t most = options->all || options->json ? 0 : SITES_SHOWN;

	if (options->has_top)
		most = options->top;
	return most && most < sites->n ? most : sites->n;
}

/* What is below the first @n of the call sites. */
static const char *notes(struct report *report, const struct fitting_sites *sites, size_t n,
			 struct amount kernel)
{
	const char *more = "", *wrong = "", *off = "", *all = "";
	int64_t rest = sites->bytes;
	size_t i;

	for (i = 0; i < n; i++)
		rest -= sites->v[i].of.bytes;
	if (n < sites->n)
		more = report_text(report, "%zu more call sites, %s: --top N\n", sites->n - n,
				   report_amount(report, rest));
	if (sites->all.wrong)
		wrong = report_text(report,
				    "lines of /proc/allocinfo that were not understood: %zu\n",
				    sites->all.wrong);
	if (sites->all.profiling == PROFILING_OFF)
		off = "profiling is off, later allocations are missing: vm.mem_profiling\n";
	if (kernel.known)
		all = report_text(report,
				  "All of them: %s; class kernel: %s\n",
				  report_amount(report, sites->bytes),
				  report_amount(report, kernel.bytes));
	return report_text(report, "%s%s%s%s", more, wrong, off, all);
}

void sites_report(const struct fitting_sites *sites, struct amount kernel, struct report *report)
{
	const bool known = sites->all.profiling == PROFILING_ON ||
			   sites->all.profiling == PROFILING_OFF;
	const size_t n = shown(sites, report->options);

	REPORT(report,
	       { "allocation_profiling", SECTION_TEXT,
		 .text = profiling_words[sites->all.profiling],
		 .note = known ? NULL : report_text(report, "\nCall sites unknown: %s\n",
						    sites->all.why.text) });
	if (!known)
		return;
	REPORT(report,
	       { "call_sites", .type = &site_rows,
		 .title = "Call sites that hold whole pages, without those of other classes",
		 .columns = "bytes calls each module function site marks",
		 .members = "bytes calls module function file line accurate",
		 .rows = ROWS(sites->v, n),
		 .note = notes(report, sites, n, kernel) });
}
