/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Amounts of memory computed from others.  If one of them is unknown, so is
 * the result.
 */
#ifndef READER_AMOUNT_H
#define READER_AMOUNT_H

#include <string.h>

#include "model/columns.h"

/* An amount of memory; negative if more was subtracted than there was. */
struct amount {
	bool known;
	int64_t bytes;
};

static inline struct amount amount_of(bool known, uint64_t number)
{
	return (struct amount){ known, (int64_t)number };
}

/* A figure of the system, a task or a group, by its number. */
static inline struct amount amount_figure(const struct figures *figures,
					  unsigned int number)
{
	return amount_of(KNOWN(figures, number), figures->v[number]);
}

static inline struct amount amount_charge(const struct charges *charges, enum charge number)
{
	return amount_of(KNOWN(charges, number), charges->v[number]);
}

static inline struct amount amount_total(const struct snapshot *snap, unsigned int number)
{
	return amount_figure(&snap->totals.bytes, number);
}

/* The line @name of /proc/meminfo, which the module cannot give. */
static inline struct amount amount_meminfo(const struct snapshot *snap,
					   const char *name)
{
	size_t i;

	for (i = 0; i < snap->n_meminfo; i++)
		if (!strcmp(snap->meminfo[i].name, name))
			return amount_of(true, snap->meminfo[i].value);
	return amount_of(false, 0);
}

static inline struct amount amount_plus(struct amount a, struct amount b)
{
	return (struct amount){ a.known && b.known, a.bytes + b.bytes };
}

static inline struct amount amount_minus(struct amount a, struct amount b)
{
	return (struct amount){ a.known && b.known, a.bytes - b.bytes };
}

/* Swap that is in use. */
static inline struct amount amount_swap_used(const struct snapshot *snap)
{
	return amount_minus(amount_meminfo(snap, "SwapTotal"),
			    amount_total(snap, MEM_SWAP_FREE));
}

/* The sum of @figure over all tasks, without those that lack it; unknown of some PIDs alone. */
static inline struct amount amount_tasks(const struct snapshot *snap, unsigned int figure)
{
	struct amount sum = { false, 0 };
	size_t i;

	for (i = 0; !snap->named && i < snap->n_tasks; i++) {
		if (!KNOWN(&snap->tasks[i].figures, figure))
			continue;
		sum.known = true;
		sum.bytes += (int64_t)snap->tasks[i].figures.v[figure];
	}
	return sum;
}

/* @bytes, rounded up to pages of @page bytes; as they are if that is 0, or if it is too much. */
static inline uint64_t whole_pages(uint64_t bytes, uint64_t page)
{
	if (!page || bytes > UINT64_MAX - page)
		return bytes;
	return (bytes + page - 1) / page * page;
}

/* A column's value; false if it is unknown. */
static inline bool value_amount(struct value *value, struct amount amount)
{
	value->sign = amount.bytes;
	return amount.known;
}

#endif /* READER_AMOUNT_H */
