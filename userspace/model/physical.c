// SPDX-License-Identifier: GPL-2.0
/* The columns of a pass over all frames. */
#include "model/called-groups.h"
#include "model/cgroup-columns.h"
#include "model/columns.h"
#include "model/physical.h"

#define PASS(num, name_, member, k, help)				\
	NAMED(physical, MEMCENSUS_PHYSICAL_##num, name_, NULL, member, U64, k, help)

static const struct column physical_fields[] = {
	PASS(REALTIME_NS, "realtime_ns", realtime, REALTIME, "beginning, since 1970"),
	PASS(WALL_NS, "wall_ns", wall, DURATION, "from beginning to end"),
	PASS(CPU_NS, "cpu_ns", cpu, DURATION, "CPU time"),
	PASS(FRAMES, "frames", frames, COUNT, "frames in all classes"),
	PASS(READ, "read", read, COUNT, "frames whose struct page was read"),
	PASS(CHANGED, "changed", changed, COUNT, "frames read again because they changed"),
};

#define ZONE(num, ...)	ATTRIBUTE(physical_zone, MEMCENSUS_PZ_##num, __VA_ARGS__)

static const struct column physical_zone_fields[] = {
	ZONE(NODE, "Node", node, U32, ID, "its node"),
	ZONE(NAME, "Zone", name, STRING, TEXT, "its name"),
	ZONE(SPANNED, "Spanned", spanned, U64, BYTES, "from its first to its last frame"),
	ZONE(PRESENT, "Present", present, U64, BYTES, "present memory"),
	ZONE(MANAGED, "Managed", managed, U64, BYTES, "managed by the buddy allocator"),
	ZONE(HOLES, "Holes", holes, U64, BYTES, "without a struct page, or offline"),
	ZONE(OTHER_ZONES, "Others", other_zones, U64, BYTES, "of another zone"),
	ZONE(FREE_BLOCKS, "Blocks", free_blocks, U64S, LIST, "free blocks by order"),
	ZONE(CLASSES, "Classes", classes, FIGURES, NEST, ""),
	ZONE(STATES, "States", states, FIGURES, NEST, ""),
};

#define AMOUNT(of, num, array, name_, kernel_, help_, ...)		\
	[num] = {							\
		.name = name_, .help = help_, .kernel = kernel_,	\
		.kind = KIND_BYTES, .wire = WIRE_U64, .number = num,	\
		.known = offsetof(struct of, array.known),		\
		.offset = offsetof(struct of, array.v[num]), __VA_ARGS__ }
#define STATE(num, name, kernel, help)	\
	AMOUNT(physical_zone, MEMCENSUS_FS_##num, states, name, kernel, help)

/* The classes, of a zone or of a cgroup, by CLASS(number, name, help). */
#define CLASSES								\
	CLASS(FREE, "free", "free blocks of the buddy allocator"),	\
	CLASS(FREE_PCP, "free_pcp", "free, on a list of a processor"),	\
	CLASS(ANON, "anon", "anonymous, mapped"),			\
	CLASS(ANON_UNMAPPED, "anon_unmapped", "anonymous, in a folio that nothing maps"), \
	CLASS(ANON_TAILS, "anon_tails",					\
	      "anonymous, not mapped, in a huge page of which a part is"), \
	CLASS(SWAP_CACHE, "swap_cache", "in the swap cache, not mapped"), \
	CLASS(SHMEM, "shmem", "shared memory and tmpfs, mapped"),	\
	CLASS(SHMEM_UNMAPPED, "shmem_unmapped", "shared memory and tmpfs that nothing maps"), \
	CLASS(FILE, "file", "page cache of files, mapped"),		\
	CLASS(FILE_UNMAPPED, "file_unmapped", "page cache of files that nothing maps"), \
	CLASS(HUGETLB, "hugetlb", "hugetlb pages in use"),		\
	CLASS(HUGETLB_FREE, "hugetlb_free", "hugetlb pages in the pool"), \
	CLASS(PAGE_TABLES, "page_tables", "page tables"),		\
	CLASS(SLAB, "slab", "slab"),					\
	CLASS(LARGE_KMALLOC, "large_kmalloc", "kmalloc() too large for slab"), \
	CLASS(ZSMALLOC, "zsmalloc", "zram and zswap"),			\
	CLASS(MOVABLE, "movable", "of drivers that let it migrate, such as zsmalloc"), \
	CLASS(PAGE_POOL, "page_pool", "receive buffers of network drivers"), \
	CLASS(OFFLINE, "offline", "balloons, virtio-mem"),		\
	CLASS(GUARD, "guard", "guard pages of debug_pagealloc"),	\
	CLASS(UNACCEPTED, "unaccepted", "not yet accepted by the guest"), \
	CLASS(ZERO, "zero", "the zero page"),				\
	CLASS(RESERVED, "reserved", "kernel image, memory map, firmware: never free"), \
	CLASS(POISONED, "poisoned", "hardware errors"),			\
	CLASS(KERNEL, "kernel", "allocated, no type: vmalloc, stacks, per-CPU, drivers"), \
	CLASS(REMAINDER, "remainder", "none of these"),			\
	CLASS(DEVICE, "device", "of drivers, mapped: packet rings, BPF arrays, video buffers")

#define CLASS(num, name, help)	\
	AMOUNT(physical_zone, MEMCENSUS_FC_##num, classes, name, NULL, help)
static const struct column classes[] = { CLASSES };
#undef CLASS

#define CLASS(num, name, help)	\
	AMOUNT(frame_cgroup, MEMCENSUS_FC_##num, classes, name, NULL, help, .total = TOTAL_SUM)
static const struct column cgroup_classes[] = { CLASSES };
#undef CLASS

static const struct column states[] = {
	STATE(SWAP_CACHED, "swap_cached", "SwapCached", "in the swap cache, mapped or not"),
	STATE(UNEVICTABLE, "unevictable", "Unevictable", "cannot be reclaimed"),
	STATE(MLOCKED, "mlocked", "Mlocked", "locked by mlock"),
	STATE(DIRTY, "dirty", "Dirty", "page cache to be written back"),
	STATE(WRITEBACK, "writeback", "Writeback", "being written back"),
	STATE(LRU, "lru", NULL, "on an LRU list"),
	STATE(PINNED, "pinned", NULL, "may be pinned for DMA, so they cannot move"),
};

#define BLOCKS(num, ...)	ATTRIBUTE(frame_blocks, MEMCENSUS_FB_##num, NULL, __VA_ARGS__)

static const struct column frame_blocks_fields[] = {
	BLOCKS(NODE, node, U32, ID, "their node"),
	BLOCKS(ZONE, zone, STRING, TEXT, "their zone"),
	BLOCKS(ORDER, order, U32, ID, "each has 2^order frames"),
	BLOCKS(FIRST, first, U64, ID, "number of the first frame"),
	BLOCKS(RECORDS, records, U64S, LIST, "what is in each"),
};

#define CGROUP(num, ...)	ATTRIBUTE(frame_cgroup, MEMCENSUS_FG_##num, __VA_ARGS__)

static const struct column frame_cgroup_fields[] = {
	CGROUP(CGROUP, "Cgroup", cgroup, U64, ID, "ID of the cgroup"),
	CGROUP(CLASSES, "Classes", classes, FIGURES, NEST, ""),
	CGROUP(SHARED, "Shared", shared, U64, BYTES, "mapped by more than one page table entry",
	       .total = TOTAL_SUM),
	CGROUP(PINNED, "Pinned", pinned, U64, BYTES, "may be pinned for DMA, so it cannot move",
	       .total = TOTAL_SUM),
};

static bool is_of_cgroups(const struct frame_cgroup *row)
{
	return row->called_by == CALLED_BY_CONTAINER || row->called_by == CALLED_BY_POD;
}

static const char *frames_path(const struct view *view, const struct frame_cgroup *row)
{
	if (row->called_by)
		return is_of_cgroups(row) ? row->path : NULL;
	return KNOWN(row, MEMCENSUS_FG_CGROUP) ? name_of_cgroup(view, row->cgroup) : "(no cgroup)";
}

static const char *frames_called(const struct view *view, const struct frame_cgroup *row)
{
	if (row->called_by)
		return is_of_cgroups(row) ? row->called : NULL;
	return KNOWN(row, MEMCENSUS_FG_CGROUP) ? view_called(view, true, row->cgroup) :
						 "(no cgroup)";
}

/* Of a pod, and of a namespace or image, only what is the same in all cgroups of the row. */
static const char *frames_called_as(const struct view *view, const struct column *column,
				    const struct frame_cgroup *row)
{
	const bool namespace = column->number == offsetof(struct cgroup_name, namespace);

	if ((row->called_by == CALLED_BY_NAMESPACE && namespace) ||
	    (row->called_by == CALLED_BY_IMAGE &&
	     column->number == offsetof(struct cgroup_name, image)))
		return row->called;
	if (row->called_by > CALLED_BY_POD ||
	    (row->called_by == CALLED_BY_POD && !namespace &&
	     column->number != offsetof(struct cgroup_name, pod) &&
	     column->number != offsetof(struct cgroup_name, runtime)))
		return NULL;
	return view_called_as(view, column, row->called_by || KNOWN(row, MEMCENSUS_FG_CGROUP),
			      row->cgroup);
}

DERIVED(cgroup_path, frame_cgroup, text, frames_path(view, row), value->text)
DERIVED(cgroup_called, frame_cgroup, text, frames_called(view, row), value->text)
DERIVED(cgroup_called_as, frame_cgroup, text, frames_called_as(view, column, row), value->text)

/* The sum of the classes of @bits that are known; false: none is. */
static bool sum_of_classes(const struct frame_cgroup *row, uint64_t bits, struct value *value)
{
	bool known = false;
	unsigned int i;

	value->number = 0;
	for (i = MEMCENSUS_FC_PAD + 1; i <= MEMCENSUS_FC_MAX; i++)
		if (bits >> i & 1 && KNOWN(&row->classes, i)) {
			value->number += row->classes.v[i];
			known = true;
		}
	return known;
}

static bool cgroup_charged(const struct column *column, const struct view *view,
			   const void *untyped, struct value *value)
{
	const struct frame_cgroup *row = untyped;

	(void)column;
	(void)view;
	sum_of_classes(row, ~0ULL, value);
	return row->called_by || KNOWN(row, MEMCENSUS_FG_CGROUP);
}

#define BIT_OF(name)	(1ULL << MEMCENSUS_FC_##name)
#define UNMAPPED	(BIT_OF(FILE_UNMAPPED) | BIT_OF(SHMEM_UNMAPPED) | \
			 BIT_OF(ANON_UNMAPPED) | BIT_OF(ANON_TAILS) | BIT_OF(SWAP_CACHE))
/* What a cgroup can be charged for beside what has a column of its own. */
#define OTHERS		(BIT_OF(HUGETLB) | BIT_OF(LARGE_KMALLOC) | BIT_OF(ZSMALLOC) | \
			 BIT_OF(MOVABLE) | BIT_OF(PAGE_POOL) | BIT_OF(DEVICE) | \
			 BIT_OF(POISONED) | BIT_OF(REMAINDER))

static bool cgroup_unmapped(const struct column *column, const struct view *view,
			    const void *untyped, struct value *value)
{
	(void)column;
	(void)view;
	return sum_of_classes(untyped, UNMAPPED, value);
}

static bool cgroup_others(const struct column *column, const struct view *view,
			  const void *untyped, struct value *value)
{
	(void)column;
	(void)view;
	return sum_of_classes(untyped, OTHERS, value);
}

static const struct column frame_cgroup_derived[] = {
	{ "cgroup_path", "CgroupPath", "path of the cgroup", .kind = KIND_TEXT, .in_json = true,
	  .derive = cgroup_path },
	{ "cgroup_name", "CgroupName", "name of the cgroup: unit, container or pod",
	  .kind = KIND_TEXT, .in_json = true, .derive = cgroup_called },
	CALLED_COLUMNS(.in_json = true, .derive = cgroup_called_as),
	{ "charged", "Charged", "all of its frames", .kind = KIND_BYTES, .total = TOTAL_SUM,
	  .in_json = true, .derive = cgroup_charged },
	{ "unmapped", "Unmapped", "page cache, shared and anonymous memory that nothing maps",
	  .kind = KIND_BYTES, .total = TOTAL_SUM, .in_json = true, .derive = cgroup_unmapped },
	{ "others", "Others", "hugetlb, memory of drivers, what has no class",
	  .kind = KIND_BYTES, .total = TOTAL_SUM, .in_json = true, .derive = cgroup_others },
};

#define OF_SYSTEM(num, ...)	ATTRIBUTE(frame_system, MEMCENSUS_FY_##num, __VA_ARGS__)

static const struct column frame_system_fields[] = {
	OF_SYSTEM(FILES, "Files", files, U64, COUNT, "files with memory"),
	OF_SYSTEM(DEV_MAJOR, "Major", dev_major, U32, ID, "device of the file system"),
	OF_SYSTEM(DEV_MINOR, "Minor", dev_minor, U32, ID, "device of the file system"),
	OF_SYSTEM(TYPE, "Type", type, STRING, TEXT, "type of the file system"),
	OF_SYSTEM(SOURCE, "Source", source, STRING, TEXT, "what the kernel calls it"),
	OF_SYSTEM(CACHED, "Cached", cached, U64, BYTES, "in the page cache"),
	OF_SYSTEM(MAPPED, "Mapped", mapped, U64, BYTES, "page cache that is mapped"),
	OF_SYSTEM(DIRTY, "Dirty", dirty, U64, BYTES, "page cache that is to be written"),
	OF_SYSTEM(WRITEBACK, "Writeback", writeback, U64, BYTES,
		  "page cache that is being written"),
};

/* The first two rows are of no file system, see the ABI. */
DERIVED(system_name, frame_system, text,
	row->type ?: KNOWN(row, MEMCENSUS_FY_FILES) ? "(not found)" : "(left out)", true)
DERIVED(system_unmapped, frame_system, number, row->cached - row->mapped,
	KNOWN(row, MEMCENSUS_FY_CACHED) && KNOWN(row, MEMCENSUS_FY_MAPPED) &&
	row->mapped <= row->cached)

DERIVED(system_mount, frame_system, text, row->mount, row->mount)

static const struct column frame_system_derived[] = {
	{ "system", "FileSystem", "type of the file system, or why it is unknown",
	  .kind = KIND_TEXT, .in_json = true, .derive = system_name },
	{ "unmapped", "Unmapped", "page cache that is not mapped", .kind = KIND_BYTES,
	  .in_json = true, .derive = system_unmapped },
	{ "mount", "MountedAt", "where it is mounted here", .kind = KIND_TEXT,
	  .in_json = true, .derive = system_mount },
};

#define OF_FILE(num, ...)	ATTRIBUTE(frame_file, MEMCENSUS_FF_##num, __VA_ARGS__)

static const struct column frame_file_fields[] = {
	OF_FILE(DEV_MAJOR, "Major", dev_major, U32, ID, "device of the file system"),
	OF_FILE(DEV_MINOR, "Minor", dev_minor, U32, ID, "device of the file system"),
	OF_FILE(INODE, "Inode", inode, U64, ID, "inode"),
	OF_FILE(TYPE, "Type", type, STRING, TEXT, "type of the file system"),
	OF_FILE(SOURCE, "Source", source, STRING, TEXT, "what the kernel calls the file system"),
	OF_FILE(PATH, "Path", path, STRING, TEXT, "path in the file system"),
	OF_FILE(DELETED, "Deleted", deleted, U32, BOOL, "it has no name any more, or never had"),
	OF_FILE(SIZE, "Size", size, U64, BYTES, "size of the file"),
	OF_FILE(CACHED, "Cached", cached, U64, BYTES, "in the page cache", .total = TOTAL_SUM),
	OF_FILE(MAPPED, "Mapped", mapped, U64, BYTES, "page cache that is mapped",
		.total = TOTAL_SUM),
	OF_FILE(DIRTY, "Dirty", dirty, U64, BYTES, "page cache that is to be written",
		.total = TOTAL_SUM),
	OF_FILE(WRITEBACK, "Writeback", writeback, U64, BYTES, "page cache that is being written",
		.total = TOTAL_SUM),
	OF_FILE(CGROUP, "Cgroup", cgroup, U64, ID,
		"ID of the cgroup that is charged for most of it, if for more than half"),
	OF_FILE(CHARGED, "Charged", charged, U64, BYTES, "charged to that cgroup, at least"),
};

DERIVED(file_name, frame_file, text, row->name, row->name)
/* More than half of it is charged to the cgroup only if all votes say so. */
DERIVED(file_cgroup, frame_file, text,
	!KNOWN(row, MEMCENSUS_FF_CGROUP) ? NULL :
	row->charged * 2 <= row->cached ? "(several)" : name_of_cgroup(view, row->cgroup),
	value->text)
DERIVED(file_alone, frame_file, number, row->charged == row->cached,
	KNOWN(row, MEMCENSUS_FF_CHARGED))

DERIVED(file_mount, frame_file, text, row->mount, row->mount)
DERIVED(file_holders, frame_file, text, row->holders, row->holders)
DERIVED(file_unmapped, frame_file, number, row->cached - row->mapped,
	KNOWN(row, MEMCENSUS_FF_CACHED) && KNOWN(row, MEMCENSUS_FF_MAPPED) &&
	row->mapped <= row->cached)

static const struct column frame_file_derived[] = {
	{ "file", "File", "path, where its file system is mounted here", .kind = KIND_TEXT,
	  .in_json = true, .derive = file_name },
	{ "unmapped", "Unmapped", "page cache that is not mapped", .kind = KIND_BYTES,
	  .total = TOTAL_SUM, .in_json = true, .derive = file_unmapped },
	{ "holders", "Holders", "processes that have it open or map it, if deleted (--holders)",
	  .kind = KIND_TEXT, .in_json = true, .derive = file_holders },
	{ "cgroup_path", "CgroupPath", "cgroup that is charged for most of it", .kind = KIND_TEXT,
	  .in_json = true, .derive = file_cgroup },
	{ "charged_alone", "Alone", "no other cgroup is charged for it", .kind = KIND_BOOL,
	  .in_json = true, .derive = file_alone },
	{ "mount", "MountedAt", "where its file system is mounted here", .kind = KIND_TEXT,
	  .in_json = true, .derive = file_mount },
};

const struct row_type frame_system_rows = {
	.name = "file system in the page cache",
	.fields = COLUMNS_TO(MEMCENSUS_FY_MAX, frame_system_fields),
	.derived = COLUMNS(frame_system_derived),
	IN_SNAPSHOT(frame_systems, n_frame_systems),
};

const struct row_type frame_file_rows = {
	.name = "file in the page cache",
	.fields = COLUMNS_TO(MEMCENSUS_FF_MAX, frame_file_fields),
	.derived = COLUMNS(frame_file_derived),
	IN_SNAPSHOT(frame_files, n_frame_files),
};

const struct row_type physical_rows = {
	.name = "pass over all frames",
	.fields = COLUMNS_TO(MEMCENSUS_PHYSICAL_MAX, physical_fields),
	ONE_IN_SNAPSHOT(physical),
};

const struct row_type physical_zone_rows = {
	.name = "zone of a pass",
	.fields = COLUMNS_TO(MEMCENSUS_PZ_MAX, physical_zone_fields),
	.figures = COLUMNS_TO(MEMCENSUS_FC_MAX, classes),
	IN_SNAPSHOT(physical_zones, n_physical_zones),
};

const struct row_type physical_state_rows = {
	.name = "zone of a pass",
	.fields = COLUMNS_TO(MEMCENSUS_PZ_MAX, physical_zone_fields),
	.figures = COLUMNS_TO(MEMCENSUS_FS_MAX, states),
};

const struct row_type frame_blocks_rows = {
	.name = "blocks of frames",
	.fields = COLUMNS_TO(MEMCENSUS_FB_MAX, frame_blocks_fields),
	IN_SNAPSHOT(frame_blocks, n_frame_blocks),
};

const struct row_type frame_cgroup_rows = {
	.name = "cgroup that frames are charged to",
	.fields = COLUMNS_TO(MEMCENSUS_FG_MAX, frame_cgroup_fields),
	.figures = COLUMNS_TO(MEMCENSUS_FC_MAX, cgroup_classes),
	.derived = COLUMNS(frame_cgroup_derived),
	IN_SNAPSHOT(frame_cgroups, n_frame_cgroups),
};
