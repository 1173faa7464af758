// SPDX-License-Identifier: GPL-2.0
/* The columns of what processes, or groups, have in common. */
#include <inttypes.h>
#include <stdio.h>

#include "model/cgroup-columns.h"
#include "model/columns.h"
#include "model/share.h"

/* Of @kinds, memory that a RSS has; false if a part is unknown. */
static bool memory_of(const struct figures *kinds, struct value *value)
{
	value->number = kinds->v[MEMCENSUS_K_ANON] + kinds->v[MEMCENSUS_K_FILE] +
			kinds->v[MEMCENSUS_K_SHMEM] +
			(KNOWN(kinds, MEMCENSUS_K_DEVICE) ? kinds->v[MEMCENSUS_K_DEVICE] : 0);
	return KNOWN(kinds, MEMCENSUS_K_ANON) && KNOWN(kinds, MEMCENSUS_K_FILE) &&
	       KNOWN(kinds, MEMCENSUS_K_SHMEM);
}

/* The key of group @id as text; false if it has none. */
static bool group_name(const struct view *view, uint64_t id, struct value *value)
{
	const struct group *group = group_of(view->snap, id);

	value->text = NULL;
	if (group && KNOWN(group, MEMCENSUS_GROUP_UID))
		value->text = name_of_user(view, group->uid);
	else if (group && KNOWN(group, MEMCENSUS_GROUP_CGROUP))
		value->text = name_of_cgroup(view, group->cgroup);
	else if (group && KNOWN(group, MEMCENSUS_GROUP_COMM))
		value->text = group->comm;
	else if (group && KNOWN(group, MEMCENSUS_GROUP_SESSION))
		value->text = group->path;
	return value->text;
}

/* The same, and what a cgroup is called. */
static bool group_called(const struct view *view, uint64_t id, struct value *value)
{
	const struct group *group = group_of(view->snap, id);

	if (!group || !KNOWN(group, MEMCENSUS_GROUP_CGROUP))
		return group_name(view, id, value);
	value->text = view_called(view, true, group->cgroup);
	return value->text;
}

static bool task_name(const struct view *view, uint64_t pid, struct value *value)
{
	const struct task *task = task_of(view->snap, pid);

	value->text = task && KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : NULL;
	return value->text;
}

/* The part of @frames of @figures that @kinds is, in percent. */
static bool part_of(const struct figures *figures, const struct figures *kinds,
		    struct value *value)
{
	struct value memory;

	if (!figures || !memory_of(kinds, &memory) || !KNOWN(figures, MEMCENSUS_F_FRAMES) ||
	    !figures->v[MEMCENSUS_F_FRAMES])
		return false;
	value->ratio = 100.0 * memory.number / figures->v[MEMCENSUS_F_FRAMES];
	return true;
}

static const struct figures *figures_of(const struct view *view, bool of_task, bool of_group,
					uint64_t pid, uint64_t id)
{
	const struct task *task = of_task ? task_of(view->snap, pid) : NULL;
	const struct group *group = of_group ? group_of(view->snap, id) : NULL;

	return task ? &task->figures : group ? &group->figures : NULL;
}

/* Without a total, unless it is given: a page counts in the row of each that maps it. */
#define BYTES(of, name_, header_, help_, ...)				\
	{ #name_, header_, help_, .kind = KIND_BYTES,				\
	  .in_json = true, .derive = of##_##name_, __VA_ARGS__ }
/* Memory by kind, of the member @kinds of a struct @of. */
#define KIND(of, kinds, num, name_, header_, help_)				\
	{ name_, header_, help_, .kind = KIND_BYTES,				\
	  .in_json = true, .number = MEMCENSUS_K_##num,				\
	  .known = offsetof(struct of, kinds.known),				\
	  .offset = offsetof(struct of, kinds.v[MEMCENSUS_K_##num]) }
#define KIND_COLUMNS(of, kinds)							\
	KIND(of, kinds, ANON, "anon", "Anon", "anonymous memory, also what KSM merged"), \
	KIND(of, kinds, FILE, "file", "File", "page cache of files"),		\
	KIND(of, kinds, SHMEM, "shmem", "Shmem", "shared memory: shmem, tmpfs, memfd"), \
	KIND(of, kinds, SWAP, "swap", "Swap", "swap slots"),			\
	KIND(of, kinds, HUGETLB, "hugetlb", "Hugetlb", "huge pages of hugetlb"),	\
	KIND(of, kinds, DEVICE, "device", "Device", "memory of drivers")
#define NAME(name_, header_, help_, get)					\
	{ name_, header_, help_, .kind = KIND_TEXT, .in_json = true, .derive = get }
#define PERCENT(name_, header_, help_, get)					\
	{ name_, header_, help_, .kind = KIND_PERCENT, .in_json = true, .derive = get }

#define OWNERS(num, ...)	ATTRIBUTE(owners, MEMCENSUS_OWNERS_##num, __VA_ARGS__)

static const struct column owners_fields[] = {
	OWNERS(PID, "PID", pid, U32, ID, "process"),
	OWNERS(GROUP, "Group", group, U32, ID, "number of the group in this census"),
	OWNERS(FEWEST, "Fewest", fewest, U32, COUNT, "smallest number of owners"),
	OWNERS(MOST, "Most", most, U32, COUNT, "largest number of owners; -: any"),
	OWNERS(BYTES, "", bytes, FIGURES, NEST, ""),
};

DERIVED(owners_comm, owners, text, value->text,
	KNOWN(row, MEMCENSUS_OWNERS_PID) && task_name(view, row->pid, value))
DERIVED(owners_group, owners, text, value->text,
	KNOWN(row, MEMCENSUS_OWNERS_GROUP) && group_name(view, row->group, value))

COMPUTED(owners_memory, owners, memory_of(&row->bytes, value))

/* 1, 2, 3-9, 10+ */
static bool owners_number(const struct column *column, const struct view *view,
			  const void *untyped, struct value *value)
{
	static char text[48];
	const struct owners *row = untyped;

	(void)column;
	(void)view;
	if (!KNOWN(row, MEMCENSUS_OWNERS_FEWEST))
		return false;
	if (!KNOWN(row, MEMCENSUS_OWNERS_MOST))
		snprintf(text, sizeof(text), "%" PRIu64 "+", row->fewest);
	else if (row->most == row->fewest)
		snprintf(text, sizeof(text), "%" PRIu64, row->fewest);
	else
		snprintf(text, sizeof(text), "%" PRIu64 "-%" PRIu64, row->fewest, row->most);
	value->text = text;
	return true;
}

COMPUTED(owners_part, owners,
	 part_of(figures_of(view, KNOWN(row, MEMCENSUS_OWNERS_PID),
			    KNOWN(row, MEMCENSUS_OWNERS_GROUP), row->pid, row->group),
		 &row->bytes, value))

static const struct column owners_derived[] = {
	NAME("comm", "Command", "command name of the process", owners_comm),
	NAME("group_name", "GroupName", "user, cgroup or command of the group", owners_group),
	{ "owners", "Owners", "number of owners: 1, 2, 3-9, 10+", .kind = KIND_TEXT,
	  .in_json = true, .derive = owners_number },
	BYTES(owners, memory, "Memory", "anonymous, file and shared memory together"),
	PERCENT("%own", "%Own", "memory in percent of its frames", owners_part),
	KIND_COLUMNS(owners, bytes),
};

#define PAIR(num, ...)	ATTRIBUTE(pair, MEMCENSUS_PAIR_##num, __VA_ARGS__)

static const struct column pair_fields[] = {
	PAIR(PID, "PID", pid, U32, ID, "process"),
	NAMED(pair, MEMCENSUS_PAIR_PEER_PID, "peer_pid", "Peer", peer_pid, U32, ID,
	      "process that it shares with"),
	PAIR(GROUP, "Group", group, U32, ID, "number of a group in this census"),
	PAIR(PEER_GROUP, "PeerGroup", peer_group, U32, ID,
	     "number of the group that it shares with"),
	PAIR(LEFT_OUT, "Others", left_out, U32, COUNT,
	     "number of pairs that are left out, in a row that has their sum"),
	PAIR(COMMON, "", common, FIGURES, NEST, ""),
	PAIR(ALONE, "", alone, FIGURES, NEST, ""),
};

DERIVED(pair_comm, pair, text, value->text,
	KNOWN(row, MEMCENSUS_PAIR_PID) && task_name(view, row->pid, value))
DERIVED(pair_group, pair, text, value->text,
	KNOWN(row, MEMCENSUS_PAIR_GROUP) && group_name(view, row->group, value))
DERIVED(pair_called, pair, text, value->text,
	KNOWN(row, MEMCENSUS_PAIR_GROUP) && group_called(view, row->group, value))

/* Of a row of those left out, how many they are. */
static bool others(const struct pair *row, struct value *value)
{
	static char text[48];

	if (KNOWN(row, MEMCENSUS_PAIR_LEFT_OUT))
		snprintf(text, sizeof(text), "(%" PRIu64 " others)", row->left_out);
	else
		snprintf(text, sizeof(text), "(all others)");
	value->text = text;
	return true;
}

COMPUTED(pair_peer_comm, pair, KNOWN(row, MEMCENSUS_PAIR_PEER_PID) ?
	 task_name(view, row->peer_pid, value) :
	 !KNOWN(row, MEMCENSUS_PAIR_PEER_GROUP) && others(row, value))
COMPUTED(pair_peer_group, pair, KNOWN(row, MEMCENSUS_PAIR_PEER_GROUP) ?
	 group_name(view, row->peer_group, value) :
	 !KNOWN(row, MEMCENSUS_PAIR_PEER_PID) && others(row, value))
COMPUTED(pair_peer_called, pair, KNOWN(row, MEMCENSUS_PAIR_PEER_GROUP) ?
	 group_called(view, row->peer_group, value) :
	 !KNOWN(row, MEMCENSUS_PAIR_PEER_PID) && others(row, value))
COMPUTED(pair_memory, pair, memory_of(&row->common, value))
COMPUTED(pair_alone, pair, memory_of(&row->alone, value))
/* A page counts once for each pair that is left out: the sum is no part. */
COMPUTED(pair_part, pair,
	 (KNOWN(row, MEMCENSUS_PAIR_PEER_PID) || KNOWN(row, MEMCENSUS_PAIR_PEER_GROUP)) &&
	 part_of(figures_of(view, KNOWN(row, MEMCENSUS_PAIR_PID),
			    KNOWN(row, MEMCENSUS_PAIR_GROUP), row->pid, row->group),
		 &row->common, value))
COMPUTED(pair_part_of_peer, pair,
	 part_of(figures_of(view, KNOWN(row, MEMCENSUS_PAIR_PEER_PID),
			    KNOWN(row, MEMCENSUS_PAIR_PEER_GROUP), row->peer_pid,
			    row->peer_group), &row->common, value))

static const struct column pair_derived[] = {
	NAME("comm", "Command", "command name of the process", pair_comm),
	NAME("peer_comm", "PeerCommand", "command name of the peer, or how many others",
	     pair_peer_comm),
	NAME("group_name", "GroupName", "user, cgroup or command of the group", pair_group),
	NAME("peer_name", "PeerName", "user, cgroup or command of the peer, or how many others",
	     pair_peer_group),
	NAME("name", "Name", "the same of the group; of a cgroup: unit, container or pod",
	     pair_called),
	NAME("peer", "Peer", "the same of the peer, or how many others", pair_peer_called),
	BYTES(pair, memory, "Common", "anonymous, file and shared memory that both have"),
	BYTES(pair, alone, "Alone",
	      "pages that no other maps: exclusive to one if the other ends"),
	PERCENT("%own", "%Own", "it in percent of the frames of the process or group", pair_part),
	PERCENT("%peer", "%Peer", "it in percent of the frames of the peer", pair_part_of_peer),
	KIND_COLUMNS(pair, common),
};

#define PAYER(num, ...)	ATTRIBUTE(payer, MEMCENSUS_PAYER_##num, __VA_ARGS__)

static const struct column payer_fields[] = {
	PAYER(CGROUP, "Cgroup", cgroup, U64, ID, "ID of the cgroup"),
	PAYER(GROUP, "Group", group, U32, ID, "number of the group of its own processes"),
	PAYER(CHARGED, "Charged", charged, U64, BYTES, "mapped memory that it is charged for",
	      .total = TOTAL_SUM),
	PAYER(OWN, "Own", own, U64, BYTES, "charged memory that its own processes map",
	      .total = TOTAL_SUM,
	      .metric_help = "what it is charged for and its own processes map"),
	PAYER(DEV_MAJOR, "Major", dev_major, U32, ID, "device of the file, if it is of one"),
	PAYER(DEV_MINOR, "Minor", dev_minor, U32, ID, "device of the file"),
	PAYER(INODE, "Inode", inode, U64, ID, "inode of the file"),
};

DERIVED(payer_name, payer, text,
	KNOWN(row, MEMCENSUS_PAYER_CGROUP) ? name_of_cgroup(view, row->cgroup) : "(no cgroup)",
	value->text)

/* Figure @number of its own processes together; a cgroup without processes maps nothing. */
static bool payer_figure(const struct view *view, const struct payer *row, unsigned int number,
			 struct value *value)
{
	const struct group *group;

	value->number = 0;
	if (!KNOWN(row, MEMCENSUS_PAYER_CGROUP) || KNOWN(row, MEMCENSUS_PAYER_INODE))
		return false;
	if (!KNOWN(row, MEMCENSUS_PAYER_GROUP))
		return true;
	group = group_of(view->snap, row->group);
	if (!group || !KNOWN(&group->figures, number))
		return false;
	value->number = group->figures.v[number];
	return true;
}

COMPUTED(payer_frames, payer, payer_figure(view, row, MEMCENSUS_F_FRAMES, value))
COMPUTED(payer_exclusive, payer, payer_figure(view, row, MEMCENSUS_F_USS, value))

COMPUTED(payer_by_others, payer,
	 payer_figure(view, row, MEMCENSUS_F_FRAMES, value) && KNOWN(row, MEMCENSUS_PAYER_OWN) &&
	 !__builtin_sub_overflow(value->number, row->own, &value->number))

DERIVED(payer_for_others, payer, number, row->charged - row->own,
	KNOWN(row, MEMCENSUS_PAYER_CHARGED) && KNOWN(row, MEMCENSUS_PAYER_OWN) &&
	row->own <= row->charged)
DERIVED(payer_called, payer, text,
	KNOWN(row, MEMCENSUS_PAYER_CGROUP) ? view_called(view, true, row->cgroup) : "(no cgroup)",
	value->text)
DERIVED(payer_file, payer, text, row->file, row->file)

static const struct column payer_derived[] = {
	NAME("cgroup_path", "CgroupPath", "path of the cgroup", payer_name),
	NAME("cgroup_name", "CgroupName", "name of the cgroup: unit, container or pod",
	     payer_called),
	BYTES(payer, frames, "Mapped", "what its own processes map, each page once"),
	BYTES(payer, exclusive, "Exclusive", "mapped memory that no other cgroup maps",
	      .total = TOTAL_SUM, .metric_help = "what it maps and no other cgroup does"),
	BYTES(payer, for_others, "ForOthers", "what it is charged for and only others map",
	      .total = TOTAL_SUM),
	BYTES(payer, by_others, "ByOthers", "what it maps and others are charged for"),
	NAME("file", "File", "name of the file, as one of its mappings has it", payer_file),
};

const struct row_type owners_rows = {
	.name = "number of owners",
	.fields = COLUMNS_TO(MEMCENSUS_OWNERS_MAX, owners_fields),
	.derived = COLUMNS(owners_derived),
	IN_SNAPSHOT(owners, n_owners),
};

const struct row_type pair_rows = {
	.name = "pair that shares",
	.fields = COLUMNS_TO(MEMCENSUS_PAIR_MAX, pair_fields),
	.derived = COLUMNS(pair_derived),
	IN_SNAPSHOT(pairs, n_pairs),
};

const struct row_type payer_rows = {
	.name = "cgroup that is charged",
	.fields = COLUMNS_TO(MEMCENSUS_PAYER_MAX, payer_fields),
	.derived = COLUMNS(payer_derived),
	IN_SNAPSHOT(payers, n_payers),
};
