// SPDX-License-Identifier: GPL-2.0
/* The columns of address spaces put together. */
#include "model/columns-data.h"
#include "model/columns.h"

#define GROUP(num, member, w, k)					\
	.kind = KIND_##k, .wire = WIRE_##w, .number = MEMCENSUS_GROUP_##num, \
	.offset = offsetof(struct group, member)

static const struct column group_fields[] = {
	[MEMCENSUS_GROUP_UID] = {
		"uid", "UID", "effective user ID, where they are by user",
		GROUP(UID, uid, U32, ID) },
	[MEMCENSUS_GROUP_CGROUP] = {
		"cgroup", "Cgroup", "cgroup ID, where they are by cgroup",
		GROUP(CGROUP, cgroup, U64, ID) },
	[MEMCENSUS_GROUP_COMM] = {
		"comm", "Command", "command name, where they are by command",
		GROUP(COMM, comm, STRING, TEXT) },
	[MEMCENSUS_GROUP_MMS] = {
		"mms", "MMs", "how many address spaces",
		GROUP(MMS, mms, U32, COUNT), .total = TOTAL_SUM },
	[MEMCENSUS_GROUP_FIGURES] = {
		"figures", "", "", GROUP(FIGURES, figures, FIGURES, NEST) },
};
_Static_assert(ARRAY_SIZE(group_fields) == MEMCENSUS_GROUP_MAX + 1,
	       "an attribute of a group has no column");

static bool derive_user(const struct view *view, const void *record,
			struct value *value)
{
	const struct group *group = record;

	if (!KNOWN(group, MEMCENSUS_GROUP_UID))
		return false;
	value->text = name_of_user(view, group->uid);
	return value->text;
}

static bool derive_cgroup_path(const struct view *view, const void *record,
			       struct value *value)
{
	const struct group *group = record;

	if (!KNOWN(group, MEMCENSUS_GROUP_CGROUP))
		return false;
	value->text = name_of_cgroup(view, group->cgroup);
	return value->text;
}

static const struct column group_derived[] = {
	{ "user", "User", "name of the user, where they are by user",
	  .kind = KIND_TEXT, .derive = derive_user },
	{ "cgroup_path", "CgroupPath", "the cgroup, where they are by cgroup",
	  .kind = KIND_TEXT, .derive = derive_cgroup_path },
	PERCENT_COLUMN,
};

const struct record_type group_record = {
	.name = "group",
	.fields = { group_fields, ARRAY_SIZE(group_fields) },
	.figures = { figure_columns, FIGURE_COLUMNS },
	.derived = { group_derived, ARRAY_SIZE(group_derived) },
};
