// SPDX-License-Identifier: GPL-2.0
/* The columns of address spaces and their mappings. */
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

static bool has(const struct task *task, unsigned int figure)
{
	return KNOWN(&task->figures, figure);
}

static bool derive_user(const struct view *view, const void *record,
			struct value *value)
{
	const struct task *task = record;

	if (!KNOWN(task, MEMCENSUS_TASK_UID))
		return false;
	value->text = name_of_user(view, task->uid);
	return value->text;
}

static bool derive_cgroup_path(const struct view *view, const void *record,
			       struct value *value)
{
	const struct task *task = record;

	if (!KNOWN(task, MEMCENSUS_TASK_CGROUP))
		return false;
	value->text = name_of_cgroup(view, task->cgroup);
	return value->text;
}

static bool derive_delta(const struct view *view, const void *record,
			 struct value *value)
{
	const struct task *task = record;
	const uint64_t *v = task->figures.v;

	(void)view;
	if (!has(task, MEMCENSUS_F_RSS) || !has(task, MEMCENSUS_F_RSS_COUNTER))
		return false;
	value->number = v[MEMCENSUS_F_RSS_COUNTER] - v[MEMCENSUS_F_RSS];
	return true;
}

static bool derive_cmdline(const struct view *view, const void *record,
			   struct value *value)
{
	const struct task *task = record;

	(void)view;
	value->text = task->cmdline;
	return task->cmdline;
}

static const struct column task_derived[] = {
	{ "user", "User", "name of the effective user", .kind = KIND_TEXT,
	  .total = TOTAL_DISTINCT, .derive = derive_user },
	{ "cgroup_path", "CgroupPath", "its cgroup in the default hierarchy",
	  .kind = KIND_TEXT, .total = TOTAL_DISTINCT, .derive = derive_cgroup_path },
	{ "delta", "Delta", "rss_counter less rss: how far the counter is off",
	  .kind = KIND_BYTES, .total = TOTAL_SUM, .sign = true,
	  .derive = derive_delta },
	PERCENT_COLUMN,
	{ "cmdline", "CommandLine", "command line, of /proc after the census; no record has it",
	  .kind = KIND_TEXT, .derive = derive_cmdline },
};

const struct column *const task_cmdline = &task_derived[ARRAY_SIZE(task_derived) - 1];

static bool derive_size(const struct view *view, const void *record,
			struct value *value)
{
	const struct vma *vma = record;

	(void)view;
	if (!KNOWN(vma, MEMCENSUS_VMA_START) || !KNOWN(vma, MEMCENSUS_VMA_END))
		return false;
	value->number = vma->end - vma->start;
	return true;
}

static bool derive_dirty(const struct view *view, const void *record,
			 struct value *value)
{
	const struct vma *vma = record;
	const struct figures *f = &vma->figures;

	(void)view;
	if (!KNOWN(f, MEMCENSUS_F_SHARED_DIRTY) ||
	    !KNOWN(f, MEMCENSUS_F_PRIVATE_DIRTY))
		return false;
	value->number = f->v[MEMCENSUS_F_SHARED_DIRTY] +
			f->v[MEMCENSUS_F_PRIVATE_DIRTY];
	return true;
}

static bool derive_mapping(const struct view *view, const void *record,
			   struct value *value)
{
	const struct vma *vma = record;

	(void)view;
	value->text = mapping_name(vma);
	return true;
}

static const struct column vma_derived[] = {
	{ "size", "Kbytes", "address space, from first to last address",
	  .scaled = "Size", .kind = KIND_BYTES, .total = TOTAL_SUM,
	  .derive = derive_size },
	{ "dirty", "Dirty", "shared_dirty and private_dirty together",
	  .kind = KIND_BYTES, .total = TOTAL_SUM,
	  .basis = MEMCENSUS_BASIS_MAPCOUNT, .derive = derive_dirty },
	{ "mapping", "Mapping", "name, or [ anon ] where it has none",
	  .kind = KIND_TEXT, .derive = derive_mapping },
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
