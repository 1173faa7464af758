/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
/*
 * ABI of the memory census, shared by the module and the reader.
 *
 * Generic netlink family "memcensus".  A reader sends one of four requests:
 *
 *   INFO (do)
 *   SNAPSHOT (dump)   REQUEST { PARTS? PIDS? GROUP_BY? FILE?
 *                               READER_UID? READER_GID? MAX_AGE_MS? }
 *   SHARE (dump)      REQUEST { PIDS | GROUP_BY | both, LIMIT? CHARGED? FILE? }
 *   PHYSICAL (dump)   REQUEST { ORDER? GROUP_BY? FILES? }
 *
 * All messages of an answer have the command of the request, and each has one nest, which
 * identifies the record:
 *
 *   INFO              INFO
 *   SNAPSHOT          INFO SCAN TASK* GROUP* VMA* ZONE* NODE*
 *   SHARE             INFO SCAN TASK* GROUP* OWNERS* PAIR* PAYER*
 *   PHYSICAL          INFO PHYSICAL PHYSICAL_ZONE* FRAME_CGROUP* FRAME_SYSTEM*
 *                     FRAME_FILE* FRAME_BLOCKS*
 *
 * All messages of a dump, except INFO, belong to one census and carry its number.  The dump holds
 * the census until the dump ends or its socket is closed.
 *
 *   INFO   { ABI VERSION KERNEL PAGE_SIZE ... }
 *   SEQ SCAN { PARTS REALTIME_NS WALL_NS CPU_NS ... }
 *   SEQ TASK { PID PEERS? COMM UID GROUP? STATE ...
 *              FIGURES { <enum memcensus_figure>: u64 ... } }
 *   SEQ GROUP { ID, UID | CGROUP | COMM | nothing: PIDS, MMS FIGURES { ... } }
 *   SEQ VMA { PID START END MODE NAME? ... FIGURES { ... } }
 *   SEQ ZONE { NODE NAME FREE_BLOCKS TYPE { NAME FREE_BLOCKS* }* WMARK_MIN ... }
 *   SEQ NODE { ID KSWAPD KSWAPD_ORDER ... }
 *   SEQ OWNERS { PID | GROUP, FEWEST MOST? BYTES { <enum memcensus_kind>: u64 ... } }
 *   SEQ PAIR { PID PEER_PID | GROUP PEER_GROUP | PEER_PID, COMMON { ... } ALONE { ... } }
 *   SEQ PAIR { PID?, LEFT_OUT? COMMON { ... } }
 *   SEQ PAYER { CGROUP? GROUP? CHARGED OWN? }
 *   SEQ PAYER { CGROUP DEV_MAJOR DEV_MINOR INODE CHARGED OWN }
 *   SEQ PHYSICAL { REALTIME_NS WALL_NS CPU_NS FRAMES ... }
 *   SEQ PHYSICAL_ZONE { NODE NAME SPANNED ... CLASSES { <enum memcensus_frame_class>: u64 ... }
 *                       STATES { <enum memcensus_frame_state>: u64 ... } }
 *   SEQ FRAME_CGROUP { CGROUP? CLASSES { <enum memcensus_frame_class>: u64 ... } SHARED? PINNED }
 *   SEQ FRAME_SYSTEM { FILES? DEV_MAJOR? DEV_MINOR? TYPE? SOURCE? CACHED MAPPED DIRTY? WRITEBACK }
 *   SEQ FRAME_FILE { DEV_MAJOR? DEV_MINOR? INODE? TYPE? ... PATH? CACHED MAPPED DIRTY? WRITEBACK
 *                    CGROUP? CHARGED? }
 *   SEQ FRAME_BLOCKS { NODE ZONE ORDER FIRST RECORDS }
 *
 * Units: memory is in bytes, time in nanoseconds.  An unknown figure is absent from its
 * message, never 0.  Integers are in the byte order of the machine that took the census.
 * New attributes are added at the end of an enum; none is renumbered or reused.
 */
#ifndef _UAPI_LINUX_MEMCENSUS_H
#define _UAPI_LINUX_MEMCENSUS_H

#include <linux/types.h>

#define MEMCENSUS_GENL_NAME	"memcensus"

/* Version of the family. */
#define MEMCENSUS_GENL_VERSION	3

/* Increases when an attribute or a meaning is added. */
#define MEMCENSUS_ABI	17

/* Maximum length of the name of a zone or command, including NUL. */
#define MEMCENSUS_NAME_LEN	16

/* Maximum number of PIDs in a request: an attribute is smaller than 64 KiB. */
#define MEMCENSUS_PIDS_MAX	16000

/* Maximum number of CLONE_VM peers in a TASK message. */
#define MEMCENSUS_PEERS_MAX	256

/* Maximum number of PIDs in a SHARE request. */
#define MEMCENSUS_SHARE_PIDS_MAX	256

/* Maximum number of groups that a SHARE request compares with each other. */
#define MEMCENSUS_SHARE_GROUPS_MAX	256

/* Maximum of MEMCENSUS_REQ_LIMIT. */
#define MEMCENSUS_LIMIT_MAX	4096

/* MEMCENSUS_REQ_LIMIT if absent. */
#define MEMCENSUS_LIMIT_DEFAULT	64

/*
 * Maximum number of blocks in the answer to a PHYSICAL request with ORDER: 32 MiB of
 * records.
 */
#define MEMCENSUS_FRAME_BLOCKS_MAX	4194304

/*
 * Bit 0 of a record of FRAME_BLOCKS: a part of the block has no struct page, is offline,
 * or belongs to another zone.  Bit n from 2 on: frames of class n of enum
 * memcensus_frame_class cannot move away and are in the way of an allocation of the whole
 * block.
 */
#define MEMCENSUS_BLOCK_HOLE	1

/*
 * Bit 1 of a record of FRAME_BLOCKS: pinned frames are in the way, of classes that can
 * move otherwise.
 */
#define MEMCENSUS_BLOCK_PINNED	2

/*
 * First bit of 8 of a record of FRAME_BLOCKS: the class of most frames of those that are
 * in the way, else of most frames; 0: MEMCENSUS_BLOCK_HOLE, 1: pinned frames.
 */
#define MEMCENSUS_BLOCK_CLASS_SHIFT	32

/*
 * First bit of 12 of a record of FRAME_BLOCKS: how many frames are free, in units of
 * 2^(ORDER - MEMCENSUS_BLOCK_PARTS_ORDER) frames or, of smaller blocks, of one; rounded
 * down.
 */
#define MEMCENSUS_BLOCK_FREE_SHIFT	40

/*
 * First bit of 12 of a record of FRAME_BLOCKS: how many frames are in the way, in the
 * same units, rounded up.
 */
#define MEMCENSUS_BLOCK_STUCK_SHIFT	52

/* Blocks up to this order count single frames. */
#define MEMCENSUS_BLOCK_PARTS_ORDER	11

/* Maximum number of records in a FRAME_BLOCKS message. */
#define MEMCENSUS_BLOCK_RECORDS_MAX	256

/**
 * enum memcensus_cmd - requests; their answers have the same command
 * @MEMCENSUS_CMD_INFO: do: ABI, version and parameters of the module
 * @MEMCENSUS_CMD_SNAPSHOT: dump: take a census and send it
 * @MEMCENSUS_CMD_SHARE: dump: take a census and send what processes or groups have in
 *	common
 * @MEMCENSUS_CMD_PHYSICAL: dump: classify all frames of physical memory
 *
 * 3 to 10 were used by version 1 of the family and will not be used again.
 */
enum memcensus_cmd {
	MEMCENSUS_CMD_UNSPEC,
	MEMCENSUS_CMD_INFO,
	MEMCENSUS_CMD_SNAPSHOT,
	MEMCENSUS_CMD_SHARE = 11,
	MEMCENSUS_CMD_PHYSICAL,
	__MEMCENSUS_CMD_MAX,
	MEMCENSUS_CMD_MAX = __MEMCENSUS_CMD_MAX - 1
};

/**
 * enum memcensus_attr - top level attributes
 * @MEMCENSUS_A_PAD: aligns 64-bit values, has no content; also in each nest
 * @MEMCENSUS_A_SEQ: u64, number of the census, from 1, increasing by one
 * @MEMCENSUS_A_REQUEST: nest of &enum memcensus_request
 * @MEMCENSUS_A_INFO: nest of &enum memcensus_info
 * @MEMCENSUS_A_SCAN: nest of &enum memcensus_scan
 * @MEMCENSUS_A_TASK: nest of &enum memcensus_task
 * @MEMCENSUS_A_VMA: nest of &enum memcensus_vma
 * @MEMCENSUS_A_ZONE: nest of &enum memcensus_zone
 * @MEMCENSUS_A_NODE: nest of &enum memcensus_node
 * @MEMCENSUS_A_GROUP: nest of &enum memcensus_group
 * @MEMCENSUS_A_OWNERS: nest of &enum memcensus_owners
 * @MEMCENSUS_A_PAIR: nest of &enum memcensus_pair
 * @MEMCENSUS_A_PHYSICAL: nest
 * @MEMCENSUS_A_PHYSICAL_ZONE: nest of &enum memcensus_physical_zone
 * @MEMCENSUS_A_PAYER: nest of &enum memcensus_payer
 * @MEMCENSUS_A_FRAME_BLOCKS: nest of &enum memcensus_frame_blocks
 * @MEMCENSUS_A_FRAME_CGROUP: nest of &enum memcensus_frame_cgroup
 * @MEMCENSUS_A_FRAME_SYSTEM: nest of &enum memcensus_frame_system
 * @MEMCENSUS_A_FRAME_FILE: nest of &enum memcensus_frame_file
 *
 * 10, 12, 18 to 21 and 25 were used before version 1.0 and will not be used again.
 */
enum memcensus_attr {
	MEMCENSUS_A_UNSPEC,
	MEMCENSUS_A_PAD,
	MEMCENSUS_A_SEQ,
	MEMCENSUS_A_REQUEST,
	MEMCENSUS_A_INFO,
	MEMCENSUS_A_SCAN,
	MEMCENSUS_A_TASK,
	MEMCENSUS_A_VMA,
	MEMCENSUS_A_ZONE,
	MEMCENSUS_A_NODE,
	MEMCENSUS_A_GROUP = 11,
	MEMCENSUS_A_OWNERS = 13,
	MEMCENSUS_A_PAIR,
	MEMCENSUS_A_PHYSICAL,
	MEMCENSUS_A_PHYSICAL_ZONE,
	MEMCENSUS_A_PAYER = 22,
	MEMCENSUS_A_FRAME_BLOCKS,
	MEMCENSUS_A_FRAME_CGROUP,
	MEMCENSUS_A_FRAME_SYSTEM = 26,
	MEMCENSUS_A_FRAME_FILE,
	__MEMCENSUS_A_MAX,
	MEMCENSUS_A_MAX = __MEMCENSUS_A_MAX - 1
};

/* MEMCENSUS_REQ_PARTS: parts of the census; absent: TASKS ZONES NODES OWNERS */
#define MEMCENSUS_PART_TASKS	(1U << 0)
#define MEMCENSUS_PART_VMAS	(1U << 1)	/* needs MEMCENSUS_REQ_PIDS */
#define MEMCENSUS_PART_ZONES	(1U << 2)
#define MEMCENSUS_PART_NODES	(1U << 4)
#define MEMCENSUS_PART_MEMORY_VMAS	(1U << 6)	/* VMAS of files in memory, or deleted */
#define MEMCENSUS_PART_OWNERS	(1U << 7)	/* USS, PSS: walks all processes, also with PIDS */
#define MEMCENSUS_PART_FLAGS	(1U << 8)	/* DIRTY, REFERENCED, KSM, LAZYFREE; needs PIDS */
#define MEMCENSUS_PART_ALL	0x1d7U

/**
 * enum memcensus_group_by - key of the groups of address spaces
 * @MEMCENSUS_BY_UID: effective user of the process that owns it
 * @MEMCENSUS_BY_CGROUP: its cgroup in the default hierarchy, and each cgroup above that
 * @MEMCENSUS_BY_COMM: its command name
 * @MEMCENSUS_BY_PIDS: all processes in PIDS are one group
 * @MEMCENSUS_BY_TREE: the process that owns it, and each process above that: a process
 *	and all its descendants, by the parents that they had when they were found
 * @MEMCENSUS_BY_SESSION: its session, which setsid() starts
 */
enum memcensus_group_by {
	MEMCENSUS_BY_UNSPEC,
	MEMCENSUS_BY_UID,
	MEMCENSUS_BY_CGROUP,
	MEMCENSUS_BY_COMM,
	MEMCENSUS_BY_PIDS,
	MEMCENSUS_BY_TREE,
	MEMCENSUS_BY_SESSION,
	__MEMCENSUS_BY_MAX,
	MEMCENSUS_BY_MAX = __MEMCENSUS_BY_MAX - 1
};

/**
 * enum memcensus_request - options of a SNAPSHOT, SHARE or PHYSICAL request
 * @MEMCENSUS_REQ_PARTS: u32, MEMCENSUS_PART_*; absent: all except VMAS, TYPES,
 *	MEMORY_VMAS and FLAGS
 * @MEMCENSUS_REQ_PIDS: u32[], processes to walk, by the ID of any of their threads in the
 *	caller's PID namespace; 1 to %MEMCENSUS_PIDS_MAX; absent: all.  A process that has
 *	exited or does not exist is sent as %MEMCENSUS_STATE_VANISHED.  SHARE: up to
 *	%MEMCENSUS_SHARE_PIDS_MAX, without GROUP_BY
 * @MEMCENSUS_REQ_GROUP_BY: u32, &enum memcensus_group_by; with PIDS only together with
 *	OWNERS.  SHARE: with PIDS only BY_PIDS, which compares these processes as one.
 *	PHYSICAL: BY_CGROUP, for the FRAME_CGROUP messages
 * @MEMCENSUS_REQ_LIMIT: u32, SHARE: maximum number of PAIR messages, with PIDS for each
 *	process, without those that count what was left out; 1 to %MEMCENSUS_LIMIT_MAX;
 *	absent: %MEMCENSUS_LIMIT_DEFAULT
 * @MEMCENSUS_REQ_CHARGED: u32, SHARE by CGROUP: 1: also who is charged for the mapped
 *	pages, the PAYER messages; reads struct page of each; 2: also the files of which a
 *	cgroup is charged for pages that its own processes do not map
 * @MEMCENSUS_REQ_FILE: u32, SNAPSHOT, SHARE: file descriptor of the caller, of a regular
 *	file or block device: only what the mappings of this file have is counted, and
 *	only pages of the file, without the copies that a private mapping has of them.  A
 *	file of overlayfs is the one that has its data.  Figures that the kernel counts
 *	are of the whole process
 * @MEMCENSUS_REQ_ORDER: u32, PHYSICAL: also a record for each block of 2^ORDER frames,
 *	the FRAME_BLOCKS messages; absent: none
 * @MEMCENSUS_REQ_FILES: u32, PHYSICAL: also the page cache by file system, the
 *	FRAME_SYSTEM messages, and of as many of the largest files, the FRAME_FILE
 *	messages; absent: neither
 * @MEMCENSUS_REQ_READER_UID: u32, SNAPSHOT: user ID in the caller's user namespace; with
 *	READER_GID only what a process of this user and group may read in smaps without
 *	capabilities is sent: of a TASK, before the walk and after it; a GROUP if all its
 *	members are; and SCAN only up to ZOMBIES.  No security module is asked.  absent:
 *	all
 * @MEMCENSUS_REQ_READER_GID: u32, SNAPSHOT: group ID in the caller's user namespace, with
 *	READER_UID
 * @MEMCENSUS_REQ_MAX_AGE_MS: u32, SNAPSHOT without PIDS: a census that began at most so
 *	many milliseconds ago answers too; absent: parameter max_age_ms
 * @MEMCENSUS_REQ_TREE: u32, SNAPSHOT by TREE: PID of the first process of a tree: only
 *	the group of this tree is sent, and the TASKs in it, each with this GROUP; the
 *	groups in it are not.  Neither if there is none.  absent: all
 *
 * 2, 6, 7 and 9 were used by version 2 of the family and will not be used again.
 */
enum memcensus_request {
	MEMCENSUS_REQ_UNSPEC,
	MEMCENSUS_REQ_PAD,
	MEMCENSUS_REQ_PARTS = 3,
	MEMCENSUS_REQ_PIDS,
	MEMCENSUS_REQ_GROUP_BY,
	MEMCENSUS_REQ_LIMIT = 8,
	MEMCENSUS_REQ_CHARGED = 10,
	MEMCENSUS_REQ_FILE,
	MEMCENSUS_REQ_ORDER,
	MEMCENSUS_REQ_FILES,
	MEMCENSUS_REQ_READER_UID,
	MEMCENSUS_REQ_READER_GID,
	MEMCENSUS_REQ_MAX_AGE_MS,
	MEMCENSUS_REQ_TREE,
	__MEMCENSUS_REQ_MAX,
	MEMCENSUS_REQ_MAX = __MEMCENSUS_REQ_MAX - 1
};

/* MEMCENSUS_INFO_SUBJECTS: what a module may be built without */
#define MEMCENSUS_SUBJECT_PHYSICAL	(1U << 0)	/* the PHYSICAL request */
#define MEMCENSUS_SUBJECT_SHARE	(1U << 1)	/* the SHARE request */
#define MEMCENSUS_SUBJECT_ALL	0x3U

/**
 * enum memcensus_rule - state of the exclusive rule
 * @MEMCENSUS_RULE_ON: entries prove it; each census compares a sample with struct page
 * @MEMCENSUS_RULE_OFF: the owners of all pages are counted: on a kernel that was not
 *	tested, by the parameter, or under Xen PV
 * @MEMCENSUS_RULE_BROKEN: off, because a page of a sample was not exclusive, or not of
 *	the kind that its mapping says: a bug in the module or the kernel
 */
enum memcensus_rule {
	MEMCENSUS_RULE_UNSPEC,
	MEMCENSUS_RULE_ON,
	MEMCENSUS_RULE_OFF,
	MEMCENSUS_RULE_BROKEN,
	__MEMCENSUS_RULE_MAX,
	MEMCENSUS_RULE_MAX = __MEMCENSUS_RULE_MAX - 1
};

/**
 * enum memcensus_lock - what a census locks, to read what a mapping maps
 * @MEMCENSUS_LOCK_MMAP: the whole address space (mmap_lock)
 * @MEMCENSUS_LOCK_VMA: one mapping at a time, and the whole address space only where a
 *	mapping is being changed
 */
enum memcensus_lock {
	MEMCENSUS_LOCK_UNSPEC,
	MEMCENSUS_LOCK_MMAP,
	MEMCENSUS_LOCK_VMA,
	__MEMCENSUS_LOCK_MAX,
	MEMCENSUS_LOCK_MAX = __MEMCENSUS_LOCK_MAX - 1
};

/**
 * enum memcensus_info - the module and the machine
 * @MEMCENSUS_INFO_ABI: u32, %MEMCENSUS_ABI of the module
 * @MEMCENSUS_INFO_VERSION: string, version of the module
 * @MEMCENSUS_INFO_KERNEL: string, kernel release
 * @MEMCENSUS_INFO_PAGE_SIZE: u32, bytes
 * @MEMCENSUS_INFO_ORDERS: u32, number of buddy orders
 * @MEMCENSUS_INFO_MAX_AGE_NS: u64, ns, parameter max_age_ms
 * @MEMCENSUS_INFO_LOCK_HOLD_NS: u64, ns, parameter lock_hold_us
 * @MEMCENSUS_INFO_BUSY_BUDGET_NS: u64, ns, parameter busy_budget_ms
 * @MEMCENSUS_INFO_MAX_MEM: u64, bytes, parameter max_mem
 * @MEMCENSUS_INFO_SUBJECTS: u32, MEMCENSUS_SUBJECT_* that the module has; a request of
 *	another one fails with EOPNOTSUPP; absent: all
 * @MEMCENSUS_INFO_RULE: u32, &enum memcensus_rule: whether writable entries of private
 *	mappings prove that their pages have one owner
 * @MEMCENSUS_INFO_KERNEL_TESTED: u32, 1 if the module was tested on this series or on a
 *	newer one; 0: it is unknown
 * @MEMCENSUS_INFO_LOCK: u32, &enum memcensus_lock: what a census locks on this kernel
 *
 * 7 was used by version 2 of the family, 12 before version 1.0; they will not be used
 * again.
 */
enum memcensus_info {
	MEMCENSUS_INFO_UNSPEC,
	MEMCENSUS_INFO_PAD,
	MEMCENSUS_INFO_ABI,
	MEMCENSUS_INFO_VERSION,
	MEMCENSUS_INFO_KERNEL,
	MEMCENSUS_INFO_PAGE_SIZE,
	MEMCENSUS_INFO_ORDERS,
	MEMCENSUS_INFO_MAX_AGE_NS = 8,
	MEMCENSUS_INFO_LOCK_HOLD_NS,
	MEMCENSUS_INFO_BUSY_BUDGET_NS,
	MEMCENSUS_INFO_MAX_MEM,
	MEMCENSUS_INFO_SUBJECTS = 13,
	MEMCENSUS_INFO_RULE,
	MEMCENSUS_INFO_KERNEL_TESTED,
	MEMCENSUS_INFO_LOCK,
	__MEMCENSUS_INFO_MAX,
	MEMCENSUS_INFO_MAX = __MEMCENSUS_INFO_MAX - 1
};

/**
 * enum memcensus_scan - time, result counts and cost of a census
 * @MEMCENSUS_SCAN_PARTS: u32, MEMCENSUS_PART_*
 * @MEMCENSUS_SCAN_REALTIME_NS: u64, start, ns since 1970-01-01 UTC
 * @MEMCENSUS_SCAN_BOOTTIME_NS: u64, start, ns since boot
 * @MEMCENSUS_SCAN_WALL_NS: u64, duration, ns
 * @MEMCENSUS_SCAN_CPU_NS: u64, CPU time, ns
 * @MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS: u64, longest lock hold, ns: an mmap lock, or VMA
 *	locks one after another
 * @MEMCENSUS_SCAN_LOCK_HOLDS: u64, number of lock holds
 * @MEMCENSUS_SCAN_MMS: u64, distinct address spaces found, and processes in PIDS that
 *	have none any more
 * @MEMCENSUS_SCAN_WALKED: u64, of @MMS, walked to their end
 * @MEMCENSUS_SCAN_BUSY: u64, of @MMS, not walked: lock not available
 * @MEMCENSUS_SCAN_VANISHED: u64, of @MMS, gone before their walk ended
 * @MEMCENSUS_SCAN_PARTIAL: u64, of @MMS, walked only in part
 * @MEMCENSUS_SCAN_KTHREADS: u64, kernel threads: they have no address space
 * @MEMCENSUS_SCAN_ZOMBIES: u64, processes that have exited and are not yet reaped
 * @MEMCENSUS_SCAN_PTES: u64, page table entries read
 * @MEMCENSUS_SCAN_PAGES: u64, mapped pages found, huge ones in base pages
 * @MEMCENSUS_SCAN_MEMORY: u64, bytes allocated for the census and its result
 * @MEMCENSUS_SCAN_FRAMES: u64, distinct frames mapped by the walked address spaces, bytes
 * @MEMCENSUS_SCAN_PSS: u64, sum of the PSS of all address spaces, bytes: @FRAMES minus
 *	rounding losses (less than 1/2^36 page for each owner of a frame)
 * @MEMCENSUS_SCAN_VIOLATIONS: u64, sum of 1 if @PSS does not match @FRAMES, and of 2 if a
 *	page was not exclusive that an entry proved so, and all were counted again: bugs
 * @MEMCENSUS_SCAN_SLICES: u64, passes over all address spaces: 1, or more if the owners
 *	did not fit into max_mem at once; each pass counts the owners of a part of all
 *	frames
 * @MEMCENSUS_SCAN_MAPPED_BY_2: u64, bytes of @FRAMES that exactly two of the walked
 *	address spaces map
 * @MEMCENSUS_SCAN_MAPPED_BY_3: u64, bytes of @FRAMES that three to nine of them map
 * @MEMCENSUS_SCAN_MAPPED_BY_10: u64, bytes of @FRAMES that ten or more of them map
 * @MEMCENSUS_SCAN_ANON_BY_1: u64, bytes of @FRAMES of class anon, that exactly one of the
 *	walked address spaces maps
 * @MEMCENSUS_SCAN_ANON_BY_2: u64, bytes of @FRAMES of class anon, that two of them map
 * @MEMCENSUS_SCAN_ANON_BY_3: u64, bytes of @FRAMES of class anon, that three to nine of
 *	them map
 * @MEMCENSUS_SCAN_ANON_BY_10: u64, bytes of @FRAMES of class anon, that ten or more of
 *	them map
 * @MEMCENSUS_SCAN_FILE_BY_1: u64, bytes of @FRAMES of class file, that exactly one of the
 *	walked address spaces maps
 * @MEMCENSUS_SCAN_FILE_BY_2: u64, bytes of @FRAMES of class file, that two of them map
 * @MEMCENSUS_SCAN_FILE_BY_3: u64, bytes of @FRAMES of class file, that three to nine of
 *	them map
 * @MEMCENSUS_SCAN_FILE_BY_10: u64, bytes of @FRAMES of class file, that ten or more of
 *	them map
 * @MEMCENSUS_SCAN_SHMEM_BY_1: u64, bytes of @FRAMES of class shmem, that exactly one of
 *	the walked address spaces maps
 * @MEMCENSUS_SCAN_SHMEM_BY_2: u64, bytes of @FRAMES of class shmem, that two of them map
 * @MEMCENSUS_SCAN_SHMEM_BY_3: u64, bytes of @FRAMES of class shmem, that three to nine of
 *	them map
 * @MEMCENSUS_SCAN_SHMEM_BY_10: u64, bytes of @FRAMES of class shmem, that ten or more of
 *	them map
 * @MEMCENSUS_SCAN_DEVICE_BY_1: u64, bytes of @FRAMES of class device in MemTotal, that
 *	exactly one of the walked address spaces maps
 * @MEMCENSUS_SCAN_DEVICE_BY_2: u64, bytes of @FRAMES of class device in MemTotal, that
 *	two of them map
 * @MEMCENSUS_SCAN_DEVICE_BY_3: u64, bytes of @FRAMES of class device in MemTotal, that
 *	three to nine of them map
 * @MEMCENSUS_SCAN_DEVICE_BY_10: u64, bytes of @FRAMES of class device in MemTotal, that
 *	ten or more of them map
 * @MEMCENSUS_SCAN_DEVICE_UNCOUNTED: u64, bytes of @FRAMES of class device that are in no
 *	counter of the kernel; the rest may be in that of vmalloc, or not in MemTotal
 *	(@ZONE_DEVICE)
 * @MEMCENSUS_SCAN_ZONE_DEVICE: u64, bytes of @FRAMES that are not in MemTotal:
 *	ZONE_DEVICE, which DAX files, device-dax and PCI map; in no @DEVICE_BY_1 to
 *	@DEVICE_BY_10
 *
 * From @MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS on, except @MEMCENSUS_SCAN_MEMORY: only if
 * address spaces were requested.
 *
 * @MEMCENSUS_SCAN_FRAMES, @MEMCENSUS_SCAN_PSS, @MEMCENSUS_SCAN_VIOLATIONS and
 * @MEMCENSUS_SCAN_MAPPED_BY_2 to @MEMCENSUS_SCAN_MAPPED_BY_10: only with OWNERS.
 *
 * 2 was used by version 2 of the family, 22 to 24 before version 0.2; they will not be
 * used again.
 */
enum memcensus_scan {
	MEMCENSUS_SCAN_UNSPEC,
	MEMCENSUS_SCAN_PAD,
	MEMCENSUS_SCAN_PARTS = 3,
	MEMCENSUS_SCAN_REALTIME_NS,
	MEMCENSUS_SCAN_BOOTTIME_NS,
	MEMCENSUS_SCAN_WALL_NS,
	MEMCENSUS_SCAN_CPU_NS,
	MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS,
	MEMCENSUS_SCAN_LOCK_HOLDS,
	MEMCENSUS_SCAN_MMS,
	MEMCENSUS_SCAN_WALKED,
	MEMCENSUS_SCAN_BUSY,
	MEMCENSUS_SCAN_VANISHED,
	MEMCENSUS_SCAN_PARTIAL,
	MEMCENSUS_SCAN_KTHREADS,
	MEMCENSUS_SCAN_ZOMBIES,
	MEMCENSUS_SCAN_PTES,
	MEMCENSUS_SCAN_PAGES,
	MEMCENSUS_SCAN_MEMORY,
	MEMCENSUS_SCAN_FRAMES,
	MEMCENSUS_SCAN_PSS,
	MEMCENSUS_SCAN_VIOLATIONS = 25,
	MEMCENSUS_SCAN_SLICES,
	MEMCENSUS_SCAN_MAPPED_BY_2,
	MEMCENSUS_SCAN_MAPPED_BY_3,
	MEMCENSUS_SCAN_MAPPED_BY_10,
	MEMCENSUS_SCAN_ANON_BY_1,
	MEMCENSUS_SCAN_ANON_BY_2,
	MEMCENSUS_SCAN_ANON_BY_3,
	MEMCENSUS_SCAN_ANON_BY_10,
	MEMCENSUS_SCAN_FILE_BY_1,
	MEMCENSUS_SCAN_FILE_BY_2,
	MEMCENSUS_SCAN_FILE_BY_3,
	MEMCENSUS_SCAN_FILE_BY_10,
	MEMCENSUS_SCAN_SHMEM_BY_1,
	MEMCENSUS_SCAN_SHMEM_BY_2,
	MEMCENSUS_SCAN_SHMEM_BY_3,
	MEMCENSUS_SCAN_SHMEM_BY_10,
	MEMCENSUS_SCAN_DEVICE_BY_1,
	MEMCENSUS_SCAN_DEVICE_BY_2,
	MEMCENSUS_SCAN_DEVICE_BY_3,
	MEMCENSUS_SCAN_DEVICE_BY_10,
	MEMCENSUS_SCAN_DEVICE_UNCOUNTED,
	MEMCENSUS_SCAN_ZONE_DEVICE,
	__MEMCENSUS_SCAN_MAX,
	MEMCENSUS_SCAN_MAX = __MEMCENSUS_SCAN_MAX - 1
};

/**
 * enum memcensus_state - result of the walk of an address space
 * @MEMCENSUS_STATE_WALKED: walked to its end
 * @MEMCENSUS_STATE_BUSY: not walked: its lock was not available in time
 * @MEMCENSUS_STATE_VANISHED: no result: its processes exited, or executed another
 *	program, before the walk ended; or no process has the PID of the request, and all
 *	attributes except TASK_PID and TASK_STATE are absent
 * @MEMCENSUS_STATE_PARTIAL: walked in part; its figures are lower bounds, unless it moves
 *	its memory all the time
 */
enum memcensus_state {
	MEMCENSUS_STATE_UNSPEC,
	MEMCENSUS_STATE_WALKED,
	MEMCENSUS_STATE_BUSY,
	MEMCENSUS_STATE_VANISHED,
	MEMCENSUS_STATE_PARTIAL,
	__MEMCENSUS_STATE_MAX,
	MEMCENSUS_STATE_MAX = __MEMCENSUS_STATE_MAX - 1
};

/**
 * enum memcensus_task - one address space and the processes that use it
 * @MEMCENSUS_TASK_PID: u32, the process that owns it, in the caller's PID namespace: the
 *	one that the kernel calls its owner, or without memory cgroups the one of the
 *	lowest PID, with PIDS the first one named
 * @MEMCENSUS_TASK_NR_PEERS: u32, number of other processes that use it (CLONE_VM without
 *	CLONE_THREAD, vfork)
 * @MEMCENSUS_TASK_PEERS: u32[], their PIDs in the caller's PID namespace, at most
 *	%MEMCENSUS_PEERS_MAX; absent if there are none
 * @MEMCENSUS_TASK_PPID: u32, parent of @MEMCENSUS_TASK_PID; 0 if none or outside of the
 *	caller's PID namespace; absent if the process was exiting
 * @MEMCENSUS_TASK_COMM: string, command name, any bytes but NUL
 * @MEMCENSUS_TASK_UID: u32, effective user ID in the caller's user namespace
 * @MEMCENSUS_TASK_CGROUP: u64, ID of the cgroup in the default hierarchy, the inode
 *	number of its directory; absent on a kernel without cgroups
 * @MEMCENSUS_TASK_START_NS: u64, start time, ns since boot
 * @MEMCENSUS_TASK_THREADS: u32, number of threads
 * @MEMCENSUS_TASK_STATE: u32, &enum memcensus_state
 * @MEMCENSUS_TASK_OOM_SCORE_ADJ: s32, -1000 to 1000
 * @MEMCENSUS_TASK_FIGURES: nest, u64 by &enum memcensus_figure
 * @MEMCENSUS_TASK_GROUP: u32, %MEMCENSUS_GROUP_ID of its group; absent if it is in none
 * @MEMCENSUS_TASK_MAPPINGS: u32, mappings (VMAs) of the address space, which
 *	vm.max_map_count bounds
 *
 * 12 was used by version 2 of the family and will not be used again.
 */
enum memcensus_task {
	MEMCENSUS_TASK_UNSPEC,
	MEMCENSUS_TASK_PAD,
	MEMCENSUS_TASK_PID,
	MEMCENSUS_TASK_NR_PEERS,
	MEMCENSUS_TASK_PEERS,
	MEMCENSUS_TASK_PPID,
	MEMCENSUS_TASK_COMM,
	MEMCENSUS_TASK_UID,
	MEMCENSUS_TASK_CGROUP,
	MEMCENSUS_TASK_START_NS,
	MEMCENSUS_TASK_THREADS,
	MEMCENSUS_TASK_STATE,
	MEMCENSUS_TASK_OOM_SCORE_ADJ = 15,
	MEMCENSUS_TASK_FIGURES,
	MEMCENSUS_TASK_GROUP,
	MEMCENSUS_TASK_MAPPINGS,
	__MEMCENSUS_TASK_MAX,
	MEMCENSUS_TASK_MAX = __MEMCENSUS_TASK_MAX - 1
};

/**
 * enum memcensus_vma - one VMA of a process in PIDS
 * @MEMCENSUS_VMA_PID: u32, as %MEMCENSUS_TASK_PID of its task
 * @MEMCENSUS_VMA_START: u64, first user address
 * @MEMCENSUS_VMA_END: u64, end user address (exclusive)
 * @MEMCENSUS_VMA_OFFSET: u64, offset in the file, bytes; 0 if anonymous
 * @MEMCENSUS_VMA_MODE: string, four letters as in /proc/PID/maps ("rw-p")
 * @MEMCENSUS_VMA_DEV_MAJOR: u32, device of the file; absent if anonymous
 * @MEMCENSUS_VMA_DEV_MINOR: u32, device of the file; absent if anonymous
 * @MEMCENSUS_VMA_INODE: u64, absent if anonymous
 * @MEMCENSUS_VMA_NAME: string, path or [heap], [stack], [vdso], [anon:...]; absent if
 *	anonymous and unnamed
 * @MEMCENSUS_VMA_PAGE_SIZE: u64, bytes, KernelPageSize and MMUPageSize of smaps
 * @MEMCENSUS_VMA_FIGURES: nest, u64 by &enum memcensus_figure
 */
enum memcensus_vma {
	MEMCENSUS_VMA_UNSPEC,
	MEMCENSUS_VMA_PAD,
	MEMCENSUS_VMA_PID,
	MEMCENSUS_VMA_START,
	MEMCENSUS_VMA_END,
	MEMCENSUS_VMA_OFFSET,
	MEMCENSUS_VMA_MODE,
	MEMCENSUS_VMA_DEV_MAJOR = 8,
	MEMCENSUS_VMA_DEV_MINOR,
	MEMCENSUS_VMA_INODE,
	MEMCENSUS_VMA_NAME,
	MEMCENSUS_VMA_PAGE_SIZE,
	MEMCENSUS_VMA_FIGURES = 14,
	__MEMCENSUS_VMA_MAX,
	MEMCENSUS_VMA_MAX = __MEMCENSUS_VMA_MAX - 1
};

/**
 * enum memcensus_group - a group of address spaces
 * @MEMCENSUS_GROUP_UID: u32, only with %MEMCENSUS_BY_UID
 * @MEMCENSUS_GROUP_CGROUP: u64, only with %MEMCENSUS_BY_CGROUP
 * @MEMCENSUS_GROUP_COMM: string, only with %MEMCENSUS_BY_COMM
 * @MEMCENSUS_GROUP_MMS: u32, number of address spaces
 * @MEMCENSUS_GROUP_FIGURES: nest, u64 by &enum memcensus_figure: FRAMES counts each frame
 *	once, USS the frames that no address space outside of the group maps, SHARED the
 *	others; PSS, RSS and other sums are those of the members, so RSS counts a frame
 *	once for each member that maps it
 * @MEMCENSUS_GROUP_ID: u32, number of the group in this census, from 1
 * @MEMCENSUS_GROUP_PARENT: u32, %MEMCENSUS_GROUP_ID of the group that contains it, which
 *	is sent before; absent if none does
 * @MEMCENSUS_GROUP_PID: u32, %MEMCENSUS_TASK_PID of the first process; only with
 *	%MEMCENSUS_BY_TREE.  Groups are nested 32 levels deep: processes below are in the
 *	lowest group, which then contains no group and has more than one address space
 * @MEMCENSUS_GROUP_SESSION: u32, its ID, the PID of the process that started it; only
 *	with %MEMCENSUS_BY_SESSION; absent: processes without a session that the caller
 *	may see
 */
enum memcensus_group {
	MEMCENSUS_GROUP_UNSPEC,
	MEMCENSUS_GROUP_PAD,
	MEMCENSUS_GROUP_UID,
	MEMCENSUS_GROUP_CGROUP,
	MEMCENSUS_GROUP_COMM,
	MEMCENSUS_GROUP_MMS,
	MEMCENSUS_GROUP_FIGURES,
	MEMCENSUS_GROUP_ID,
	MEMCENSUS_GROUP_PARENT,
	MEMCENSUS_GROUP_PID,
	MEMCENSUS_GROUP_SESSION,
	__MEMCENSUS_GROUP_MAX,
	MEMCENSUS_GROUP_MAX = __MEMCENSUS_GROUP_MAX - 1
};

/**
 * enum memcensus_owners - memory of a process, or of a group, by number of owners
 * @MEMCENSUS_OWNERS_PID: u32, %MEMCENSUS_TASK_PID; only with PIDS
 * @MEMCENSUS_OWNERS_GROUP: u32, %MEMCENSUS_GROUP_ID; only with GROUP_BY.  Processes
 *	outside of the caller's PID namespace are together one more owner, without a GROUP
 *	message
 * @MEMCENSUS_OWNERS_FEWEST: u32, smallest number of owners
 * @MEMCENSUS_OWNERS_MOST: u32, largest number of owners; absent: any
 * @MEMCENSUS_OWNERS_BYTES: nest, u64 by &enum memcensus_kind
 *
 * Owners are address spaces; with GROUP_BY, groups.  The numbers are 1, 2, 3 to 9, and 10
 * or more.  Over all of them, anonymous, file and shmem memory is FRAMES; with one owner
 * it is USS.
 *
 * With PIDS and BY_PIDS, the processes of PIDS are one owner, and the numbers are 1, 2,
 * and 3 or more; PID and GROUP are absent.
 */
enum memcensus_owners {
	MEMCENSUS_OWNERS_UNSPEC,
	MEMCENSUS_OWNERS_PAD,
	MEMCENSUS_OWNERS_PID,
	MEMCENSUS_OWNERS_GROUP,
	MEMCENSUS_OWNERS_FEWEST,
	MEMCENSUS_OWNERS_MOST,
	MEMCENSUS_OWNERS_BYTES,
	__MEMCENSUS_OWNERS_MAX,
	MEMCENSUS_OWNERS_MAX = __MEMCENSUS_OWNERS_MAX - 1
};

/**
 * enum memcensus_pair - memory that two processes, or two groups, have in common
 * @MEMCENSUS_PAIR_PID: u32, %MEMCENSUS_TASK_PID of a process of PIDS; absent with BY_PIDS
 * @MEMCENSUS_PAIR_PEER_PID: u32, %MEMCENSUS_TASK_PID of the other process
 * @MEMCENSUS_PAIR_GROUP: u32, %MEMCENSUS_GROUP_ID of a group
 * @MEMCENSUS_PAIR_PEER_GROUP: u32, %MEMCENSUS_GROUP_ID of the other group
 * @MEMCENSUS_PAIR_LEFT_OUT: u32, number of pairs that are left out and have something in
 *	common
 * @MEMCENSUS_PAIR_COMMON: nest, u64 by &enum memcensus_kind: what both have, each page
 *	once
 * @MEMCENSUS_PAIR_ALONE: nest, u64 by &enum memcensus_kind: of COMMON, what has no other
 *	owner, so that it is exclusive to one of the two when the other ends; absent with
 *	LEFT_OUT
 *
 * With PIDS: for each of the processes, its peers, largest first.  With GROUP_BY: each
 * pair once, largest first.  If pairs are left out, one more message has their sum, in
 * which a page counts once for each pair: with PIDS for each process, with GROUP_BY for
 * all groups.
 *
 * With more than %MEMCENSUS_SHARE_GROUPS_MAX groups, only the pairs of those with the
 * largest RSS are compared.  Then the sum includes all other pairs, and their number is
 * unknown.
 */
enum memcensus_pair {
	MEMCENSUS_PAIR_UNSPEC,
	MEMCENSUS_PAIR_PAD,
	MEMCENSUS_PAIR_PID,
	MEMCENSUS_PAIR_PEER_PID,
	MEMCENSUS_PAIR_GROUP,
	MEMCENSUS_PAIR_PEER_GROUP,
	MEMCENSUS_PAIR_LEFT_OUT,
	MEMCENSUS_PAIR_COMMON,
	MEMCENSUS_PAIR_ALONE,
	__MEMCENSUS_PAIR_MAX,
	MEMCENSUS_PAIR_MAX = __MEMCENSUS_PAIR_MAX - 1
};

/**
 * enum memcensus_payer - mapped pages that a cgroup is charged for; only with CHARGED
 * @MEMCENSUS_PAYER_CGROUP: u64, ID of the cgroup, in the hierarchy of version 2; absent
 *	in one message, of pages that no such cgroup is charged for, or one that the
 *	caller's /proc does not show
 * @MEMCENSUS_PAYER_GROUP: u32, %MEMCENSUS_GROUP_ID of its own processes, without those of
 *	the cgroups below it; absent if it has none
 * @MEMCENSUS_PAYER_CHARGED: u64, bytes of mapped pages that it is charged for
 * @MEMCENSUS_PAYER_OWN: u64, of CHARGED, what its own processes map; the rest only others
 *	use
 * @MEMCENSUS_PAYER_DEV_MAJOR: u32, the message is of one file: device of the file, as in
 *	the first mapping that was found
 * @MEMCENSUS_PAYER_DEV_MINOR: u32, device of the file
 * @MEMCENSUS_PAYER_INODE: u64, of the file
 *
 * The kernel charges a page to one cgroup, mostly that of the process that touched it
 * first, and to those above it.  A removed cgroup counts as the nearest one above that
 * was not. Each page counts once: over all messages, CHARGED is the mapped memory without
 * hugetlb pages, and what was counted of processes that ended during their walk. Each
 * cgroup with processes of its own has a message, and each other one that is charged for
 * mapped pages.
 *
 * With CHARGED 2, up to LIMIT messages with INODE follow, of a cgroup and a file each:
 * those with the largest CHARGED - OWN, largest first, if that is not 0.  They are parts
 * of the messages before.
 */
enum memcensus_payer {
	MEMCENSUS_PAYER_UNSPEC,
	MEMCENSUS_PAYER_PAD,
	MEMCENSUS_PAYER_CGROUP,
	MEMCENSUS_PAYER_GROUP,
	MEMCENSUS_PAYER_CHARGED,
	MEMCENSUS_PAYER_OWN,
	MEMCENSUS_PAYER_DEV_MAJOR,
	MEMCENSUS_PAYER_DEV_MINOR,
	MEMCENSUS_PAYER_INODE,
	__MEMCENSUS_PAYER_MAX,
	MEMCENSUS_PAYER_MAX = __MEMCENSUS_PAYER_MAX - 1
};

/**
 * enum memcensus_kind - memory by kind, in bytes
 * @MEMCENSUS_K_ANON: anonymous pages, including those that KSM merged
 * @MEMCENSUS_K_FILE: page cache of files
 * @MEMCENSUS_K_SHMEM: shared memory: shmem, tmpfs, memfd
 * @MEMCENSUS_K_SWAP: swap slots
 * @MEMCENSUS_K_HUGETLB: hugetlb pages
 * @MEMCENSUS_K_DEVICE: pages of drivers and of the kernel that are in no page cache, and
 *	of ZONE_DEVICE
 */
enum memcensus_kind {
	MEMCENSUS_K_UNSPEC,
	MEMCENSUS_K_PAD,
	MEMCENSUS_K_ANON,
	MEMCENSUS_K_FILE,
	MEMCENSUS_K_SHMEM,
	MEMCENSUS_K_SWAP,
	MEMCENSUS_K_HUGETLB,
	MEMCENSUS_K_DEVICE,
	__MEMCENSUS_K_MAX,
	MEMCENSUS_K_MAX = __MEMCENSUS_K_MAX - 1
};

/**
 * enum memcensus_figure - amounts of memory of a task or a VMA, in bytes
 * @MEMCENSUS_F_VSS: size of the mapped address space, touched or not (VmSize, Size); with
 *	%MEMCENSUS_REQ_FILE that of the mappings of the file
 * @MEMCENSUS_F_RSS: mapped pages, from the walk (Rss); with %MEMCENSUS_REQ_FILE also the
 *	copies of private mappings, which are @ANON, and in no other figure
 * @MEMCENSUS_F_RSS_COUNTER: the kernel's own counter (/proc/PID/stat)
 * @MEMCENSUS_F_RSS_PEAK: maximum of this counter (VmHWM)
 * @MEMCENSUS_F_FRAMES: distinct frames mapped
 * @MEMCENSUS_F_USS: exclusive: mapped by no other address space
 * @MEMCENSUS_F_PSS: proportional share (Pss)
 * @MEMCENSUS_F_SHARED: also mapped by other address spaces
 * @MEMCENSUS_F_ANON: anonymous part of RSS (Anonymous)
 * @MEMCENSUS_F_FILE: page cache of files, part of RSS
 * @MEMCENSUS_F_SHMEM: shared memory (shmem, tmpfs, memfd), part of RSS
 * @MEMCENSUS_F_PSS_ANON: anonymous part of PSS (Pss_Anon)
 * @MEMCENSUS_F_PSS_FILE: page cache of files, part of PSS (Pss_File)
 * @MEMCENSUS_F_PSS_SHMEM: shared memory, part of PSS (Pss_Shmem)
 * @MEMCENSUS_F_REFERENCED: accessed since last cleared (Referenced); with FLAGS
 * @MEMCENSUS_F_KSM: merged by KSM (KSM, since Linux 6.6); with FLAGS
 * @MEMCENSUS_F_LAZYFREE: marked by MADV_FREE (LazyFree); with FLAGS
 * @MEMCENSUS_F_THP: mapped by a PMD, sum of the next three
 * @MEMCENSUS_F_ANON_THP: (AnonHugePages)
 * @MEMCENSUS_F_SHMEM_THP: (ShmemPmdMapped)
 * @MEMCENSUS_F_FILE_THP: (FilePmdMapped)
 * @MEMCENSUS_F_HUGETLB: hugetlb pages, not part of RSS
 * @MEMCENSUS_F_SHARED_HUGETLB: (Shared_Hugetlb)
 * @MEMCENSUS_F_PRIVATE_HUGETLB: (Private_Hugetlb)
 * @MEMCENSUS_F_SWAP: swapped out, including shmem of its VMAs (Swap)
 * @MEMCENSUS_F_SWAP_PSS: proportional share of swap slots (SwapPss)
 * @MEMCENSUS_F_SPECIAL: special mappings: zero pages, PFN maps, devices
 * @MEMCENSUS_F_PAGETABLES: page tables (VmPTE)
 * @MEMCENSUS_F_HEAP: brk heap, part of RSS
 * @MEMCENSUS_F_STACK: stack of the main thread, part of RSS
 * @MEMCENSUS_F_MLOCKED: address space locked by mlock (VmLck)
 * @MEMCENSUS_F_SWAP_USS: exclusive swap slots
 * @MEMCENSUS_F_HUGETLB_PSS: proportional share of hugetlb pages
 * @MEMCENSUS_F_USS_ANON: anonymous part of USS, free after the last exit
 * @MEMCENSUS_F_USS_FILE: page cache part of USS, still cached after the last exit
 * @MEMCENSUS_F_USS_SHMEM: shared memory part of USS, free once its file has no name and
 *	no user
 * @MEMCENSUS_F_DEVICE: pages of drivers and of the kernel that are in no page cache, and
 *	of ZONE_DEVICE (DAX files, device-dax, PCI), which are not in MemTotal; part of
 *	RSS
 * @MEMCENSUS_F_PSS_DEVICE: of @DEVICE, part of PSS
 * @MEMCENSUS_F_USS_DEVICE: of @DEVICE, part of USS; those of drivers are free once no
 *	process has the file open
 * @MEMCENSUS_F_PINNED: pinned by drivers and io_uring, mapped or not (VmPin)
 * @MEMCENSUS_F_USS_ZONE_DEVICE: pages of ZONE_DEVICE, part of @USS_DEVICE; never free:
 *	they are not in MemTotal
 * @MEMCENSUS_F_DIRTY: written since they were last clean, by the entry or by struct page;
 *	part of RSS (Shared_Dirty + Private_Dirty); with FLAGS
 *
 * In parentheses: the name of the figure in smaps, smaps_rollup or status.
 *
 * 16 to 20 and 37 were used by version 2 of the family and will not be used again.
 */
enum memcensus_figure {
	MEMCENSUS_F_UNSPEC,
	MEMCENSUS_F_PAD,
	MEMCENSUS_F_VSS,
	MEMCENSUS_F_RSS,
	MEMCENSUS_F_RSS_COUNTER,
	MEMCENSUS_F_RSS_PEAK,
	MEMCENSUS_F_FRAMES,
	MEMCENSUS_F_USS,
	MEMCENSUS_F_PSS,
	MEMCENSUS_F_SHARED,
	MEMCENSUS_F_ANON,
	MEMCENSUS_F_FILE,
	MEMCENSUS_F_SHMEM,
	MEMCENSUS_F_PSS_ANON,
	MEMCENSUS_F_PSS_FILE,
	MEMCENSUS_F_PSS_SHMEM,
	MEMCENSUS_F_REFERENCED = 21,
	MEMCENSUS_F_KSM,
	MEMCENSUS_F_LAZYFREE,
	MEMCENSUS_F_THP,
	MEMCENSUS_F_ANON_THP,
	MEMCENSUS_F_SHMEM_THP,
	MEMCENSUS_F_FILE_THP,
	MEMCENSUS_F_HUGETLB,
	MEMCENSUS_F_SHARED_HUGETLB,
	MEMCENSUS_F_PRIVATE_HUGETLB,
	MEMCENSUS_F_SWAP,
	MEMCENSUS_F_SWAP_PSS,
	MEMCENSUS_F_SPECIAL,
	MEMCENSUS_F_PAGETABLES,
	MEMCENSUS_F_HEAP,
	MEMCENSUS_F_STACK,
	MEMCENSUS_F_MLOCKED = 38,
	MEMCENSUS_F_SWAP_USS,
	MEMCENSUS_F_HUGETLB_PSS,
	MEMCENSUS_F_USS_ANON,
	MEMCENSUS_F_USS_FILE,
	MEMCENSUS_F_USS_SHMEM,
	MEMCENSUS_F_DEVICE,
	MEMCENSUS_F_PSS_DEVICE,
	MEMCENSUS_F_USS_DEVICE,
	MEMCENSUS_F_PINNED,
	MEMCENSUS_F_USS_ZONE_DEVICE,
	MEMCENSUS_F_DIRTY,
	__MEMCENSUS_F_MAX,
	MEMCENSUS_F_MAX = __MEMCENSUS_F_MAX - 1
};

/**
 * enum memcensus_zone - one memory zone
 * @MEMCENSUS_ZONE_NODE: u32, node
 * @MEMCENSUS_ZONE_NAME: string (DMA, DMA32, Normal, Movable ...)
 * @MEMCENSUS_ZONE_FREE_BLOCKS: u64[], by order, free blocks of 2^order pages
 * @MEMCENSUS_ZONE_FREE: u64, free bytes by the zone's counter (nr_free_pages)
 * @MEMCENSUS_ZONE_WMARK_MIN: u64, bytes, including the boost
 * @MEMCENSUS_ZONE_WMARK_LOW: u64, bytes, including the boost
 * @MEMCENSUS_ZONE_WMARK_HIGH: u64, bytes, including the boost
 * @MEMCENSUS_ZONE_WMARK_BOOST: u64, bytes
 * @MEMCENSUS_ZONE_SPANNED: u64, bytes from its first to its last frame
 * @MEMCENSUS_ZONE_PRESENT: u64, bytes of existing memory
 * @MEMCENSUS_ZONE_MANAGED: u64, bytes managed by the buddy allocator
 * @MEMCENSUS_ZONE_PCP: u64, free bytes in per-CPU lists
 * @MEMCENSUS_ZONE_HIGHATOMIC: u64, bytes reserved for atomic allocations
 * @MEMCENSUS_ZONE_CMA_FREE: u64, free bytes in CMA areas; absent without CMA
 * @MEMCENSUS_ZONE_LOWMEM_RESERVE: u64[], by zone of the node, bytes reserved against
 *	allocations that could use a higher zone
 *
 * 18 and 19 were used by version 1 of the family and will not be used again.
 */
enum memcensus_zone {
	MEMCENSUS_ZONE_UNSPEC,
	MEMCENSUS_ZONE_PAD,
	MEMCENSUS_ZONE_NODE,
	MEMCENSUS_ZONE_NAME,
	MEMCENSUS_ZONE_FREE_BLOCKS,
	MEMCENSUS_ZONE_FREE = 6,
	MEMCENSUS_ZONE_WMARK_MIN,
	MEMCENSUS_ZONE_WMARK_LOW,
	MEMCENSUS_ZONE_WMARK_HIGH,
	MEMCENSUS_ZONE_WMARK_BOOST,
	MEMCENSUS_ZONE_SPANNED,
	MEMCENSUS_ZONE_PRESENT,
	MEMCENSUS_ZONE_MANAGED,
	MEMCENSUS_ZONE_PCP,
	MEMCENSUS_ZONE_HIGHATOMIC,
	MEMCENSUS_ZONE_CMA_FREE,
	MEMCENSUS_ZONE_LOWMEM_RESERVE,
	__MEMCENSUS_ZONE_MAX,
	MEMCENSUS_ZONE_MAX = __MEMCENSUS_ZONE_MAX - 1
};

/**
 * enum memcensus_kswapd - state of a node's kswapd
 * @MEMCENSUS_KSWAPD_NONE: the node has none
 * @MEMCENSUS_KSWAPD_ASLEEP: waits for a wakeup
 * @MEMCENSUS_KSWAPD_RUNNING: reclaims
 */
enum memcensus_kswapd {
	MEMCENSUS_KSWAPD_UNSPEC,
	MEMCENSUS_KSWAPD_NONE,
	MEMCENSUS_KSWAPD_ASLEEP,
	MEMCENSUS_KSWAPD_RUNNING,
	__MEMCENSUS_KSWAPD_MAX,
	MEMCENSUS_KSWAPD_MAX = __MEMCENSUS_KSWAPD_MAX - 1
};

/**
 * enum memcensus_node - one NUMA node and its reclaim
 * @MEMCENSUS_NODE_ID: u32, number of the node
 * @MEMCENSUS_NODE_KSWAPD: u32, &enum memcensus_kswapd
 * @MEMCENSUS_NODE_KSWAPD_ORDER: u32, order that kswapd was woken for
 * @MEMCENSUS_NODE_KSWAPD_ZONE: string, highest zone that kswapd was woken for; absent if
 *	it was not woken
 * @MEMCENSUS_NODE_KSWAPD_FAILURES: u32, consecutive runs without progress; after 16
 *	kswapd gives up
 * @MEMCENSUS_NODE_BALANCED: u32, 1 if one of the zones that kswapd was woken for, or of
 *	all zones if it was not woken, meets its high watermark and has a free block of
 *	this order, or if none of them has memory
 * @MEMCENSUS_NODE_SPANNED: u64, bytes from its first to its last frame
 * @MEMCENSUS_NODE_PRESENT: u64, bytes of existing memory
 * @MEMCENSUS_NODE_ACTIVE_ANON: u64, bytes on the LRU list, as the next four
 * @MEMCENSUS_NODE_INACTIVE_ANON: u64
 * @MEMCENSUS_NODE_ACTIVE_FILE: u64
 * @MEMCENSUS_NODE_INACTIVE_FILE: u64
 * @MEMCENSUS_NODE_UNEVICTABLE: u64
 * @MEMCENSUS_NODE_ISOLATED_ANON: u64, bytes taken off the LRU list for reclaim
 * @MEMCENSUS_NODE_ISOLATED_FILE: u64, bytes taken off the LRU list for reclaim
 * @MEMCENSUS_NODE_DIRTY: u64, bytes
 * @MEMCENSUS_NODE_WRITEBACK: u64, bytes
 */
enum memcensus_node {
	MEMCENSUS_NODE_UNSPEC,
	MEMCENSUS_NODE_PAD,
	MEMCENSUS_NODE_ID,
	MEMCENSUS_NODE_KSWAPD,
	MEMCENSUS_NODE_KSWAPD_ORDER,
	MEMCENSUS_NODE_KSWAPD_ZONE,
	MEMCENSUS_NODE_KSWAPD_FAILURES,
	MEMCENSUS_NODE_BALANCED,
	MEMCENSUS_NODE_SPANNED,
	MEMCENSUS_NODE_PRESENT,
	MEMCENSUS_NODE_ACTIVE_ANON,
	MEMCENSUS_NODE_INACTIVE_ANON,
	MEMCENSUS_NODE_ACTIVE_FILE,
	MEMCENSUS_NODE_INACTIVE_FILE,
	MEMCENSUS_NODE_UNEVICTABLE,
	MEMCENSUS_NODE_ISOLATED_ANON,
	MEMCENSUS_NODE_ISOLATED_FILE,
	MEMCENSUS_NODE_DIRTY,
	MEMCENSUS_NODE_WRITEBACK,
	__MEMCENSUS_NODE_MAX,
	MEMCENSUS_NODE_MAX = __MEMCENSUS_NODE_MAX - 1
};

/**
 * enum memcensus_physical - one pass over all frames
 * @MEMCENSUS_PHYSICAL_REALTIME_NS: start, ns since 1970
 * @MEMCENSUS_PHYSICAL_WALL_NS: duration, ns
 * @MEMCENSUS_PHYSICAL_CPU_NS: CPU time, ns
 * @MEMCENSUS_PHYSICAL_FRAMES: number of frames in all classes
 * @MEMCENSUS_PHYSICAL_READ: number of frames whose struct page was read; blocks of free
 *	frames and large folios are read once
 * @MEMCENSUS_PHYSICAL_CHANGED: number of frames that were read again because they changed
 */
enum memcensus_physical {
	MEMCENSUS_PHYSICAL_UNSPEC,
	MEMCENSUS_PHYSICAL_PAD,
	MEMCENSUS_PHYSICAL_REALTIME_NS,
	MEMCENSUS_PHYSICAL_WALL_NS,
	MEMCENSUS_PHYSICAL_CPU_NS,
	MEMCENSUS_PHYSICAL_FRAMES,
	MEMCENSUS_PHYSICAL_READ,
	MEMCENSUS_PHYSICAL_CHANGED,
	__MEMCENSUS_PHYSICAL_MAX,
	MEMCENSUS_PHYSICAL_MAX = __MEMCENSUS_PHYSICAL_MAX - 1
};

/**
 * enum memcensus_physical_zone - where the frames of a zone are
 * @MEMCENSUS_PZ_NODE: u32, ID of the node
 * @MEMCENSUS_PZ_NAME: string, name of the zone
 * @MEMCENSUS_PZ_SPANNED: u64, bytes from its first to its last frame
 * @MEMCENSUS_PZ_PRESENT: u64, bytes of existing memory, as the kernel counts it
 * @MEMCENSUS_PZ_MANAGED: u64, bytes that the buddy allocator manages, as the kernel
 *	counts them
 * @MEMCENSUS_PZ_HOLES: u64, bytes of frames without a struct page, or offline
 * @MEMCENSUS_PZ_OTHER_ZONES: u64, bytes of frames that belong to another zone
 * @MEMCENSUS_PZ_FREE_BLOCKS: u64[], number of free blocks by order
 * @MEMCENSUS_PZ_CLASSES: nest, u64 by &enum memcensus_frame_class
 * @MEMCENSUS_PZ_STATES: nest, u64 by &enum memcensus_frame_state
 *
 * SPANNED is the sum of HOLES, OTHER_ZONES and all CLASSES.
 */
enum memcensus_physical_zone {
	MEMCENSUS_PZ_UNSPEC,
	MEMCENSUS_PZ_PAD,
	MEMCENSUS_PZ_NODE,
	MEMCENSUS_PZ_NAME,
	MEMCENSUS_PZ_SPANNED,
	MEMCENSUS_PZ_PRESENT,
	MEMCENSUS_PZ_MANAGED,
	MEMCENSUS_PZ_HOLES,
	MEMCENSUS_PZ_OTHER_ZONES,
	MEMCENSUS_PZ_FREE_BLOCKS,
	MEMCENSUS_PZ_CLASSES,
	MEMCENSUS_PZ_STATES,
	__MEMCENSUS_PZ_MAX,
	MEMCENSUS_PZ_MAX = __MEMCENSUS_PZ_MAX - 1
};

/**
 * enum memcensus_frame_class - what a frame is used for, in bytes; each frame has one class
 * @MEMCENSUS_FC_FREE: free blocks of the buddy allocator (MemFree)
 * @MEMCENSUS_FC_FREE_PCP: free, on the list of a processor
 * @MEMCENSUS_FC_ANON: anonymous, mapped, including what KSM merged (AnonPages)
 * @MEMCENSUS_FC_ANON_UNMAPPED: anonymous, of a folio that no page table maps
 * @MEMCENSUS_FC_ANON_TAILS: anonymous, not mapped, of a large folio of which another part
 *	is mapped; absent if pages have no map counts
 * @MEMCENSUS_FC_SWAP_CACHE: anonymous or shmem, in the swap cache and not mapped
 * @MEMCENSUS_FC_SHMEM: shmem, mapped
 * @MEMCENSUS_FC_SHMEM_UNMAPPED: shmem, not mapped
 * @MEMCENSUS_FC_FILE: page cache of files, mapped
 * @MEMCENSUS_FC_FILE_UNMAPPED: page cache of files, not mapped
 * @MEMCENSUS_FC_HUGETLB: hugetlb pages in use
 * @MEMCENSUS_FC_HUGETLB_FREE: hugetlb pages in the pool, reserved or not
 * @MEMCENSUS_FC_PAGE_TABLES: page tables with a page type
 * @MEMCENSUS_FC_SLAB: slab
 * @MEMCENSUS_FC_LARGE_KMALLOC: kmalloc() too large for a slab; absent if they have no
 *	page type
 * @MEMCENSUS_FC_ZSMALLOC: zsmalloc (zram, zswap); absent if it has no page type
 * @MEMCENSUS_FC_MOVABLE: of drivers that let them migrate, if these have no page type,
 *	such as zsmalloc before Linux 6.11; absent on kernels with a type for all
 * @MEMCENSUS_FC_PAGE_POOL: page_pool of the network stack; absent if a signature does not
 *	tell them
 * @MEMCENSUS_FC_OFFLINE: logically offline: balloons and virtio-mem
 * @MEMCENSUS_FC_GUARD: guard pages of debug_pagealloc
 * @MEMCENSUS_FC_UNACCEPTED: not yet accepted by the guest; absent if they have no page
 *	type
 * @MEMCENSUS_FC_ZERO: the zero page
 * @MEMCENSUS_FC_RESERVED: reserved by memblock, firmware or a driver: the kernel's image,
 *	the memory map, frames without memory behind them
 * @MEMCENSUS_FC_POISONED: hardware errors
 * @MEMCENSUS_FC_KERNEL: allocated by the kernel, with no page type, flag or mapping:
 *	vmalloc(), kernel stacks, per-CPU areas, drivers
 * @MEMCENSUS_FC_REMAINDER: none of the classes
 * @MEMCENSUS_FC_DEVICE: as kernel, but mapped by processes: packet rings, BPF arrays,
 *	video buffers; of a compound page all frames, if any is
 *
 * In parentheses: the name in /proc/meminfo.
 */
enum memcensus_frame_class {
	MEMCENSUS_FC_UNSPEC,
	MEMCENSUS_FC_PAD,
	MEMCENSUS_FC_FREE,
	MEMCENSUS_FC_FREE_PCP,
	MEMCENSUS_FC_ANON,
	MEMCENSUS_FC_ANON_UNMAPPED,
	MEMCENSUS_FC_ANON_TAILS,
	MEMCENSUS_FC_SWAP_CACHE,
	MEMCENSUS_FC_SHMEM,
	MEMCENSUS_FC_SHMEM_UNMAPPED,
	MEMCENSUS_FC_FILE,
	MEMCENSUS_FC_FILE_UNMAPPED,
	MEMCENSUS_FC_HUGETLB,
	MEMCENSUS_FC_HUGETLB_FREE,
	MEMCENSUS_FC_PAGE_TABLES,
	MEMCENSUS_FC_SLAB,
	MEMCENSUS_FC_LARGE_KMALLOC,
	MEMCENSUS_FC_ZSMALLOC,
	MEMCENSUS_FC_MOVABLE,
	MEMCENSUS_FC_PAGE_POOL,
	MEMCENSUS_FC_OFFLINE,
	MEMCENSUS_FC_GUARD,
	MEMCENSUS_FC_UNACCEPTED,
	MEMCENSUS_FC_ZERO,
	MEMCENSUS_FC_RESERVED,
	MEMCENSUS_FC_POISONED,
	MEMCENSUS_FC_KERNEL,
	MEMCENSUS_FC_REMAINDER,
	MEMCENSUS_FC_DEVICE,
	__MEMCENSUS_FC_MAX,
	MEMCENSUS_FC_MAX = __MEMCENSUS_FC_MAX - 1
};

/**
 * enum memcensus_frame_state - states of frames of any class, in bytes; a frame may have several
 * @MEMCENSUS_FS_SWAP_CACHED: in the swap cache, mapped or not (SwapCached)
 * @MEMCENSUS_FS_UNEVICTABLE: (Unevictable)
 * @MEMCENSUS_FS_MLOCKED: (Mlocked)
 * @MEMCENSUS_FS_DIRTY: page cache of files that must be written (Dirty)
 * @MEMCENSUS_FS_WRITEBACK: (Writeback)
 * @MEMCENSUS_FS_LRU: on an LRU list
 * @MEMCENSUS_FS_PINNED: may be pinned for DMA: these cannot move
 *
 * In parentheses: the name in /proc/meminfo.
 */
enum memcensus_frame_state {
	MEMCENSUS_FS_UNSPEC,
	MEMCENSUS_FS_PAD,
	MEMCENSUS_FS_SWAP_CACHED,
	MEMCENSUS_FS_UNEVICTABLE,
	MEMCENSUS_FS_MLOCKED,
	MEMCENSUS_FS_DIRTY,
	MEMCENSUS_FS_WRITEBACK,
	MEMCENSUS_FS_LRU,
	MEMCENSUS_FS_PINNED,
	__MEMCENSUS_FS_MAX,
	MEMCENSUS_FS_MAX = __MEMCENSUS_FS_MAX - 1
};

/**
 * enum memcensus_frame_blocks - aligned blocks of frames of a zone
 * @MEMCENSUS_FB_NODE: u32, ID of the node
 * @MEMCENSUS_FB_ZONE: string, name of the zone
 * @MEMCENSUS_FB_ORDER: u32, each block has 2^ORDER frames
 * @MEMCENSUS_FB_FIRST: u64, number of the first frame of the first block; absent: the
 *	caller lacks CAP_SYS_ADMIN, and RECORDS are not in the order of addresses
 * @MEMCENSUS_FB_RECORDS: u64[], one for each block, by MEMCENSUS_BLOCK_*: bits 0 to 31
 *	say what is in the way, none if the block is free or can be freed by moving its
 *	frames away
 *
 * RECORDS say what is in the way of an allocation of each of them.
 */
enum memcensus_frame_blocks {
	MEMCENSUS_FB_UNSPEC,
	MEMCENSUS_FB_PAD,
	MEMCENSUS_FB_NODE,
	MEMCENSUS_FB_ZONE,
	MEMCENSUS_FB_ORDER,
	MEMCENSUS_FB_FIRST,
	MEMCENSUS_FB_RECORDS,
	__MEMCENSUS_FB_MAX,
	MEMCENSUS_FB_MAX = __MEMCENSUS_FB_MAX - 1
};

/**
 * enum memcensus_frame_cgroup - frames that are charged to a cgroup
 * @MEMCENSUS_FG_CGROUP: u64, ID of the cgroup, without those below it; absent: charged to
 *	none, or memory has no controller of version 2
 * @MEMCENSUS_FG_CLASSES: nest, u64 by &enum memcensus_frame_class
 * @MEMCENSUS_FG_SHARED: u64, bytes that more than one page table entry maps; absent:
 *	pages have no map counts
 * @MEMCENSUS_FG_PINNED: u64, bytes that may be pinned for DMA, in frames of processes and
 *	of the page cache
 *
 * The first record is of those that are charged to none.  All records together are all
 * frames.
 */
enum memcensus_frame_cgroup {
	MEMCENSUS_FG_UNSPEC,
	MEMCENSUS_FG_PAD,
	MEMCENSUS_FG_CGROUP,
	MEMCENSUS_FG_CLASSES,
	MEMCENSUS_FG_SHARED,
	MEMCENSUS_FG_PINNED,
	__MEMCENSUS_FG_MAX,
	MEMCENSUS_FG_MAX = __MEMCENSUS_FG_MAX - 1
};

/**
 * enum memcensus_frame_system - page cache of a file system
 * @MEMCENSUS_FY_FILES: u64, number of files with frames in the page cache; absent:
 *	unknown, of the second record
 * @MEMCENSUS_FY_DEV_MAJOR: u32, device of the file system, as in /proc/PID/mountinfo;
 *	absent: unknown, of the first two records
 * @MEMCENSUS_FY_DEV_MINOR: u32, its minor number
 * @MEMCENSUS_FY_TYPE: string, type of the file system; "bdev": a block device
 * @MEMCENSUS_FY_SOURCE: string, what the kernel calls the file system: mostly the name of
 *	its device, or its type
 * @MEMCENSUS_FY_CACHED: u64, bytes in the page cache: frames of classes FILE,
 *	FILE_UNMAPPED, SHMEM, SHMEM_UNMAPPED
 * @MEMCENSUS_FY_MAPPED: u64, bytes of CACHED that a page table maps
 * @MEMCENSUS_FY_DIRTY: u64, bytes of CACHED in folios that are to be written; absent:
 *	shmem, which is in no file system on a disk
 * @MEMCENSUS_FY_WRITEBACK: u64, bytes of CACHED in folios that are being written
 *
 * The first record is of files that were not found again after the pass, the second one
 * of frames whose file has no record, because there are too many files.  All records
 * together are all frames of the page cache.
 */
enum memcensus_frame_system {
	MEMCENSUS_FY_UNSPEC,
	MEMCENSUS_FY_PAD,
	MEMCENSUS_FY_FILES,
	MEMCENSUS_FY_DEV_MAJOR,
	MEMCENSUS_FY_DEV_MINOR,
	MEMCENSUS_FY_TYPE,
	MEMCENSUS_FY_SOURCE,
	MEMCENSUS_FY_CACHED,
	MEMCENSUS_FY_MAPPED,
	MEMCENSUS_FY_DIRTY,
	MEMCENSUS_FY_WRITEBACK,
	__MEMCENSUS_FY_MAX,
	MEMCENSUS_FY_MAX = __MEMCENSUS_FY_MAX - 1
};

/**
 * enum memcensus_frame_file - page cache of a file, largest first
 * @MEMCENSUS_FF_DEV_MAJOR: u32, device of the file system, as in /proc/PID/mountinfo; of
 *	a block device: its own
 * @MEMCENSUS_FF_DEV_MINOR: u32, its minor number
 * @MEMCENSUS_FF_INODE: u64, number of the inode; absent: a block device
 * @MEMCENSUS_FF_TYPE: string, type of the file system; "bdev": a block device
 * @MEMCENSUS_FF_SOURCE: string, what the kernel calls the file system: mostly the name of
 *	its device, or its type
 * @MEMCENSUS_FF_PATH: string, path in the file system, or without a / at its beginning
 *	the name of a file that is in none; absent: the kernel has no name of the file in
 *	memory
 * @MEMCENSUS_FF_DELETED: u32, 1: the file has no name any more, or never had one; 0: it
 *	has one
 * @MEMCENSUS_FF_SIZE: u64, bytes of the file
 * @MEMCENSUS_FF_CACHED: u64, bytes in the page cache: frames of classes FILE,
 *	FILE_UNMAPPED, SHMEM, SHMEM_UNMAPPED
 * @MEMCENSUS_FF_MAPPED: u64, bytes of CACHED that a page table maps
 * @MEMCENSUS_FF_DIRTY: u64, bytes of CACHED in folios that are to be written; absent:
 *	shmem, which is in no file system on a disk
 * @MEMCENSUS_FF_WRITEBACK: u64, bytes of CACHED in folios that are being written
 * @MEMCENSUS_FF_CGROUP: u64, ID of the cgroup that is charged for most of CACHED, if one
 *	is charged for more than half of it; absent: no cgroup of version 2 is charged
 * @MEMCENSUS_FF_CHARGED: u64, bytes of CACHED that are charged to CGROUP, at least; all
 *	of CACHED if no other one is charged
 *
 * Without DEV_MAJOR: it was not found again after the pass.
 */
enum memcensus_frame_file {
	MEMCENSUS_FF_UNSPEC,
	MEMCENSUS_FF_PAD,
	MEMCENSUS_FF_DEV_MAJOR,
	MEMCENSUS_FF_DEV_MINOR,
	MEMCENSUS_FF_INODE,
	MEMCENSUS_FF_TYPE,
	MEMCENSUS_FF_SOURCE,
	MEMCENSUS_FF_PATH,
	MEMCENSUS_FF_DELETED,
	MEMCENSUS_FF_SIZE,
	MEMCENSUS_FF_CACHED,
	MEMCENSUS_FF_MAPPED,
	MEMCENSUS_FF_DIRTY,
	MEMCENSUS_FF_WRITEBACK,
	MEMCENSUS_FF_CGROUP,
	MEMCENSUS_FF_CHARGED,
	__MEMCENSUS_FF_MAX,
	MEMCENSUS_FF_MAX = __MEMCENSUS_FF_MAX - 1
};

#endif /* _UAPI_LINUX_MEMCENSUS_H */
