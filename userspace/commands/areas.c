// SPDX-License-Identifier: GPL-2.0
/* The whole system by areas, as in smem -w. */
#include "commands/areas.h"
#include "model/amount.h"

/* Present memory that the kernel does not manage: it was reserved at boot. */
static struct amount kept_back(const struct snapshot *snap)
{
	struct amount present = { snap->n_zones > 0, 0 };
	size_t i;

	for (i = 0; i < snap->n_zones; i++) {
		present.known &= KNOWN(&snap->zones[i], MEMCENSUS_ZONE_PRESENT);
		present.bytes += (int64_t)snap->zones[i].present;
	}
	return amount_minus(present, amount_total(snap, MEMCENSUS_S_TOTAL));
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
	struct amount mapped = amount_total(snap, MEMCENSUS_S_MAPPED);
	struct amount user = amount_plus(amount_total(snap, MEMCENSUS_S_ANON), mapped);
	struct amount free = amount_total(snap, MEMCENSUS_S_FREE);
	struct amount used = amount_minus(amount_total(snap, MEMCENSUS_S_TOTAL), free);
	struct amount slab = amount_total(snap, MEMCENSUS_S_SLAB_RECLAIMABLE);
	struct amount buffers = amount_plus(amount_total(snap, MEMCENSUS_S_BUFFERS), slab);
	struct amount cached = amount_total(snap, MEMCENSUS_S_CACHED);
	struct amount cache = amount_plus(buffers, amount_minus(cached, mapped));
	struct table *table = table_new(command_look(options), out);

	table_columns(table, "Area >Used >Cache >Noncache");
	put_area(table, "kept back at boot", kept_back(snap), none, &units);
	put_area(table, "kernel dynamic memory", amount_minus(used, user), cache, &units);
	put_area(table, "userspace memory", user, mapped, &units);
	put_area(table, "free memory", free, free, &units);
	table_finish(table);
}
