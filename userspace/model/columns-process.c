// SPDX-License-Identifier: GPL-2.0
/* The columns of address spaces, of groups of them, and of their mappings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-columns.h"
#include "model/columns.h"
#include "model/on-nodes.h"

static const char *const states[] = {
	[MEMCENSUS_STATE_WALKED] = "walked",
	[MEMCENSUS_STATE_BUSY] = "busy",
	[MEMCENSUS_STATE_VANISHED] = "vanished",
	[MEMCENSUS_STATE_PARTIAL] = "partial",
};
_Static_assert(ARRAY_SIZE(states) == MEMCENSUS_STATE_MAX + 1, "a state has no word");

/* @rule: of enum group_rule; without it, the figure does not compile. */
#define FIGURE(num, rule, name_, header_, help_, kernel_, ...)		\
	[MEMCENSUS_F_##num] = {						\
		name_, header_, help_, kernel_,				\
		.kind = KIND_BYTES, .wire = WIRE_U64, .total = TOTAL_SUM, \
		.group = GROUP_##rule,					\
		.number = MEMCENSUS_F_##num,				\
		.known = offsetof(struct task, figures.known),		\
		.offset = offsetof(struct task, figures.v[MEMCENSUS_F_##num]), \
		__VA_ARGS__ }

/* Of named processes, what a census has on request only. */
#define OF_OWNERS	.part = MEMCENSUS_PART_OWNERS
#define OF_FLAGS	.part = MEMCENSUS_PART_FLAGS

static const struct column figure_columns[] = {
	FIGURE(VSS, SUM, "vss", "VSS", "address space mapped, touched or not", "Size"),
	FIGURE(RSS, SUM, "rss", "RSS", "mapped pages, counted by the walk", "Rss"),
	FIGURE(RSS_COUNTER, SUM, "rss_counter", "RSScnt",
	       "the kernel's counter of RSS, as ps shows it", "/proc/PID/stat"),
	FIGURE(RSS_PEAK, NONE, "rss_peak", "RSSpeak",
	       "highest value of that counter", "VmHWM"),
	FIGURE(FRAMES, OWN, "frames", "Frames", "distinct frames mapped", NULL),
	FIGURE(USS, OWN, "uss", "USS", "exclusive: freed if it ends", NULL, OF_OWNERS),
	FIGURE(PSS, SUM, "pss", "PSS", "proportional share: a page of n owners counts 1/n",
	       "Pss", OF_OWNERS),
	FIGURE(SHARED, OWN, "shared", "Shared", "also mapped by other processes", NULL, OF_OWNERS),
	FIGURE(ANON, SUM, "anon", "Anon", "of the RSS, anonymous", "Anonymous"),
	FIGURE(FILE, SUM, "file", "File", "of the RSS, page cache of files", NULL),
	FIGURE(SHMEM, SUM, "shmem", "Shmem",
	       "of the RSS, shared memory: shmem, tmpfs, memfd", NULL),
	FIGURE(PSS_ANON, SUM, "pss_anon", "PSSanon", "of the PSS, anonymous",
	       "Pss_Anon", OF_OWNERS),
	FIGURE(PSS_FILE, SUM, "pss_file", "PSSfile", "of the PSS, page cache of files",
	       "Pss_File", OF_OWNERS),
	FIGURE(PSS_SHMEM, SUM, "pss_shmem", "PSSshm", "of the PSS, shared memory",
	       "Pss_Shmem", OF_OWNERS),
	FIGURE(REFERENCED, SUM, "referenced", "Refd", "accessed since last cleared",
	       "Referenced", OF_FLAGS),
	FIGURE(KSM, SUM, "ksm", "KSM", "merged by KSM", "KSM", OF_FLAGS),
	FIGURE(LAZYFREE, SUM, "lazyfree", "LazyFree",
	       "freed lazily by MADV_FREE", "LazyFree", OF_FLAGS),
	FIGURE(THP, SUM, "thp", "THP", "transparent huge pages: sum of the next three", NULL),
	FIGURE(ANON_THP, SUM, "anon_thp", "AnonTHP", "anonymous huge pages", "AnonHugePages"),
	FIGURE(SHMEM_THP, SUM, "shmem_thp", "ShmTHP",
	       "shared memory in huge pages", "ShmemPmdMapped"),
	FIGURE(FILE_THP, SUM, "file_thp", "FileTHP", "files in huge pages", "FilePmdMapped"),
	FIGURE(HUGETLB, OWN, "hugetlb", "Hugetlb",
	       "hugetlb pages, not part of the RSS", NULL),
	FIGURE(SHARED_HUGETLB, OWN, "shared_hugetlb", "ShHtlb",
	       "hugetlb, shared", "Shared_Hugetlb", OF_OWNERS),
	FIGURE(PRIVATE_HUGETLB, OWN, "private_hugetlb", "PrHtlb",
	       "hugetlb, private", "Private_Hugetlb", OF_OWNERS),
	FIGURE(SWAP, SUM, "swap", "Swap", "swapped out, shmem included", "Swap"),
	FIGURE(SWAP_PSS, SUM, "swap_pss", "SwapPSS", "proportional share of swap",
	       "SwapPss", OF_OWNERS),
	FIGURE(SPECIAL, SUM, "special", "Special",
	       "special mappings: zero pages, PFN maps, devices", NULL),
	FIGURE(PAGETABLES, SUM, "pagetables", "PgTables", "its page tables", "VmPTE"),
	FIGURE(HEAP, SUM, "heap", "Heap", "of the RSS, in the brk heap", NULL),
	FIGURE(STACK, SUM, "stack", "Stack", "of the RSS, in the main thread's stack", NULL),
	FIGURE(MLOCKED, SUM, "mlocked", "Mlocked", "address space locked by mlock", "VmLck"),
	FIGURE(PINNED, SUM, "pinned", "Pinned", "pinned by drivers and io_uring, mapped or not",
	       "VmPin"),
	FIGURE(SWAP_USS, OWN, "swap_uss", "SwapUSS", "exclusive swap slots", NULL, OF_OWNERS),
	FIGURE(HUGETLB_PSS, SUM, "hugetlb_pss", "HtlbPSS", "proportional share of hugetlb pages",
	       NULL, OF_OWNERS),
	FIGURE(USS_ANON, OWN, "uss_anon", "USSanon", "of the USS, anonymous", NULL, OF_OWNERS),
	FIGURE(USS_FILE, OWN, "uss_file", "USSfile", "of the USS, page cache of files",
	       NULL, OF_OWNERS),
	FIGURE(USS_SHMEM, OWN, "uss_shmem", "USSshm", "of the USS, shared memory", NULL, OF_OWNERS),
	FIGURE(DEVICE, SUM, "device", "Device",
	       "of the RSS, memory of drivers: packet rings, BPF, DAX", NULL),
	FIGURE(PSS_DEVICE, SUM, "pss_device", "PSSdev", "of the PSS, memory of drivers",
	       NULL, OF_OWNERS),
	FIGURE(USS_DEVICE, OWN, "uss_device", "USSdev", "of the USS, memory of drivers",
	       NULL, OF_OWNERS),
	FIGURE(USS_ZONE_DEVICE, OWN, "uss_zone_device", "USSzone",
	       "of uss_device, not in MemTotal: DAX, PCI", NULL, OF_OWNERS),
	FIGURE(DIRTY, SUM, "dirty", "Dirty", "of the RSS, written since it was last clean",
	       "Shared_Dirty + Private_Dirty", OF_FLAGS),
};

#define TASK(num, ...)	ATTRIBUTE(task, MEMCENSUS_TASK_##num, __VA_ARGS__)

static const struct column task_fields[] = {
	TASK(PID, "PID", pid, U32, ID,
	     "process that owns the address space", .total = TOTAL_ROWS),
	TASK(NR_PEERS, "NrPeers", nr_peers, U32, COUNT,
	     "number of CLONE_VM peers: other processes in this address space", .total = TOTAL_SUM),
	TASK(PEERS, "Peers", peers, U32S, LIST,
	     "their PIDs; only the first ones if there are many", .optional = true),
	TASK(PPID, "PPID", ppid, U32, ID,
	     "parent; 0: none, or outside of this PID namespace"),
	TASK(COMM, "Command", comm, STRING, TEXT, "command name"),
	TASK(UID, "UID", uid, U32, ID, "effective user ID", .total = TOTAL_DISTINCT),
	TASK(CGROUP, "Cgroup", cgroup, U64, ID, "cgroup ID in the default hierarchy"),
	NAMED(task, MEMCENSUS_TASK_START_NS, "start_ns", "Start", start, U64, SINCE_BOOT,
	      "start time"),
	TASK(THREADS, "Threads", threads, U32, COUNT, "threads", .total = TOTAL_SUM),
	TASK(STATE, "State", state, U32, WORD,
	     "result of the walk: walked, busy, vanished, partial",
	     .words = states, .n_words = ARRAY_SIZE(states)),
	TASK(OOM_SCORE_ADJ, "OOMadj", oom_score_adj, S32, ID,
	     "OOM score adjustment, -1000 to 1000", .sign = true),
	TASK(FIGURES, "", figures, FIGURES, NEST, ""),
	TASK(GROUP, "Group", group, U32, ID,
	     "number of its group in this census, as id of the group"),
	TASK(MAPPINGS, "Mappings", mappings, U32, COUNT,
	     "number of its mappings, which vm.max_map_count bounds", .total = TOTAL_SUM),
};

#define VMA(num, ...)	ATTRIBUTE(vma, MEMCENSUS_VMA_##num, __VA_ARGS__)

static const struct column vma_fields[] = {
	VMA(PID, "PID", pid, U32, ID, "process"),
	VMA(START, "Address", start, U64, ADDRESS, "first address"),
	VMA(END, "End", end, U64, ADDRESS, "end address, exclusive"),
	VMA(OFFSET, "Offset", offset, U64, ADDRESS, "bytes into the file"),
	VMA(MODE, "Mode", mode, STRING, TEXT, "read, write, execute, private or shared"),
	VMA(DEV_MAJOR, "Major", dev_major, U32, ID, "device of the file, major number"),
	VMA(DEV_MINOR, "Minor", dev_minor, U32, ID, "device of the file, minor number"),
	VMA(INODE, "Inode", inode, U64, ID, "inode of the file"),
	VMA(NAME, "Name", name, STRING, TEXT, "path, [heap], [stack], [anon:...]"),
	VMA(PAGE_SIZE, "PageSize", page_size, U64, BYTES,
	    "size of its pages", .kernel = "KernelPageSize"),
	VMA(FIGURES, "", figures, FIGURES, NEST, ""),
};

#define GROUP(num, ...)	ATTRIBUTE(group, MEMCENSUS_GROUP_##num, __VA_ARGS__)

static const struct column group_fields[] = {
	GROUP(UID, "UID", uid, U32, ID, "effective user ID, of groups by user"),
	GROUP(CGROUP, "Cgroup", cgroup, U64, ID, "cgroup ID, of groups by cgroup"),
	GROUP(COMM, "Command", comm, STRING, TEXT, "command name, of groups by command"),
	GROUP(MMS, "MMs", mms, U32, COUNT, "number of address spaces", .total = TOTAL_SUM),
	GROUP(FIGURES, "", figures, FIGURES, NEST, ""),
	GROUP(ID, "ID", id, U32, ID, "its number in this census"),
	GROUP(PARENT, "Parent", parent, U32, ID, "id of the group that contains it"),
	GROUP(PID, "PID", pid, U32, ID, "first process, of groups by tree"),
	GROUP(SESSION, "Session", session, U32, ID, "number of the session, of groups by session"),
};

#define MAPPING(num, ...)	NAMED(mapping, MAPPING_##num, __VA_ARGS__)

static const struct column mapping_fields[] = {
	MAPPING(NAME, "mapping", "Mapping", name, STRING, TEXT, "name; [ anon ] if it has none"),
	MAPPING(MMS, "mms", "PIDs", mms, U64, COUNT, "number of address spaces that have it"),
	MAPPING(VMAS, "vmas", "Maps", vmas, U64, COUNT, "number of mappings", .total = TOTAL_SUM),
};

DERIVED(task_user, task, text,
	KNOWN(row, MEMCENSUS_TASK_UID) ? name_of_user(view, row->uid) : NULL, value->text)
DERIVED(group_user, group, text,
	KNOWN(row, MEMCENSUS_GROUP_UID) ? name_of_user(view, row->uid) : NULL, value->text)
DERIVED(task_cgroup_path, task, text,
	KNOWN(row, MEMCENSUS_TASK_CGROUP) ? name_of_cgroup(view, row->cgroup) : NULL,
	value->text)
DERIVED(task_called, task, text,
	view_called(view, KNOWN(row, MEMCENSUS_TASK_CGROUP), row->cgroup), value->text)
DERIVED(task_called_as, task, text,
	view_called_as(view, column, KNOWN(row, MEMCENSUS_TASK_CGROUP), row->cgroup), value->text)

/* @text: of the group, NULL if it has none. */
static const char *cgroup_text(const struct view *view, const struct group *group,
			       const char *text)
{
	if (!KNOWN(group, MEMCENSUS_GROUP_CGROUP))
		return NULL;
	return text && !view->numeric ? text : name_of_cgroup(view, group->cgroup);
}

DERIVED(group_cgroup_path, group, text, cgroup_text(view, row, row->path), value->text)

/* What its cgroup is called; with /. if it has only the processes of the cgroup itself. */
static const char *group_called_text(const struct view *view, const struct group *row)
{
	const struct cgroup_name *name;

	if (!KNOWN(row, MEMCENSUS_GROUP_CGROUP) || !row->own || view->numeric)
		return view_called(view, KNOWN(row, MEMCENSUS_GROUP_CGROUP), row->cgroup);
	name = cgroup_name_of(view->snap, row->cgroup);
	return name ? name->shown_own : NULL;
}

/* By cgroup, @row->name is "." or nothing. */
static const char *name_of_group(const struct view *view, const struct group *row)
{
	if (!KNOWN(row, MEMCENSUS_GROUP_CGROUP) || (row->name && !view->numeric))
		return row->name;
	return view_called(view, true, row->cgroup);
}

DERIVED(group_called, group, text, group_called_text(view, row), value->text)

DERIVED(group_name, group, text, name_of_group(view, row), value->text)
/* Of the groups by namespace or image only that is the same in all of a row. */
static const char *group_called_as_text(const struct view *view, const struct column *column,
					const struct group *row)
{
	if (row->called)
		return column->number == offsetof(struct cgroup_name, namespace) ? row->namespace :
		       column->number == offsetof(struct cgroup_name, image) ? row->image : NULL;
	return view_called_as(view, column, KNOWN(row, MEMCENSUS_GROUP_CGROUP), row->cgroup);
}

DERIVED(group_called_as, group, text, group_called_as_text(view, column, row), value->text)
DERIVED(group_own_uss, group, number, row->own_uss, row->own_uss != UINT64_MAX)
DERIVED(group_own_pss, group, number, row->own_pss, row->own_pss != UINT64_MAX)

/* PSS of @figures in percent of MemTotal; false if either is unavailable. */
static bool percent_of_total(const struct view *view, const struct figures *figures,
			     struct value *value)
{
	const struct figures *bytes = &view->snap->totals.bytes;

	if (!KNOWN(figures, MEMCENSUS_F_PSS) || !KNOWN(bytes, MEM_TOTAL) ||
	    !bytes->v[MEM_TOTAL])
		return false;
	value->ratio = 100.0 * figures->v[MEMCENSUS_F_PSS] /
		       bytes->v[MEM_TOTAL];
	return true;
}

/* A column of rows that have @figures; @of: their type. */
#define PERCENT_COLUMN(of)						\
	{ "%mem", "%MEM", "PSS in percent of MemTotal", .kind = KIND_PERCENT, \
	  .total = TOTAL_SUM, .derive = of##_percent }

COMPUTED(task_percent, task, percent_of_total(view, &row->figures, value))
COMPUTED(group_percent, group, percent_of_total(view, &row->figures, value))
COMPUTED(mapping_percent, mapping, percent_of_total(view, &row->figures, value))

DERIVED(task_delta, task, number,
	row->figures.v[MEMCENSUS_F_RSS_COUNTER] - row->figures.v[MEMCENSUS_F_RSS],
	KNOWN(&row->figures, MEMCENSUS_F_RSS) && KNOWN(&row->figures, MEMCENSUS_F_RSS_COUNTER))

/*
 * Anonymous pages that other processes have too.  A page of n owners costs n - 1 copies if all
 * of them write to it.  PSS has 1/n of it for each owner, so the part of an owner in these
 * copies is what its PSS lacks of the page.
 */
DERIVED(task_anon_without, task, sign,
	(int64_t)(row->figures.v[MEMCENSUS_F_ANON] - row->figures.v[column->number]),
	KNOWN(&row->figures, MEMCENSUS_F_ANON) && KNOWN(&row->figures, column->number))
DERIVED(task_command_line, task, text, row->cmdline, value->text)

DERIVED(task_on_nodes, task, number, row->on.n, row->on.known)
DERIVED(task_policy, task, text, row->on.policy, row->on.known)
DERIVED(task_merged, task, number, row->merged ? *row->merged : 0, row->merged)

static bool on_node(const struct column *column, const struct view *view, const void *row,
		    struct value *value)
{
	const struct task *task = row;
	struct on_node found;

	(void)view;
	if (!on_nodes_get(&task->on, column->number, &found))
		return false;
	value->number = column->name[0] == 'n' ? found.rss : found.hugetlb;
	return true;
}

/* Nodes have numbers of a few digits. */
#define NODE_DIGITS 10

/* The column n0, h0, N1 ... of one node; kept until the program ends. */
static const struct column *find_on_node(const char *name, size_t len)
{
	static struct column **made;
	static size_t n_made;
	char small[NODE_DIGITS + 2] = "";
	struct column *column;
	unsigned long number;
	size_t i;

	if (len < 2 || len > NODE_DIGITS + 1)
		return NULL;
	memcpy(small, name, len);
	small[0] |= 0x20;
	if ((small[0] != 'n' && small[0] != 'h') ||
	    strspn(small + 1, "0123456789") != len - 1 || (small[1] == '0' && len > 2))
		return NULL;
	number = strtoul(small + 1, NULL, 10);
	if (number > UINT32_MAX)
		return NULL;
	for (i = 0; i < n_made; i++)
		if (!strcmp(made[i]->name, small))
			return made[i];
	column = xcalloc(1, sizeof(*column));
	*column = (struct column){
		.name = xasprintf("%s", small),
		.header = xasprintf("%c%s", small[0] - 0x20, small + 1),
		.help = small[0] == 'n' ? "of the RSS, on this NUMA node" :
					  "mapped hugetlb pages on this NUMA node",
		.kind = KIND_BYTES, .total = TOTAL_SUM, .derive = on_node,
		.number = number, .by_node = true,
	};
	made = array_grow(made, n_made, sizeof(*made));
	made[n_made++] = column;
	return column;
}

/* In the order of --help; task_cmdline points to its column by number. */
enum {
	TASK_USER,
	TASK_CGROUP_PATH,
	TASK_CGROUP_NAME,
	TASK_DELTA,
	TASK_PERCENT,
	TASK_FORK_SHARED,
	TASK_FORK_MOST,
	TASK_CMDLINE,
	TASK_NODES,
	TASK_HUGETLB_NODES,
	TASK_POLICY,
	TASK_MERGED,
	TASK_CALLED_AS,
};

static const struct column task_derived[] = {
	[TASK_USER] = {
		"user", "User", "name of the effective user", .kind = KIND_TEXT,
		.in_json = true, .total = TOTAL_DISTINCT, .derive = task_user },
	[TASK_CGROUP_PATH] = {
		"cgroup_path", "CgroupPath", "path of its cgroup in the default hierarchy",
		.kind = KIND_TEXT, .in_json = true, .total = TOTAL_DISTINCT,
		.derive = task_cgroup_path },
	[TASK_CGROUP_NAME] = {
		"cgroup_name", "CgroupName", "name of its cgroup: unit, container or pod",
		.kind = KIND_TEXT, .total = TOTAL_DISTINCT, .derive = task_called },
	[TASK_DELTA] = {
		"delta", "Delta", "rss_counter minus rss: the error of the counter",
		.kind = KIND_BYTES, .total = TOTAL_SUM, .sign = true,
		.derive = task_delta },
	[TASK_PERCENT] = PERCENT_COLUMN(task),
	[TASK_FORK_SHARED] = {
		"fork_shared", "ForkShared", "anonymous, shared: by fork, or merged by KSM",
		.kind = KIND_BYTES, .total = TOTAL_SUM, .sign = true, OF_OWNERS,
		.derive = task_anon_without, .number = MEMCENSUS_F_USS_ANON },
	[TASK_FORK_MOST] = {
		"fork_most", "ForkMost", "its part of the copies if all owners write to that",
		.kind = KIND_BYTES, .total = TOTAL_SUM, .sign = true,
		.derive = task_anon_without, .number = MEMCENSUS_F_PSS_ANON },
	[TASK_CMDLINE] = {
		"cmdline", "CommandLine",
		"command line, read from /proc after the census; not in records",
		.kind = KIND_TEXT, .derive = task_command_line },
	[TASK_NODES] = {
		"nodes", "Nodes",
		"N0, N1, ...: of the RSS, on each NUMA node; one alone: n0; not in records",
		.kind = KIND_ON_NODES, .derive = task_on_nodes, .by_node = true },
	[TASK_HUGETLB_NODES] = {
		"hugetlb_nodes", "HtlbNodes",
		"H0, H1, ...: mapped hugetlb pages on each NUMA node; not in records",
		.kind = KIND_ON_NODES, .derive = task_on_nodes, .by_node = true },
	[TASK_POLICY] = {
		"policy", "Policy", "the memory policy of most of its memory; not in records",
		.kind = KIND_TEXT, .derive = task_policy, .by_node = true },
	[TASK_MERGED] = {
		"ksm_merged", "KSMmerged",
		"merged by KSM: so much it takes at most if that ends; not in records",
		.kind = KIND_BYTES, .total = TOTAL_SUM, .derive = task_merged },
	[TASK_CALLED_AS] = CALLED_COLUMNS(.derive = task_called_as),
};

const struct column *const task_cmdline = &task_derived[TASK_CMDLINE];
const struct column *const task_merged_by_ksm = &task_derived[TASK_MERGED];

DERIVED(vma_size, vma, number, row->end - row->start,
	KNOWN(row, MEMCENSUS_VMA_START) && KNOWN(row, MEMCENSUS_VMA_END))
DERIVED(vma_mapping, vma, text, mapping_name(row), value->text)

static const struct column vma_derived[] = {
	{ "size", "Kbytes", "address space, from first to last address",
	  .scaled = "Size", .kind = KIND_BYTES, .total = TOTAL_SUM,
	  .derive = vma_size },
	{ "mapping", "Mapping", "name; [ anon ] if it has none",
	  .kind = KIND_TEXT, .derive = vma_mapping },
};

/*
 * What of the charged memory of the kernel no kind names.  A kernel without zswap has no line for
 * it.
 */
static bool charged_other(const struct charges *charges, struct value *value)
{
	static const enum charge kinds[] = {
		CHARGE_SLAB, CHARGE_PAGETABLES, CHARGE_STACKS, CHARGE_PERCPU, CHARGE_VMALLOC,
		CHARGE_ZSWAP,
	};
	uint64_t named = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!KNOWN(charges, kinds[i]) && kinds[i] != CHARGE_ZSWAP)
			return false;
		named += charges->v[kinds[i]];
	}
	/* The kernel counts one after another. */
	if (!KNOWN(charges, CHARGE_KERNEL) || charges->v[CHARGE_KERNEL] < named)
		return false;
	value->number = charges->v[CHARGE_KERNEL] - named;
	return true;
}

COMPUTED(group_charged_other, group, charged_other(&row->charges, value))

/*
 * What of the charged memory no column names.  Unknown if the parts are more, which the kernel
 * counts later.
 */
static bool charged_rest(const struct charges *charges, struct value *value)
{
	static const enum charge parts[] = {
		CHARGE_ANON, CHARGE_FILE, CHARGE_SHMEM, CHARGE_KERNEL, CHARGE_SOCK,
		CHARGE_HUGETLB,
	};
	uint64_t named = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!KNOWN(charges, parts[i]) && parts[i] != CHARGE_HUGETLB)
			return false;
		named += charges->v[parts[i]];
	}
	if (!KNOWN(charges, CHARGE_TOTAL) || charges->v[CHARGE_TOTAL] < named)
		return false;
	value->number = charges->v[CHARGE_TOTAL] - named;
	return true;
}

COMPUTED(group_charged_rest, group, charged_rest(&row->charges, value))

DERIVED(group_limit_met, group, number, row->met_first.limit, row->met_first.of)
DERIVED(group_limit_left, group, number, row->met_first.left, row->met_first.of)
DERIVED(group_limit_of, group, text, row->met_first.of, value->text)

/* The memory controller's; not in the ABI. */
#define CHARGE(num, k, total_, name_, header_, kernel_, help_, ...)		\
	{ name_, header_, help_, kernel_, .kind = KIND_##k, .total = TOTAL_##total_, \
	  .number = CHARGE_##num, .known = offsetof(struct group, charges.known), \
	  .offset = offsetof(struct group, charges.v[CHARGE_##num]), __VA_ARGS__ }

static const struct column group_derived[] = {
	{ "user", "User", "user name, of groups by user",
	  .kind = KIND_TEXT, .in_json = true, .derive = group_user },
	{ "cgroup_path", "CgroupPath",
	  "path of the cgroup, of groups by cgroup; with /.: without those below it",
	  .kind = KIND_TEXT, .in_json = true, .derive = group_cgroup_path },
	{ "name", "Name",
	  "name of the cgroup: unit, container or pod; .: without those below it; first command of a tree or session",
	  .kind = KIND_TEXT, .in_json = true, .derive = group_name },
	{ "cgroup_name", "CgroupName",
	  "name of the cgroup: unit, container or pod; with /.: without those below it",
	  .kind = KIND_TEXT, .in_json = true, .derive = group_called },
	CALLED_COLUMNS(.in_json = true, .derive = group_called_as),
	{ "own_uss", "OwnUSS", "USS of the first process alone, of groups by tree",
	  .kind = KIND_BYTES, .in_json = true, .derive = group_own_uss },
	{ "own_pss", "OwnPSS", "PSS of the first process alone, of groups by tree",
	  .kind = KIND_BYTES, .in_json = true, .derive = group_own_pss },
	PERCENT_COLUMN(group),
	CHARGE(TOTAL, BYTES, SUM, "charged", "Charged", "memory.current",
	       "memory charged to the cgroup and to those below it"),
	CHARGE(ANON, BYTES, SUM, "charged_anon", "ChAnon", "anon",
	       "of the charged memory, anonymous"),
	CHARGE(FILE, BYTES, SUM, "charged_file", "ChFile", "file minus shmem",
	       "of the charged memory, page cache of files"),
	CHARGE(SHMEM, BYTES, SUM, "charged_shmem", "ChShmem", "shmem",
	       "of the charged memory, shared memory and tmpfs, mapped or not"),
	CHARGE(KERNEL, BYTES, SUM, "charged_kernel", "ChKernel", "kernel",
	       "of the charged memory, of the kernel: slab, stacks, page tables"),
	CHARGE(SOCK, BYTES, SUM, "charged_sock", "ChSock", "sock",
	       "of the charged memory, buffers of TCP and UDP sockets"),
	CHARGE(HUGETLB, BYTES, SUM, "charged_hugetlb", "ChHugetlb", "hugetlb",
	       "of the charged memory, hugetlb pages: with memory_hugetlb_accounting, since 6.13"),
	{ "charged_rest", "ChRest",
	  "of the charged memory, in none of the above: unmapped parts of huge pages, swap cache, what processors have in reserve, new kinds",
	  .kind = KIND_BYTES, .total = TOTAL_SUM, .in_json = true, .derive = group_charged_rest },
	CHARGE(SLAB, BYTES, SUM, "charged_slab", "ChSlab", "slab",
	       "of charged_kernel, small objects: sockets, files, tasks, dentries, inodes"),
	CHARGE(RECLAIMABLE, BYTES, SUM, "charged_reclaim", "ChRecl", "slab_reclaimable",
	       "of charged_slab, dentries and inodes: freed on demand if they are not in use"),
	CHARGE(PAGETABLES, BYTES, SUM, "charged_tables", "ChPgTbl",
	       "pagetables and sec_pagetables",
	       "of charged_kernel, page tables, also those of virtual machines"),
	CHARGE(STACKS, BYTES, SUM, "charged_stacks", "ChStack", "kernel_stack",
	       "of charged_kernel, kernel stacks of threads"),
	CHARGE(PERCPU, BYTES, SUM, "charged_percpu", "ChPerCPU", "percpu",
	       "of charged_kernel, per-CPU memory: cgroups, BPF maps"),
	CHARGE(VMALLOC, BYTES, SUM, "charged_vmalloc", "ChVmall", "vmalloc",
	       "of charged_kernel, vmalloc: BPF maps, large tables"),
	CHARGE(ZSWAP, BYTES, SUM, "charged_zswap", "ChZswap", "zswap",
	       "of charged_kernel, compressed swap in memory"),
	{ "charged_other", "ChOther",
	  "of charged_kernel, what no kind names: pipes, io_uring, pages of drivers",
	  .kind = KIND_BYTES, .total = TOTAL_SUM, .in_json = true, .derive = group_charged_other },
	CHARGE(INACTIVE_FILE, BYTES, SUM, "inactive_file", "ChInact", "inactive_file",
	       "of charged_file, page cache that is dropped first"),
	CHARGE(SWAP, BYTES, SUM, "charged_swap", "ChSwap", "memory.swap.current",
	       "swap charged to the cgroup and to those below it"),
	CHARGE(LIMIT, BYTES, NONE, "limit", "Limit", "memory.max",
	       "limit of the cgroup; - if it has none", .alarm = true),
	CHARGE(SWAP_LIMIT, BYTES, NONE, "swap_limit", "SwapLimit", "memory.swap.max",
	       "limit of its swap; - if it has none"),
	{ "limit_met", "Holds",
	  "the limit of memory with the least left, its own or that of a cgroup above it",
	  .kind = KIND_BYTES, .in_json = true, .derive = group_limit_met },
	{ "limit_left", "Left", "what may still be charged until that limit",
	  .kind = KIND_BYTES, .in_json = true, .alarm = true, .derive = group_limit_left },
	{ "limit_of", "LimitOf", "which limit that is, and whose: memory.high /work.slice",
	  .kind = KIND_TEXT, .in_json = true, .spare = true, .derive = group_limit_of },
	CHARGE(OOM_KILLS, COUNT, SUM, "oom_kills", "OOMs", "memory.events",
	       "processes that the OOM killer ended in it and below it", .counter = true,
	       .alarm = true),
	CHARGE(HIGH, BYTES, NONE, "high", "High", "memory.high",
	       "above it the cgroup is slowed down and reclaimed; - if it has none"),
	CHARGE(HIGH_EVENTS, COUNT, SUM, "high_events", "HighEv", "memory.events",
	       "how often it or one below it was above high", .counter = true),
	CHARGE(LIMIT_EVENTS, COUNT, SUM, "limit_events", "LimitEv", "memory.events",
	       "how often it or one below it was about to be above its limit", .counter = true),
	CHARGE(DYING, COUNT, SUM, "dying_cgroups", "Dying", "nr_dying_descendants",
	       "removed cgroups below it that memory is still charged to"),
};

DERIVED(mapping_average_pss, mapping, number,
	row->figures.v[MEMCENSUS_F_PSS] / (row->mms ? row->mms : 1),
	KNOWN(&row->figures, MEMCENSUS_F_PSS) && row->mms)

static const struct column mapping_derived[] = {
	{ "avg_pss", "AvgPSS", "PSS of each process on average",
	  .kind = KIND_BYTES, .derive = mapping_average_pss },
	PERCENT_COLUMN(mapping),
};

const struct row_type task_rows = {
	.name = "task",
	.fields = COLUMNS_TO(MEMCENSUS_TASK_MAX, task_fields),
	.figures = COLUMNS_TO(FIGURES_MAX - 1, figure_columns),
	.derived = COLUMNS(task_derived),
	IN_SNAPSHOT(tasks, n_tasks),
	.find = find_on_node,
};

const struct row_type vma_rows = {
	.name = "mapping",
	.fields = COLUMNS_TO(MEMCENSUS_VMA_MAX, vma_fields),
	.figures = COLUMNS_TO(FIGURES_MAX - 1, figure_columns),
	.derived = COLUMNS(vma_derived),
	IN_SNAPSHOT(vmas, n_vmas),
};

const struct row_type group_rows = {
	.name = "group",
	.fields = COLUMNS_TO(MEMCENSUS_GROUP_MAX, group_fields),
	.figures = COLUMNS_TO(FIGURES_MAX - 1, figure_columns),
	.derived = COLUMNS(group_derived),
	IN_SNAPSHOT(groups, n_groups),
};

const struct row_type mapping_rows = {
	.name = "mapping by name",
	.fields = COLUMNS(mapping_fields),
	.figures = COLUMNS_TO(FIGURES_MAX - 1, figure_columns),
	.derived = COLUMNS(mapping_derived),
	IN_SNAPSHOT(mappings, n_mappings),
};
