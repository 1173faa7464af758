// SPDX-License-Identifier: GPL-2.0
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#include "abi_table.h"
#include "client.h"

#define INT(t)		{ .type = ABI_##t }
#define RANGE(t, a, b)	{ .type = ABI_##t, .min = (a), .max = (b) }
#define KEPT(t, of, member, ...) \
	{ .type = ABI_##t, .offset = offsetof(struct census_##of, member), ##__VA_ARGS__ }

static const struct abi_attr request_attrs[__MEMCENSUS_REQ_MAX] = {
	[MEMCENSUS_REQ_PARTS] = { .type = ABI_U32, .mask = MEMCENSUS_PART_ALL },
	[MEMCENSUS_REQ_PIDS] = RANGE(U32S, 0, 16000),
	[MEMCENSUS_REQ_GROUP_BY] = RANGE(U32, MEMCENSUS_BY_UID, MEMCENSUS_BY_MAX),
	[MEMCENSUS_REQ_LIMIT] = RANGE(U32, 1, 4096),
	[MEMCENSUS_REQ_CHARGED] = RANGE(U32, 1, 2),
	[MEMCENSUS_REQ_FILE] = INT(U32),
	[MEMCENSUS_REQ_ORDER] = RANGE(U32, 1, 18),
	[MEMCENSUS_REQ_FILES] = RANGE(U32, 1, 16384),
	[MEMCENSUS_REQ_READER_UID] = INT(U32),
	[MEMCENSUS_REQ_READER_GID] = INT(U32),
	[MEMCENSUS_REQ_MAX_AGE_MS] = RANGE(U32, 1, 1000),
	[MEMCENSUS_REQ_TREE] = INT(U32),
};

const struct abi_nest abi_request = { request_attrs, __MEMCENSUS_REQ_MAX };

static const struct abi_attr info_attrs[__MEMCENSUS_INFO_MAX] = {
	[MEMCENSUS_INFO_PAD] = INT(PAD),
	[MEMCENSUS_INFO_ABI] = INT(U32),
	[MEMCENSUS_INFO_VERSION] = INT(STRING),
	[MEMCENSUS_INFO_KERNEL] = INT(STRING),
	[MEMCENSUS_INFO_PAGE_SIZE] = INT(U32),
	[MEMCENSUS_INFO_ORDERS] = INT(U32),
	[MEMCENSUS_INFO_MAX_AGE_NS] = INT(U64),
	[MEMCENSUS_INFO_LOCK_HOLD_NS] = INT(U64),
	[MEMCENSUS_INFO_BUSY_BUDGET_NS] = INT(U64),
	[MEMCENSUS_INFO_MAX_MEM] = INT(U64),
	[MEMCENSUS_INFO_SUBJECTS] = INT(U32),
	[MEMCENSUS_INFO_RULE] = INT(U32),
	[MEMCENSUS_INFO_KERNEL_TESTED] = INT(U32),
	[MEMCENSUS_INFO_LOCK] = INT(U32),
};

static const struct abi_nest abi_info = { info_attrs, __MEMCENSUS_INFO_MAX };

static const struct abi_attr scan_attrs[__MEMCENSUS_SCAN_MAX] = {
	[MEMCENSUS_SCAN_PAD] = INT(PAD),
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
	[MEMCENSUS_SCAN_MAPPED_BY_2] = INT(U64),
	[MEMCENSUS_SCAN_MAPPED_BY_3] = INT(U64),
	[MEMCENSUS_SCAN_MAPPED_BY_10] = INT(U64),
	[MEMCENSUS_SCAN_ANON_BY_1] = INT(U64),
	[MEMCENSUS_SCAN_ANON_BY_2] = INT(U64),
	[MEMCENSUS_SCAN_ANON_BY_3] = INT(U64),
	[MEMCENSUS_SCAN_ANON_BY_10] = INT(U64),
	[MEMCENSUS_SCAN_FILE_BY_1] = INT(U64),
	[MEMCENSUS_SCAN_FILE_BY_2] = INT(U64),
	[MEMCENSUS_SCAN_FILE_BY_3] = INT(U64),
	[MEMCENSUS_SCAN_FILE_BY_10] = INT(U64),
	[MEMCENSUS_SCAN_SHMEM_BY_1] = INT(U64),
	[MEMCENSUS_SCAN_SHMEM_BY_2] = INT(U64),
	[MEMCENSUS_SCAN_SHMEM_BY_3] = INT(U64),
	[MEMCENSUS_SCAN_SHMEM_BY_10] = INT(U64),
	[MEMCENSUS_SCAN_DEVICE_BY_1] = INT(U64),
	[MEMCENSUS_SCAN_DEVICE_BY_2] = INT(U64),
	[MEMCENSUS_SCAN_DEVICE_BY_3] = INT(U64),
	[MEMCENSUS_SCAN_DEVICE_BY_10] = INT(U64),
	[MEMCENSUS_SCAN_DEVICE_UNCOUNTED] = INT(U64),
	[MEMCENSUS_SCAN_ZONE_DEVICE] = INT(U64),
};

static const struct abi_nest abi_scan = { scan_attrs, __MEMCENSUS_SCAN_MAX };

static const struct abi_nest abi_figure = { NULL, __MEMCENSUS_F_MAX };

static const struct abi_attr task_attrs[__MEMCENSUS_TASK_MAX] = {
	[MEMCENSUS_TASK_PAD] = INT(PAD),
	[MEMCENSUS_TASK_PID] = KEPT(U32, task, pid),
	[MEMCENSUS_TASK_NR_PEERS] = KEPT(U32, task, nr_peers),
	[MEMCENSUS_TASK_PEERS] = KEPT(U32S, task, peers, .min = 1, .max = 256),
	[MEMCENSUS_TASK_PPID] = KEPT(U32, task, ppid),
	[MEMCENSUS_TASK_COMM] = KEPT(STRING, task, comm),
	[MEMCENSUS_TASK_UID] = KEPT(U32, task, uid),
	[MEMCENSUS_TASK_CGROUP] = KEPT(U64, task, cgroup),
	[MEMCENSUS_TASK_START_NS] = KEPT(U64, task, start),
	[MEMCENSUS_TASK_THREADS] = KEPT(U32, task, threads),
	[MEMCENSUS_TASK_STATE] = KEPT(U32, task, state),
	[MEMCENSUS_TASK_OOM_SCORE_ADJ] = KEPT(S32, task, oom_score_adj),
	[MEMCENSUS_TASK_FIGURES] = KEPT(NEST, task, f, .nest = &abi_figure),
	[MEMCENSUS_TASK_GROUP] = KEPT(U32, task, group),
	[MEMCENSUS_TASK_MAPPINGS] = KEPT(U32, task, mappings),
};

const struct abi_nest abi_task = { task_attrs, __MEMCENSUS_TASK_MAX };

static const struct abi_attr vma_attrs[__MEMCENSUS_VMA_MAX] = {
	[MEMCENSUS_VMA_PAD] = INT(PAD),
	[MEMCENSUS_VMA_PID] = KEPT(U32, vma, pid),
	[MEMCENSUS_VMA_START] = KEPT(U64, vma, start),
	[MEMCENSUS_VMA_END] = KEPT(U64, vma, end),
	[MEMCENSUS_VMA_OFFSET] = KEPT(U64, vma, offset),
	[MEMCENSUS_VMA_MODE] = KEPT(STRING, vma, mode),
	[MEMCENSUS_VMA_DEV_MAJOR] = KEPT(U32, vma, dev_major),
	[MEMCENSUS_VMA_DEV_MINOR] = KEPT(U32, vma, dev_minor),
	[MEMCENSUS_VMA_INODE] = KEPT(U64, vma, inode),
	[MEMCENSUS_VMA_NAME] = KEPT(STRING, vma, name),
	[MEMCENSUS_VMA_PAGE_SIZE] = KEPT(U64, vma, page_size),
	[MEMCENSUS_VMA_FIGURES] = KEPT(NEST, vma, f, .nest = &abi_figure),
};

const struct abi_nest abi_vma = { vma_attrs, __MEMCENSUS_VMA_MAX };

static const struct abi_attr zone_attrs[__MEMCENSUS_ZONE_MAX] = {
	[MEMCENSUS_ZONE_PAD] = INT(PAD),
	[MEMCENSUS_ZONE_NODE] = INT(U32),
	[MEMCENSUS_ZONE_NAME] = INT(STRING),
	[MEMCENSUS_ZONE_FREE_BLOCKS] = RANGE(U64S, 1, 64),
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

static const struct abi_nest abi_zone = { zone_attrs, __MEMCENSUS_ZONE_MAX };

static const struct abi_attr node_attrs[__MEMCENSUS_NODE_MAX] = {
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

static const struct abi_nest abi_node = { node_attrs, __MEMCENSUS_NODE_MAX };

static const struct abi_attr group_attrs[__MEMCENSUS_GROUP_MAX] = {
	[MEMCENSUS_GROUP_PAD] = INT(PAD),
	[MEMCENSUS_GROUP_UID] = KEPT(U32, group, uid),
	[MEMCENSUS_GROUP_CGROUP] = KEPT(U64, group, cgroup),
	[MEMCENSUS_GROUP_COMM] = KEPT(STRING, group, comm),
	[MEMCENSUS_GROUP_MMS] = KEPT(U32, group, mms),
	[MEMCENSUS_GROUP_FIGURES] = KEPT(NEST, group, f, .nest = &abi_figure),
	[MEMCENSUS_GROUP_ID] = KEPT(U32, group, id),
	[MEMCENSUS_GROUP_PARENT] = KEPT(U32, group, parent),
	[MEMCENSUS_GROUP_PID] = KEPT(U32, group, pid),
	[MEMCENSUS_GROUP_SESSION] = KEPT(U32, group, session),
};

const struct abi_nest abi_group = { group_attrs, __MEMCENSUS_GROUP_MAX };

static const struct abi_nest abi_kind = { NULL, __MEMCENSUS_K_MAX };

static const struct abi_attr owners_attrs[__MEMCENSUS_OWNERS_MAX] = {
	[MEMCENSUS_OWNERS_PAD] = INT(PAD),
	[MEMCENSUS_OWNERS_PID] = KEPT(U32, owners, pid),
	[MEMCENSUS_OWNERS_GROUP] = KEPT(U32, owners, group),
	[MEMCENSUS_OWNERS_FEWEST] = KEPT(U32, owners, fewest),
	[MEMCENSUS_OWNERS_MOST] = KEPT(U32, owners, most),
	[MEMCENSUS_OWNERS_BYTES] = KEPT(NEST, owners, bytes, .nest = &abi_kind),
};

const struct abi_nest abi_owners = { owners_attrs, __MEMCENSUS_OWNERS_MAX };

static const struct abi_attr pair_attrs[__MEMCENSUS_PAIR_MAX] = {
	[MEMCENSUS_PAIR_PAD] = INT(PAD),
	[MEMCENSUS_PAIR_PID] = KEPT(U32, pair, pid),
	[MEMCENSUS_PAIR_PEER_PID] = KEPT(U32, pair, peer_pid),
	[MEMCENSUS_PAIR_GROUP] = KEPT(U32, pair, group),
	[MEMCENSUS_PAIR_PEER_GROUP] = KEPT(U32, pair, peer_group),
	[MEMCENSUS_PAIR_LEFT_OUT] = KEPT(U32, pair, left_out),
	[MEMCENSUS_PAIR_COMMON] = KEPT(NEST, pair, common, .nest = &abi_kind),
	[MEMCENSUS_PAIR_ALONE] = KEPT(NEST, pair, alone, .nest = &abi_kind),
};

const struct abi_nest abi_pair = { pair_attrs, __MEMCENSUS_PAIR_MAX };

static const struct abi_nest abi_physical = { NULL, __MEMCENSUS_PHYSICAL_MAX };

static const struct abi_nest abi_frame_class = { NULL, __MEMCENSUS_FC_MAX };

static const struct abi_nest abi_frame_state = { NULL, __MEMCENSUS_FS_MAX };

static const struct abi_attr physical_zone_attrs[__MEMCENSUS_PZ_MAX] = {
	[MEMCENSUS_PZ_PAD] = INT(PAD),
	[MEMCENSUS_PZ_NODE] = INT(U32),
	[MEMCENSUS_PZ_NAME] = INT(STRING),
	[MEMCENSUS_PZ_SPANNED] = INT(U64),
	[MEMCENSUS_PZ_PRESENT] = INT(U64),
	[MEMCENSUS_PZ_MANAGED] = INT(U64),
	[MEMCENSUS_PZ_HOLES] = INT(U64),
	[MEMCENSUS_PZ_OTHER_ZONES] = INT(U64),
	[MEMCENSUS_PZ_FREE_BLOCKS] = RANGE(U64S, 0, 64),
	[MEMCENSUS_PZ_CLASSES] = { .type = ABI_NEST, .nest = &abi_frame_class },
	[MEMCENSUS_PZ_STATES] = { .type = ABI_NEST, .nest = &abi_frame_state },
};

static const struct abi_nest abi_physical_zone = { physical_zone_attrs, __MEMCENSUS_PZ_MAX };

static const struct abi_attr payer_attrs[__MEMCENSUS_PAYER_MAX] = {
	[MEMCENSUS_PAYER_PAD] = INT(PAD),
	[MEMCENSUS_PAYER_CGROUP] = KEPT(U64, payer, cgroup),
	[MEMCENSUS_PAYER_GROUP] = KEPT(U32, payer, group),
	[MEMCENSUS_PAYER_CHARGED] = KEPT(U64, payer, charged),
	[MEMCENSUS_PAYER_OWN] = KEPT(U64, payer, own),
	[MEMCENSUS_PAYER_DEV_MAJOR] = KEPT(U32, payer, dev_major),
	[MEMCENSUS_PAYER_DEV_MINOR] = KEPT(U32, payer, dev_minor),
	[MEMCENSUS_PAYER_INODE] = KEPT(U64, payer, inode),
};

const struct abi_nest abi_payer = { payer_attrs, __MEMCENSUS_PAYER_MAX };

static const struct abi_attr frame_blocks_attrs[__MEMCENSUS_FB_MAX] = {
	[MEMCENSUS_FB_PAD] = INT(PAD),
	[MEMCENSUS_FB_NODE] = INT(U32),
	[MEMCENSUS_FB_ZONE] = INT(STRING),
	[MEMCENSUS_FB_ORDER] = INT(U32),
	[MEMCENSUS_FB_FIRST] = INT(U64),
	[MEMCENSUS_FB_RECORDS] = RANGE(U64S, 0, 256),
};

static const struct abi_nest abi_frame_blocks = { frame_blocks_attrs, __MEMCENSUS_FB_MAX };

static const struct abi_attr frame_cgroup_attrs[__MEMCENSUS_FG_MAX] = {
	[MEMCENSUS_FG_PAD] = INT(PAD),
	[MEMCENSUS_FG_CGROUP] = INT(U64),
	[MEMCENSUS_FG_CLASSES] = { .type = ABI_NEST, .nest = &abi_frame_class },
	[MEMCENSUS_FG_SHARED] = INT(U64),
	[MEMCENSUS_FG_PINNED] = INT(U64),
};

static const struct abi_nest abi_frame_cgroup = { frame_cgroup_attrs, __MEMCENSUS_FG_MAX };

static const struct abi_attr frame_system_attrs[__MEMCENSUS_FY_MAX] = {
	[MEMCENSUS_FY_PAD] = INT(PAD),
	[MEMCENSUS_FY_FILES] = INT(U64),
	[MEMCENSUS_FY_DEV_MAJOR] = INT(U32),
	[MEMCENSUS_FY_DEV_MINOR] = INT(U32),
	[MEMCENSUS_FY_TYPE] = INT(STRING),
	[MEMCENSUS_FY_SOURCE] = INT(STRING),
	[MEMCENSUS_FY_CACHED] = INT(U64),
	[MEMCENSUS_FY_MAPPED] = INT(U64),
	[MEMCENSUS_FY_DIRTY] = INT(U64),
	[MEMCENSUS_FY_WRITEBACK] = INT(U64),
};

static const struct abi_nest abi_frame_system = { frame_system_attrs, __MEMCENSUS_FY_MAX };

static const struct abi_attr frame_file_attrs[__MEMCENSUS_FF_MAX] = {
	[MEMCENSUS_FF_PAD] = INT(PAD),
	[MEMCENSUS_FF_DEV_MAJOR] = INT(U32),
	[MEMCENSUS_FF_DEV_MINOR] = INT(U32),
	[MEMCENSUS_FF_INODE] = INT(U64),
	[MEMCENSUS_FF_TYPE] = INT(STRING),
	[MEMCENSUS_FF_SOURCE] = INT(STRING),
	[MEMCENSUS_FF_PATH] = INT(STRING),
	[MEMCENSUS_FF_DELETED] = INT(U32),
	[MEMCENSUS_FF_SIZE] = INT(U64),
	[MEMCENSUS_FF_CACHED] = INT(U64),
	[MEMCENSUS_FF_MAPPED] = INT(U64),
	[MEMCENSUS_FF_DIRTY] = INT(U64),
	[MEMCENSUS_FF_WRITEBACK] = INT(U64),
	[MEMCENSUS_FF_CGROUP] = INT(U64),
	[MEMCENSUS_FF_CHARGED] = INT(U64),
};

static const struct abi_nest abi_frame_file = { frame_file_attrs, __MEMCENSUS_FF_MAX };

static const struct abi_attr asked_attrs[__MEMCENSUS_A_MAX] = {
	[MEMCENSUS_A_REQUEST] = { .type = ABI_NEST, .nest = &abi_request },
};

const struct abi_nest abi_asked = { asked_attrs, __MEMCENSUS_A_MAX };

static const struct abi_attr answered_attrs[__MEMCENSUS_A_MAX] = {
	[MEMCENSUS_A_PAD] = INT(PAD),
	[MEMCENSUS_A_SEQ] = INT(U64),
	[MEMCENSUS_A_INFO] = { .type = ABI_NEST, .nest = &abi_info },
	[MEMCENSUS_A_SCAN] = { .type = ABI_NEST, .nest = &abi_scan },
	[MEMCENSUS_A_TASK] = { .type = ABI_NEST, .nest = &abi_task },
	[MEMCENSUS_A_VMA] = { .type = ABI_NEST, .nest = &abi_vma },
	[MEMCENSUS_A_ZONE] = { .type = ABI_NEST, .nest = &abi_zone },
	[MEMCENSUS_A_NODE] = { .type = ABI_NEST, .nest = &abi_node },
	[MEMCENSUS_A_GROUP] = { .type = ABI_NEST, .nest = &abi_group },
	[MEMCENSUS_A_OWNERS] = { .type = ABI_NEST, .nest = &abi_owners },
	[MEMCENSUS_A_PAIR] = { .type = ABI_NEST, .nest = &abi_pair },
	[MEMCENSUS_A_PHYSICAL] = { .type = ABI_NEST, .nest = &abi_physical },
	[MEMCENSUS_A_PHYSICAL_ZONE] = { .type = ABI_NEST, .nest = &abi_physical_zone },
	[MEMCENSUS_A_PAYER] = { .type = ABI_NEST, .nest = &abi_payer },
	[MEMCENSUS_A_FRAME_BLOCKS] = { .type = ABI_NEST, .nest = &abi_frame_blocks },
	[MEMCENSUS_A_FRAME_CGROUP] = { .type = ABI_NEST, .nest = &abi_frame_cgroup },
	[MEMCENSUS_A_FRAME_SYSTEM] = { .type = ABI_NEST, .nest = &abi_frame_system },
	[MEMCENSUS_A_FRAME_FILE] = { .type = ABI_NEST, .nest = &abi_frame_file },
};

const struct abi_nest abi_answered = { answered_attrs, __MEMCENSUS_A_MAX };

const struct abi_cmd abi_cmds[__MEMCENSUS_CMD_MAX] = {
	[MEMCENSUS_CMD_INFO] = {
		.do_it = true,
		.answers = 1U << MEMCENSUS_A_INFO,
	},
	[MEMCENSUS_CMD_SNAPSHOT] = {
		.dump = true,
		.answers = 1U << MEMCENSUS_A_INFO |
			   1U << MEMCENSUS_A_SCAN |
			   1U << MEMCENSUS_A_TASK |
			   1U << MEMCENSUS_A_GROUP |
			   1U << MEMCENSUS_A_VMA |
			   1U << MEMCENSUS_A_ZONE |
			   1U << MEMCENSUS_A_NODE,
	},
	[MEMCENSUS_CMD_SHARE] = {
		.dump = true,
		.answers = 1U << MEMCENSUS_A_INFO |
			   1U << MEMCENSUS_A_SCAN |
			   1U << MEMCENSUS_A_TASK |
			   1U << MEMCENSUS_A_GROUP |
			   1U << MEMCENSUS_A_OWNERS |
			   1U << MEMCENSUS_A_PAIR |
			   1U << MEMCENSUS_A_PAYER,
	},
	[MEMCENSUS_CMD_PHYSICAL] = {
		.dump = true,
		.answers = 1U << MEMCENSUS_A_INFO |
			   1U << MEMCENSUS_A_PHYSICAL |
			   1U << MEMCENSUS_A_PHYSICAL_ZONE |
			   1U << MEMCENSUS_A_FRAME_CGROUP |
			   1U << MEMCENSUS_A_FRAME_SYSTEM |
			   1U << MEMCENSUS_A_FRAME_FILE |
			   1U << MEMCENSUS_A_FRAME_BLOCKS,
	},
};
