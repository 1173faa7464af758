// SPDX-License-Identifier: GPL-2.0
/* Call sites that hold pages which have no class but kernel. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands/physical-sites.h"
#include "lib/memory.h"
#include "model/listing.h"

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
	const struct call_site *x = *(const struct call_site *const *)a;
	const struct call_site *y = *(const struct call_site *const *)b;
	int ret;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	ret = strcmp(x->file, y->file);
	return ret ? ret : (x->line > y->line) - (x->line < y->line);
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
		sites->v[sites->n++] = site;
		sites->bytes += site->bytes;
	}
	if (sites->n)
		qsort(sites->v, sites->n, sizeof(*sites->v), larger_first);
}

void sites_end(struct fitting_sites *sites)
{
	free(sites->v);
	call_sites_free(&sites->all);
}

static bool is_known(const struct fitting_sites *sites)
{
	return sites->all.profiling == PROFILING_ON || sites->all.profiling == PROFILING_OFF;
}

static size_t shown(const struct fitting_sites *sites, const struct options *options)
{
	size_t most = options->all ? 0 : SITES_SHOWN;

	if (options->has_top)
		most = options->top;
	return most && most < sites->n ? most : sites->n;
}

static void show_table(const struct fitting_sites *sites, const struct options *options,
		       const struct units *units, FILE *out)
{
	struct table *table = table_new(command_look(options), out);
	size_t i, n = shown(sites, options);

	table_columns(table, ">Amount >Calls >Each Module Function Site Marks");
	for (i = 0; i < n; i++) {
		const struct call_site *site = sites->v[i];

		table_row(table);
		cell_bytes(table, site->bytes, units);
		table_cellf(table, "%" PRIu64, site->calls);
		cell_bytes(table, site->bytes / (int64_t)site->calls, units);
		table_cell(table, site->module);
		table_cell(table, site->function);
		table_cellf(table, "%s:%" PRIu64, site->file, site->line);
		table_cell(table, site->inaccurate ? "inaccurate" : NULL);
	}
	table_finish(table);
}

static void show_notes(const struct fitting_sites *sites, const struct options *options,
		       struct amount kernel, FILE *out)
{
	size_t i, n = shown(sites, options);
	int64_t rest = sites->bytes;

	for (i = 0; i < n; i++)
		rest -= sites->v[i]->bytes;
	if (n < sites->n)
		fprintf(out, "%zu more call sites, %" PRId64 " KiB: --top N\n", sites->n - n,
			rest >> 10);
	if (sites->all.wrong)
		fprintf(out, "lines of /proc/allocinfo that were not understood: %zu\n",
			sites->all.wrong);
	if (sites->all.profiling == PROFILING_OFF)
		fputs("profiling is off, later allocations are missing: vm.mem_profiling\n", out);
	if (kernel.known)
		fprintf(out, "All of them: %" PRId64 " KiB; class kernel: %" PRId64 " KiB\n",
			sites->bytes >> 10, kernel.bytes >> 10);
}

void sites_show(const struct fitting_sites *sites, const struct view *view,
		const struct options *options, struct amount kernel, FILE *out)
{
	const struct units units = command_units(view, options);

	if (!is_known(sites)) {
		if (!options->raw)
			fprintf(out, "\nCall sites unknown: %s\n", sites->all.why.text);
		return;
	}
	command_title(options, out,
		      "Call sites that hold whole pages, without those of other classes");
	show_table(sites, options, &units, out);
	if (!options->raw)
		show_notes(sites, options, kernel, out);
}

void sites_json(struct json *json, const struct fitting_sites *sites,
		const struct options *options)
{
	size_t i, n = options->has_top ? shown(sites, options) : sites->n;

	json_put_string(json, "allocation_profiling", profiling_words[sites->all.profiling]);
	if (!is_known(sites))
		return;
	json_open(json, "call_sites", '[');
	for (i = 0; i < n; i++) {
		const struct call_site *site = sites->v[i];

		json_open(json, NULL, '{');
		json_put_unsigned(json, "bytes", (uint64_t)site->bytes);
		json_put_unsigned(json, "calls", site->calls);
		json_put_string(json, "module", site->module);
		json_put_string(json, "function", site->function);
		json_put_string(json, "file", site->file);
		json_put_unsigned(json, "line", site->line);
		json_put_bool(json, "accurate", !site->inaccurate);
		json_close(json, '}');
	}
	json_close(json, ']');
}
