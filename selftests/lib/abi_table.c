// SPDX-License-Identifier: GPL-2.0
/* The ABI as a table; see abi_table.h. */
#include "abi_table.h"

#define INT(t)		{ .type = ABI_##t }
#define RANGE(t, a, b)	{ .type = ABI_##t, .min = (a), .max = (b) }
#define NESTED(n)	{ .type = ABI_NEST, .nest = &(n) }

/*
 * The highest number sets the length of @attrs. New attributes come at the end of an
 * enum, so @attrs is too short if one is missing.
 */
#define COMPLETE(attrs, end)						\
	_Static_assert(sizeof(attrs) / sizeof(*(attrs)) == (end),	\
		       #attrs " lacks an attribute of the ABI")

#define NEST(name, attrs, end)						\
	COMPLETE(attrs, end);						\
	static const struct abi_nest name = { (attrs), (end) }

#define NUMBERS(name, end)						\
	static const struct abi_nest name = { NULL, (end) }

/* Requests */

static const struct abi_attr request_attrs[] = {
	[MEMCENSUS_REQ_BASIS] = RANGE(U32, MEMCENSUS_BASIS_MAPCOUNT,
				       MEMCENSUS_BASIS_MAX),
	[MEMCENSUS_REQ_PARTS] = { .type = ABI_U32, .mask = MEMCENSUS_PART_ALL },
	[MEMCENSUS_REQ_PIDS] = RANGE(U32S, 0, MEMCENSUS_PIDS_MAX),
	[MEMCENSUS_REQ_GROUP_BY] = RANGE(U32, MEMCENSUS_BY_UID,
					  MEMCENSUS_BY_MAX),
	[MEMCENSUS_REQ_START] = INT(U64),
	[MEMCENSUS_REQ_END] = INT(U64),
};

COMPLETE(request_attrs, __MEMCENSUS_REQ_MAX);
const struct abi_nest abi_request = { request_attrs, __MEMCENSUS_REQ_MAX };

/* A request has only REQUEST; the kernel refuses attributes of answers. */
static const struct abi_attr asked_attrs[__MEMCENSUS_A_MAX] = {
	[MEMCENSUS_A_REQUEST] = NESTED(abi_request),
};

COMPLETE(asked_attrs, __MEMCENSUS_A_MAX);
const struct abi_nest abi_asked = { asked_attrs, __MEMCENSUS_A_MAX };

/* Answers */

NUMBERS(figures, __MEMCENSUS_F_MAX);
NUMBERS(system_bytes, __MEMCENSUS_S_MAX);
NUMBERS(system_events, __MEMCENSUS_E_MAX);

static const struct abi_attr info_attrs[] = {
	[MEMCENSUS_INFO_PAD] = INT(PAD),
	[MEMCENSUS_INFO_ABI] = INT(U32),
	[MEMCENSUS_INFO_VERSION] = INT(STRING),
	[MEMCENSUS_INFO_KERNEL] = INT(STRING),
	[MEMCENSUS_INFO_PAGE_SIZE] = INT(U32),
	[MEMCENSUS_INFO_ORDERS] = INT(U32),
	[MEMCENSUS_INFO_MAPCOUNT_EXACT] = INT(U32),
	[MEMCENSUS_INFO_MAX_AGE_NS] = INT(U64),
	[MEMCENSUS_INFO_LOCK_HOLD_NS] = INT(U64),
	[MEMCENSUS_INFO_BUSY_BUDGET_NS] = INT(U64),
	[MEMCENSUS_INFO_MAX_MEM] = INT(U64),
	[MEMCENSUS_INFO_WORKERS] = INT(U32),
};

NEST(info, info_attrs, __MEMCENSUS_INFO_MAX);

static const struct abi_attr scan_attrs[] = {
	[MEMCENSUS_SCAN_PAD] = INT(PAD),
	[MEMCENSUS_SCAN_BASIS] = INT(U32),
	[MEMCENSUS_SCAN_PARTS] = INT(U32),
	[MEMCENSUS_SCAN_REALTIME_NS] = INT(U64),
	[MEMCENSUS_SCAN_BOOTTIME_NS] = INT(U64),
	[MEMCENSUS_SCAN_WALL_NS] = INT(U64),
	[MEMCENSUS_SCAN_CPU_NS] = INT(U64),
	[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS] = INT(U64),
	[MEMCENSUS_SCAN_LOCK_HOLDS] = INT(U64),
	[MEMCENSUS_SCAN_MMS] = INT(U64),
	[MEMCENSUS_SCAN_WALKED] = INT(U64),
	[MEMCENSUS_SCAN_BUSY] = INT(U64),
	[MEMCENSUS_SCAN_VANISHED] = INT(U64),
	[MEMCENSUS_SCAN_PARTIAL] = INT(U64),
	[MEMCENSUS_SCAN_KTHREADS] = INT(U64),
	[MEMCENSUS_SCAN_ZOMBIES] = INT(U64),
	[MEMCENSUS_SCAN_PTES] = INT(U64),
	[MEMCENSUS_SCAN_PAGES] = INT(U64),
	[MEMCENSUS_SCAN_MEMORY] = INT(U64),
	[MEMCENSUS_SCAN_FRAMES] = INT(U64),
	[MEMCENSUS_SCAN_PSS] = INT(U64),
	[MEMCENSUS_SCAN_VIOLATIONS] = INT(U64),
	[MEMCENSUS_SCAN_SLICES] = INT(U64),
};

NEST(scan, scan_attrs, __MEMCENSUS_SCAN_MAX);

static const struct abi_attr task_attrs[] = {
	[MEMCENSUS_TASK_PAD] = INT(PAD),
	[MEMCENSUS_TASK_PID] = INT(U32),
	[MEMCENSUS_TASK_NR_PEERS] = INT(U32),
	[MEMCENSUS_TASK_PEERS] = RANGE(U32S, 1, MEMCENSUS_PEERS_MAX),
	[MEMCENSUS_TASK_PPID] = INT(U32),
	[MEMCENSUS_TASK_COMM] = INT(STRING),
	[MEMCENSUS_TASK_UID] = INT(U32),
	[MEMCENSUS_TASK_CGROUP] = INT(U64),
	[MEMCENSUS_TASK_START_NS] = INT(U64),
	[MEMCENSUS_TASK_THREADS] = INT(U32),
	[MEMCENSUS_TASK_STATE] = INT(U32),
	[MEMCENSUS_TASK_BASIS] = INT(U32),
	[MEMCENSUS_TASK_MIN_FAULTS] = INT(U64),
	[MEMCENSUS_TASK_MAJ_FAULTS] = INT(U64),
	[MEMCENSUS_TASK_OOM_SCORE_ADJ] = INT(S32),
	[MEMCENSUS_TASK_FIGURES] = NESTED(figures),
	[MEMCENSUS_TASK_GROUP] = INT(U32),
};

NEST(task, task_attrs, __MEMCENSUS_TASK_MAX);

static const struct abi_attr vma_attrs[] = {
	[MEMCENSUS_VMA_PAD] = INT(PAD),
	[MEMCENSUS_VMA_PID] = INT(U32),
	[MEMCENSUS_VMA_START] = INT(U64),
	[MEMCENSUS_VMA_END] = INT(U64),
	[MEMCENSUS_VMA_OFFSET] = INT(U64),
	[MEMCENSUS_VMA_MODE] = INT(STRING),
	[MEMCENSUS_VMA_FLAGS] = INT(STRING),
	[MEMCENSUS_VMA_DEV_MAJOR] = INT(U32),
	[MEMCENSUS_VMA_DEV_MINOR] = INT(U32),
	[MEMCENSUS_VMA_INODE] = INT(U64),
	[MEMCENSUS_VMA_NAME] = INT(STRING),
	[MEMCENSUS_VMA_PAGE_SIZE] = INT(U64),
	[MEMCENSUS_VMA_PKEY] = INT(U32),
	[MEMCENSUS_VMA_FIGURES] = NESTED(figures),
};

NEST(vma, vma_attrs, __MEMCENSUS_VMA_MAX);

static const struct abi_attr group_attrs[] = {
	[MEMCENSUS_GROUP_PAD] = INT(PAD),
	[MEMCENSUS_GROUP_UID] = INT(U32),
	[MEMCENSUS_GROUP_CGROUP] = INT(U64),
	[MEMCENSUS_GROUP_COMM] = INT(STRING),
	[MEMCENSUS_GROUP_MMS] = INT(U32),
	[MEMCENSUS_GROUP_FIGURES] = NESTED(figures),
	[MEMCENSUS_GROUP_ID] = INT(U32),
};

NEST(group, group_attrs, __MEMCENSUS_GROUP_MAX);

static const struct abi_attr blocks_attrs[] = {
	[MEMCENSUS_BLOCKS_PAD] = INT(PAD),
	[MEMCENSUS_BLOCKS_ORDER] = INT(U32),
	[MEMCENSUS_BLOCKS_COUNT] = INT(U64),
};

NEST(blocks, blocks_attrs, __MEMCENSUS_BLOCKS_MAX);

static const struct abi_attr type_attrs[] = {
	[MEMCENSUS_TYPE_PAD] = INT(PAD),
	[MEMCENSUS_TYPE_NAME] = INT(STRING),
	[MEMCENSUS_TYPE_FREE_BLOCKS] = { .type = ABI_NEST, .many = true,
					 .nest = &blocks },
};

NEST(zone_type, type_attrs, __MEMCENSUS_TYPE_MAX);

static const struct abi_attr zone_attrs[] = {
	[MEMCENSUS_ZONE_PAD] = INT(PAD),
	[MEMCENSUS_ZONE_NODE] = INT(U32),
	[MEMCENSUS_ZONE_NAME] = INT(STRING),
	[MEMCENSUS_ZONE_FREE_BLOCKS] = RANGE(U64S, 1, 64),
	[MEMCENSUS_ZONE_TYPE] = { .type = ABI_NEST, .many = true,
				  .nest = &zone_type },
	[MEMCENSUS_ZONE_FREE] = INT(U64),
	[MEMCENSUS_ZONE_WMARK_MIN] = INT(U64),
	[MEMCENSUS_ZONE_WMARK_LOW] = INT(U64),
	[MEMCENSUS_ZONE_WMARK_HIGH] = INT(U64),
	[MEMCENSUS_ZONE_WMARK_BOOST] = INT(U64),
	[MEMCENSUS_ZONE_SPANNED] = INT(U64),
	[MEMCENSUS_ZONE_PRESENT] = INT(U64),
	[MEMCENSUS_ZONE_MANAGED] = INT(U64),
	[MEMCENSUS_ZONE_PCP] = INT(U64),
	[MEMCENSUS_ZONE_HIGHATOMIC] = INT(U64),
	[MEMCENSUS_ZONE_CMA_FREE] = INT(U64),
	[MEMCENSUS_ZONE_LOWMEM_RESERVE] = RANGE(U64S, 1, 16),
};

NEST(zone, zone_attrs, __MEMCENSUS_ZONE_MAX);

static const struct abi_attr node_attrs[] = {
	[MEMCENSUS_NODE_PAD] = INT(PAD),
	[MEMCENSUS_NODE_ID] = INT(U32),
	[MEMCENSUS_NODE_KSWAPD] = INT(U32),
	[MEMCENSUS_NODE_KSWAPD_ORDER] = INT(U32),
	[MEMCENSUS_NODE_KSWAPD_ZONE] = INT(STRING),
	[MEMCENSUS_NODE_KSWAPD_FAILURES] = INT(U32),
	[MEMCENSUS_NODE_BALANCED] = INT(U32),
	[MEMCENSUS_NODE_SPANNED] = INT(U64),
	[MEMCENSUS_NODE_PRESENT] = INT(U64),
	[MEMCENSUS_NODE_ACTIVE_ANON] = INT(U64),
	[MEMCENSUS_NODE_INACTIVE_ANON] = INT(U64),
	[MEMCENSUS_NODE_ACTIVE_FILE] = INT(U64),
	[MEMCENSUS_NODE_INACTIVE_FILE] = INT(U64),
	[MEMCENSUS_NODE_UNEVICTABLE] = INT(U64),
	[MEMCENSUS_NODE_ISOLATED_ANON] = INT(U64),
	[MEMCENSUS_NODE_ISOLATED_FILE] = INT(U64),
	[MEMCENSUS_NODE_DIRTY] = INT(U64),
	[MEMCENSUS_NODE_WRITEBACK] = INT(U64),
};

NEST(node, node_attrs, __MEMCENSUS_NODE_MAX);

static const struct abi_attr system_attrs[] = {
	[MEMCENSUS_SYSTEM_PAD] = INT(PAD),
	[MEMCENSUS_SYSTEM_BYTES] = NESTED(system_bytes),
	[MEMCENSUS_SYSTEM_EVENTS] = NESTED(system_events),
};

NEST(system_nest, system_attrs, __MEMCENSUS_SYSTEM_MAX);

/* Blocks of one message; without any, the arrays are empty. */
#define BLOCKS_MAX 120

static const struct abi_attr pages_attrs[] = {
	[MEMCENSUS_PAGES_PAD] = INT(PAD),
	[MEMCENSUS_PAGES_PID] = INT(U32),
	[MEMCENSUS_PAGES_START] = INT(U64),
	[MEMCENSUS_PAGES_END] = INT(U64),
	[MEMCENSUS_PAGES_ADDRESSES] = RANGE(U64S, 0, BLOCKS_MAX),
	[MEMCENSUS_PAGES_RESIDENT] = RANGE(BITMAPS, 0, BLOCKS_MAX),
	[MEMCENSUS_PAGES_EXCLUSIVE] = RANGE(BITMAPS, 0, BLOCKS_MAX),
	[MEMCENSUS_PAGES_HUGE] = RANGE(BITMAPS, 0, BLOCKS_MAX),
	[MEMCENSUS_PAGES_SWAP] = RANGE(BITMAPS, 0, BLOCKS_MAX),
};

NEST(pages, pages_attrs, __MEMCENSUS_PAGES_MAX);

static const struct abi_attr answered_attrs[] = {
	[MEMCENSUS_A_PAD] = INT(PAD),
	[MEMCENSUS_A_SEQ] = INT(U64),
	[MEMCENSUS_A_REQUEST] = INT(NONE),
	[MEMCENSUS_A_INFO] = NESTED(info),
	[MEMCENSUS_A_SCAN] = NESTED(scan),
	[MEMCENSUS_A_TASK] = NESTED(task),
	[MEMCENSUS_A_VMA] = NESTED(vma),
	[MEMCENSUS_A_ZONE] = NESTED(zone),
	[MEMCENSUS_A_NODE] = NESTED(node),
	[MEMCENSUS_A_SYSTEM] = NESTED(system_nest),
	[MEMCENSUS_A_GROUP] = NESTED(group),
	[MEMCENSUS_A_PAGES] = NESTED(pages),
};

COMPLETE(answered_attrs, __MEMCENSUS_A_MAX);
const struct abi_nest abi_answered = { answered_attrs, __MEMCENSUS_A_MAX };

const struct abi_cmd abi_cmds[] = {
	[MEMCENSUS_CMD_INFO] = { .do_it = true, .answers = 1U << MEMCENSUS_A_INFO },
	[MEMCENSUS_CMD_SNAPSHOT] = {
		.dump = true,
		.answers = 1U << MEMCENSUS_A_INFO | 1U << MEMCENSUS_A_SCAN |
			   1U << MEMCENSUS_A_TASK | 1U << MEMCENSUS_A_GROUP |
			   1U << MEMCENSUS_A_VMA | 1U << MEMCENSUS_A_ZONE |
			   1U << MEMCENSUS_A_NODE | 1U << MEMCENSUS_A_SYSTEM,
	},
	[MEMCENSUS_CMD_PAGES] = {
		.dump = true,
		.answers = 1U << MEMCENSUS_A_INFO | 1U << MEMCENSUS_A_SCAN |
			   1U << MEMCENSUS_A_TASK | 1U << MEMCENSUS_A_VMA |
			   1U << MEMCENSUS_A_PAGES,
	},
};

_Static_assert(sizeof(abi_cmds) / sizeof(*abi_cmds) == __MEMCENSUS_CMD_MAX,
	       "abi_cmds lacks a command of the ABI");

unsigned int abi_int_size(enum abi_type type)
{
	switch (type) {
	case ABI_U32:
	case ABI_S32:
	case ABI_U32S:
		return 4;
	case ABI_U64:
	case ABI_U64S:
	case ABI_BITMAPS:
		return 8;
	default:
		return 0;
	}
}
