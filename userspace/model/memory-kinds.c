// SPDX-License-Identifier: GPL-2.0
/* The kinds of memory that processes have. */
#include "model/memory-kinds.h"

#define MEMORY_ROW(id, name, header, fate_, source_, figure_, of_one_, help)		\
	[MEMORY_##id] = { .fate = MEMORY_##fate_, .source = MEMORY_##source_,		\
			  .figure = MEMCENSUS_F_##figure_, .of_one = of_one_ },

const struct memory_row memory_kinds[MEMORY_KINDS] = {
	MEMORY_KINDS_OF(MEMORY_ROW)
};
