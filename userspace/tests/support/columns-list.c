// SPDX-License-Identifier: GPL-2.0
/*
 * columns-list: prints what the reader decodes, a line for each attribute: the number of
 * the nest in a message, a name of figures or -, the number, the name, the type.
 */
#include <stdio.h>

#include "model/columns.h"
#include "wire/decode.h"

static const char *const wires[] = {
	[WIRE_NONE] = "none", [WIRE_U32] = "u32", [WIRE_S32] = "s32", [WIRE_U64] = "u64",
	[WIRE_STRING] = "string", [WIRE_U32S] = "u32[]", [WIRE_U64S] = "u64[]",
	[WIRE_FIGURES] = "nest",
};

static void put_set(unsigned int nest, const char *figures, const struct column_set *set)
{
	const struct column *column;
	unsigned int i;

	for (i = 0; i < set->n; i++) {
		column = &set->columns[i];
		if (column->name && column->wire != WIRE_NONE)
			printf("%u %s %u %s %s\n", nest, figures, i, column->name,
			       wires[column->wire]);
	}
}

int main(void)
{
	unsigned int nest;

	for (nest = 1; nest <= MEMCENSUS_A_MAX; nest++) {
		const struct row_type *type = decode_type_of(nest);

		if (!type)
			continue;
		put_set(nest, "-", &type->fields);
		/* OOM_ZONE and OOM_NODE are as ZONE and NODE. */
		if (nest != MEMCENSUS_A_PHYSICAL_ZONE && nest != MEMCENSUS_A_FRAME_CGROUP)
			put_set(nest, "figure", &type->figures);
	}
	put_set(MEMCENSUS_A_PHYSICAL_ZONE, "frame-class", &physical_zone_rows.figures);
	put_set(MEMCENSUS_A_FRAME_CGROUP, "frame-class", &frame_cgroup_rows.figures);
	put_set(MEMCENSUS_A_PHYSICAL_ZONE, "frame-state", &physical_state_rows.figures);
	return 0;
}
