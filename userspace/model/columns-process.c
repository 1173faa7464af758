// SPDX-License-Identifier: GPL-2.0
/* The columns of address spaces, of groups of them, and of their mappings. */
#include "model/columns-data.h"
#include "model/columns.h"
#include "model/mappings.h"

static const char *const states[] = {
	[MEMCENSUS_STATE_WALKED] = "walked",
	[MEMCENSUS_STATE_BUSY] = "busy",
	[MEMCENSUS_STATE_VANISHED] = "vanished",
	[MEMCENSUS_STATE_PARTIAL] = "partial",
};
_Static_assert(ARRAY_SIZE(states) == MEMCENSUS_STATE_MAX + 1, "a state has no word");

const char *const basis_words[] = {
	[MEMCENSUS_BASIS_MAPCOUNT] = "mapcount",
	[MEMCENSUS_BASIS_FRAMES] = "frames",
};
_Static_assert(ARRAY_SIZE(basis_words) == MEMCENSUS_BASIS_MAX + 1,
	       "a basis has no word");

#define TASK(num, member, w, k)						\
	.kind = KIND_##k, .wire = WIRE_##w, .number = MEMCENSUS_TASK_##num, \
	.offset = offsetof(struct task, member)

static const struct column task_fields[] = {
	[MEMCENSUS_TASK_PID] = {
		"pid", "PID", "first process started in the address space",
		TASK(PID, pid, U32, ID), .total = TOTAL_ROWS },
	[MEMCENSUS_TASK_NR_TWINS] = {
		"nr_twins", "NrTwins", "how many other processes are in it (CLONE_VM, vfork)",
		TASK(NR_TWINS, nr_twins, U32, COUNT), .total = TOTAL_SUM },
	[MEMCENSUS_TASK_TWINS] = {
		"twins", "Twins", "PIDs of these, the first of them where they are many",
		TASK(TWINS, twins, U32S, LIST), .optional = true },
	[MEMCENSUS_TASK_PPID] = {
		"ppid", "PPID", "parent; 0: none, or outside of this PID namespace",
		TASK(PPID, ppid, U32, ID) },
	[MEMCENSUS_TASK_COMM] = {
		"comm", "Command", "command name",
		TASK(COMM, comm, STRING, TEXT) },
	[MEMCENSUS_TASK_UID] = {
		"uid", "UID", "effective user ID",
		TASK(UID, uid, U32, ID), .total = TOTAL_DISTINCT },
	[MEMCENSUS_TASK_CGROUP] = {
		"cgroup", "Cgroup", "cgroup ID in the default hierarchy",
		TASK(CGROUP, cgroup, U64, ID) },
	[MEMCENSUS_TASK_START] = {
		"start", "Start", "when it was started",
		TASK(START, start, U64, SINCE_BOOT) },
	[MEMCENSUS_TASK_THREADS] = {
		"threads", "Threads", "threads",
		TASK(THREADS, threads, U32, COUNT), .total = TOTAL_SUM },
	[MEMCENSUS_TASK_STATE] = {
		"state", "State", "how far the walk came: walked, busy, vanished, partial",
		TASK(STATE, state, U8, WORD),
		.words = states, .n_words = ARRAY_SIZE(states) },
	[MEMCENSUS_TASK_BASIS] = {
		"basis", "Basis", "how owners were counted: mapcount, frames",
		TASK(BASIS, basis, U8, WORD),
		.words = basis_words, .n_words = ARRAY_SIZE(basis_words) },
	[MEMCENSUS_TASK_MIN_FAULTS] = {
		"min_faults", "MinFlt", "page faults without I/O since its start",
		TASK(MIN_FAULTS, min_faults, U64, COUNT), .total = TOTAL_SUM },
	[MEMCENSUS_TASK_MAJ_FAULTS] = {
		"maj_faults", "MajFlt", "page faults with I/O since its start",
		TASK(MAJ_FAULTS, maj_faults, U64, COUNT), .total = TOTAL_SUM },
	[MEMCENSUS_TASK_OOM_SCORE_ADJ] = {
		"oom_score_adj", "OOMadj", "leaning of the OOM killer, -1000 to 1000",
		TASK(OOM_SCORE_ADJ, oom_score_adj, S32, ID), .sign = true },
	[MEMCENSUS_TASK_FIGURES] = {
		"figures", "", "", TASK(FIGURES, figures, FIGURES, NEST) },
};
_Static_assert(ARRAY_SIZE(task_fields) == MEMCENSUS_TASK_MAX + 1,
	       "an attribute of a task has no column");

#define VMA(num, member, w, k)						\
	.kind = KIND_##k, .wire = WIRE_##w, .number = MEMCENSUS_VMA_##num, \
	.offset = offsetof(struct vma, member)

static const struct column vma_fields[] = {
	[MEMCENSUS_VMA_PID] = {
		"pid", "PID", "process", VMA(PID, pid, U32, ID) },
	[MEMCENSUS_VMA_START] = {
		"start", "Address", "first address",
		VMA(START, start, U64, ADDRESS) },
	[MEMCENSUS_VMA_END] = {
		"end", "End", "first address behind it",
		VMA(END, end, U64, ADDRESS) },
	[MEMCENSUS_VMA_OFFSET] = {
		"offset", "Offset", "bytes into the file",
		VMA(OFFSET, offset, U64, ADDRESS) },
	[MEMCENSUS_VMA_MODE] = {
		"mode", "Mode", "read, write, execute, private or shared",
		VMA(MODE, mode, STRING, TEXT) },
	[MEMCENSUS_VMA_FLAGS] = {
		"flags", "Flags", "letter pairs of the kernel", "VmFlags",
		VMA(FLAGS, flags, STRING, TEXT) },
	[MEMCENSUS_VMA_DEV_MAJOR] = {
		"dev_major", "Major", "device of the file, major number",
		VMA(DEV_MAJOR, dev_major, U32, ID) },
	[MEMCENSUS_VMA_DEV_MINOR] = {
		"dev_minor", "Minor", "device of the file, minor number",
		VMA(DEV_MINOR, dev_minor, U32, ID) },
	[MEMCENSUS_VMA_INODE] = {
		"inode", "Inode", "inode of the file",
		VMA(INODE, inode, U64, ID) },
	[MEMCENSUS_VMA_NAME] = {
		"name", "Name", "path, [heap], [stack], [anon:...]; unknown if it has none",
		VMA(NAME, name, STRING, TEXT) },
	[MEMCENSUS_VMA_PAGE_SIZE] = {
		"page_size", "PageSize", "size of its pages", "KernelPageSize",
		VMA(PAGE_SIZE, page_size, U64, BYTES) },
	[MEMCENSUS_VMA_PKEY] = {
		"pkey", "PKey", "protection key", "ProtectionKey",
		VMA(PKEY, pkey, U32, ID) },
	[MEMCENSUS_VMA_FIGURES] = {
		"figures", "", "", VMA(FIGURES, figures, FIGURES, NEST) },
};
_Static_assert(ARRAY_SIZE(vma_fields) == MEMCENSUS_VMA_MAX + 1,
	       "an attribute of a mapping has no column");

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

/* Text of @value; false where it is unavailable. */
static bool set_text(struct value *value, const char *text)
{
	value->text = text;
	return text;
}

static bool task_user(const struct view *view, const void *record, struct value *value)
{
	const struct task *task = record;

	return KNOWN(task, MEMCENSUS_TASK_UID) &&
	       set_text(value, name_of_user(view, task->uid));
}

static bool group_user(const struct view *view, const void *record, struct value *value)
{
	const struct group *group = record;

	return KNOWN(group, MEMCENSUS_GROUP_UID) &&
	       set_text(value, name_of_user(view, group->uid));
}

static bool task_cgroup_path(const struct view *view, const void *record,
			     struct value *value)
{
	const struct task *task = record;

	return KNOWN(task, MEMCENSUS_TASK_CGROUP) &&
	       set_text(value, name_of_cgroup(view, task->cgroup));
}

static bool group_cgroup_path(const struct view *view, const void *record,
			      struct value *value)
{
	const struct group *group = record;

	return KNOWN(group, MEMCENSUS_GROUP_CGROUP) &&
	       set_text(value, name_of_cgroup(view, group->cgroup));
}

static bool task_percent(const struct view *view, const void *record,
			 struct value *value)
{
	const struct task *task = record;

	return percent_of_total(view, &task->figures, value);
}

static bool group_percent(const struct view *view, const void *record,
			  struct value *value)
{
	const struct group *group = record;

	return percent_of_total(view, &group->figures, value);
}

static bool mapping_percent(const struct view *view, const void *record,
			    struct value *value)
{
	const struct mapping *mapping = record;

	return percent_of_total(view, &mapping->figures, value);
}

static bool task_delta(const struct view *view, const void *record, struct value *value)
{
	const struct figures *f = &((const struct task *)record)->figures;

	(void)view;
	value->number = f->v[MEMCENSUS_F_RSS_COUNTER] - f->v[MEMCENSUS_F_RSS];
	return KNOWN(f, MEMCENSUS_F_RSS) && KNOWN(f, MEMCENSUS_F_RSS_COUNTER);
}

static bool task_command_line(const struct view *view, const void *record,
			      struct value *value)
{
	(void)view;
	return set_text(value, ((const struct task *)record)->cmdline);
}

/* In the order in which --help shows them; task_cmdline is one by its number. */
enum {
	TASK_USER,
	TASK_CGROUP_PATH,
	TASK_DELTA,
	TASK_PERCENT,
	TASK_CMDLINE,
};

static const struct column task_derived[] = {
	[TASK_USER] = {
		"user", "User", "name of the effective user", .kind = KIND_TEXT,
		.total = TOTAL_DISTINCT, .derive = task_user },
	[TASK_CGROUP_PATH] = {
		"cgroup_path", "CgroupPath", "its cgroup in the default hierarchy",
		.kind = KIND_TEXT, .total = TOTAL_DISTINCT, .derive = task_cgroup_path },
	[TASK_DELTA] = {
		"delta", "Delta", "rss_counter less rss: how far the counter is off",
		.kind = KIND_BYTES, .total = TOTAL_SUM, .sign = true,
		.derive = task_delta },
	[TASK_PERCENT] = PERCENT_COLUMN(task_percent),
	[TASK_CMDLINE] = {
		"cmdline", "CommandLine",
		"command line, of /proc after the census; no record has it",
		.kind = KIND_TEXT, .derive = task_command_line },
};

const struct column *const task_cmdline = &task_derived[TASK_CMDLINE];

static bool vma_size(const struct view *view, const void *record, struct value *value)
{
	const struct vma *vma = record;

	(void)view;
	value->number = vma->end - vma->start;
	return KNOWN(vma, MEMCENSUS_VMA_START) && KNOWN(vma, MEMCENSUS_VMA_END);
}

static bool vma_dirty(const struct view *view, const void *record, struct value *value)
{
	const struct figures *f = &((const struct vma *)record)->figures;

	(void)view;
	value->number = f->v[MEMCENSUS_F_SHARED_DIRTY] +
			f->v[MEMCENSUS_F_PRIVATE_DIRTY];
	return KNOWN(f, MEMCENSUS_F_SHARED_DIRTY) &&
	       KNOWN(f, MEMCENSUS_F_PRIVATE_DIRTY);
}

static bool vma_mapping(const struct view *view, const void *record, struct value *value)
{
	(void)view;
	return set_text(value, mapping_name(record));
}

static const struct column vma_derived[] = {
	{ "size", "Kbytes", "address space, from first to last address",
	  .scaled = "Size", .kind = KIND_BYTES, .total = TOTAL_SUM,
	  .derive = vma_size },
	{ "dirty", "Dirty", "shared_dirty and private_dirty together",
	  .kind = KIND_BYTES, .total = TOTAL_SUM,
	  .basis = MEMCENSUS_BASIS_MAPCOUNT, .derive = vma_dirty },
	{ "mapping", "Mapping", "name, or [ anon ] where it has none",
	  .kind = KIND_TEXT, .derive = vma_mapping },
};

static const struct column group_derived[] = {
	{ "user", "User", "name of the user, where they are by user",
	  .kind = KIND_TEXT, .derive = group_user },
	{ "cgroup_path", "CgroupPath", "the cgroup, where they are by cgroup",
	  .kind = KIND_TEXT, .derive = group_cgroup_path },
	PERCENT_COLUMN(group_percent),
};

static bool mapping_average_pss(const struct view *view, const void *record,
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
	  .kind = KIND_BYTES, .derive = mapping_average_pss },
	PERCENT_COLUMN(mapping_percent),
};

const struct record_type task_record = {
	.name = "task",
	.fields = { task_fields, ARRAY_SIZE(task_fields) },
	.figures = { figure_columns, FIGURE_COLUMNS },
	.derived = { task_derived, ARRAY_SIZE(task_derived) },
};

const struct record_type vma_record = {
	.name = "mapping",
	.fields = { vma_fields, ARRAY_SIZE(vma_fields) },
	.figures = { figure_columns, FIGURE_COLUMNS },
	.derived = { vma_derived, ARRAY_SIZE(vma_derived) },
};

const struct record_type group_record = {
	.name = "group",
	.fields = { group_fields, ARRAY_SIZE(group_fields) },
	.figures = { figure_columns, FIGURE_COLUMNS },
	.derived = { group_derived, ARRAY_SIZE(group_derived) },
};

const struct record_type mapping_record = {
	.name = "mapping by name",
	.fields = { mapping_fields, ARRAY_SIZE(mapping_fields) },
	.figures = { figure_columns, FIGURE_COLUMNS },
	.derived = { mapping_derived, ARRAY_SIZE(mapping_derived) },
};
