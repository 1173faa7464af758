// SPDX-License-Identifier: GPL-2.0
/* The whole system by areas, as in smem -w. */
#include "commands/optional.h"
#include "model/amount.h"

static struct amount figure(const struct snapshot *snap, unsigned int number)
{
	return amount_figure(&snap->totals.bytes, number);
}

/* Present memory that the kernel does not manage: it was reserved at boot. */
static struct amount kept_back(const struct snapshot *snap)
{
	struct amount present = { snap->n_zones > 0, 0 };
	size_t i;

	for (i = 0; i < snap->n_zones; i++) {
		present.known &= KNOWN(&snap->zones[i], MEMCENSUS_ZONE_PRESENT);
		present.bytes += (int64_t)snap->zones[i].present;
	}
	return amount_minus(present, figure(snap, MEMCENSUS_S_TOTAL));
}

static void put_area(struct table *table, const char *name, struct amount used,
		     struct amount cache, const struct units *units)
{
	table_row(table);
	table_cell(table, name);
	cell_amount(table, used, units);
	cell_amount(table, cache, units);
	cell_amount(table, amount_minus(used, cache), units);
}

void areas_show(const struct view *view, const struct options *options, FILE *out)
{
	const struct units units = command_units(view, options);
	const struct snapshot *snap = view->snap;
	const struct amount none = { true, 0 };
	struct amount mapped = figure(snap, MEMCENSUS_S_MAPPED);
	struct amount user = amount_plus(figure(snap, MEMCENSUS_S_ANON), mapped);
	struct amount free = figure(snap, MEMCENSUS_S_FREE);
	struct amount kernel = amount_minus(amount_minus(figure(snap, MEMCENSUS_S_TOTAL), free),
					    user);
	struct amount cache = amount_plus(amount_plus(figure(snap, MEMCENSUS_S_BUFFERS),
						      figure(snap, MEMCENSUS_S_SLAB_RECLAIMABLE)),
					  amount_minus(figure(snap, MEMCENSUS_S_CACHED), mapped));
	struct table *table = table_new(command_look(options));

	table_column(table, "Area", false);
	table_column(table, "Used", true);
	table_column(table, "Cache", true);
	table_column(table, "Noncache", true);
	put_area(table, "kept back at boot", kept_back(snap), none, &units);
	put_area(table, "kernel dynamic memory", kernel, cache, &units);
	put_area(table, "userspace memory", user, mapped, &units);
	put_area(table, "free memory", free, free, &units);
	table_finish(table, out);
}
