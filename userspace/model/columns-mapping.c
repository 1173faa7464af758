// SPDX-License-Identifier: GPL-2.0
/* The columns of mappings put together by name. */
#include "model/columns-data.h"
#include "model/columns.h"

#define MAPPING(num, member, w, k)					\
	.kind = KIND_##k, .wire = WIRE_##w, .number = MAPPING_##num,	\
	.offset = offsetof(struct mapping, member)

static const struct column mapping_fields[] = {
	{ "mapping", "Mapping", "name, or [ anon ] where it has none",
	  MAPPING(NAME, name, STRING, TEXT) },
	{ "mms", "PIDs", "in how many processes, those of one address space as one",
	  MAPPING(MMS, mms, U64, COUNT) },
	{ "vmas", "Maps", "how many mappings they are",
	  MAPPING(VMAS, vmas, U64, COUNT), .total = TOTAL_SUM },
};

static bool derive_average(const struct view *view, const void *record,
			   struct value *value)
{
	const struct mapping *mapping = record;

	(void)view;
	if (!KNOWN(&mapping->figures, MEMCENSUS_F_PSS) || !mapping->mms)
		return false;
	value->number = mapping->figures.v[MEMCENSUS_F_PSS] / mapping->mms;
	return true;
}

static const struct column mapping_derived[] = {
	{ "avg_pss", "AvgPSS", "PSS of each process on average",
	  .kind = KIND_BYTES, .derive = derive_average },
	PERCENT_COLUMN,
};

const struct record_type mapping_record = {
	.name = "mapping by name",
	.fields = { mapping_fields, ARRAY_SIZE(mapping_fields) },
	.figures = { figure_columns, FIGURE_COLUMNS },
	.derived = { mapping_derived, ARRAY_SIZE(mapping_derived) },
};
