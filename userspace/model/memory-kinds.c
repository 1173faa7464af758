// SPDX-License-Identifier: GPL-2.0
/* The kinds of memory that processes have. */
#include "model/memory-kinds.h"

#define MEMORY_ROW(id, name, header, fate_, source_, figure_, of_one_, help)		\
	[MEMORY_##id] = { .fate = MEMORY_##fate_, .source = MEMORY_##source_,		\
			  .figure = MEMCENSUS_F_##figure_, .of_one = of_one_ },

const struct memory_row memory_kinds[MEMORY_KINDS] = {
	MEMORY_KINDS_OF(MEMORY_ROW)
};

struct amount memory_of_kind(const struct figures *figures, enum memory_kind kind)
{
	struct amount amount = amount_figure(figures, memory_kinds[kind].figure);

	if (kind == MEMORY_DEVICE && KNOWN(figures, MEMCENSUS_F_USS_ZONE_DEVICE))
		amount.bytes -= (int64_t)figures->v[MEMCENSUS_F_USS_ZONE_DEVICE];
	return amount;
}
