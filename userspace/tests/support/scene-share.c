// SPDX-License-Identifier: GPL-2.0
/* Scenes of processes that share memory. */
#include "stream.h"

#define KIB(n)	((uint64_t)(n) << 10)
#define SEQ	7

static void put_task(struct stream *s, uint32_t pid, const char *comm)
{
	size_t task, figures;

	stream_begin(s, SEQ);
	task = stream_nest(s, MEMCENSUS_A_TASK);
	stream_u32(s, MEMCENSUS_TASK_PID, pid);
	stream_string(s, MEMCENSUS_TASK_COMM, comm);
	stream_u32(s, MEMCENSUS_TASK_STATE, MEMCENSUS_STATE_WALKED);
	figures = stream_nest(s, MEMCENSUS_TASK_FIGURES);
	stream_u64(s, MEMCENSUS_F_RSS, KIB(5000));
	stream_nest_end(s, figures);
	stream_nest_end(s, task);
	stream_end(s);
}

/* A file in memory that the tests' /proc does not have. */
static void put_file(struct stream *s, const char *name)
{
	size_t vma, figures;

	stream_begin(s, SEQ);
	vma = stream_nest(s, MEMCENSUS_A_VMA);
	stream_u32(s, MEMCENSUS_VMA_PID, 100);
	stream_u64(s, MEMCENSUS_VMA_START, 0x400000);
	stream_u64(s, MEMCENSUS_VMA_END, 0x800000);
	stream_string(s, MEMCENSUS_VMA_MODE, "rw-s");
	stream_u32(s, MEMCENSUS_VMA_DEV_MAJOR, 0);
	stream_u32(s, MEMCENSUS_VMA_DEV_MINOR, 1);
	stream_u64(s, MEMCENSUS_VMA_INODE, 77);
	stream_string(s, MEMCENSUS_VMA_NAME, name);
	figures = stream_nest(s, MEMCENSUS_VMA_FIGURES);
	stream_u64(s, MEMCENSUS_F_SHMEM, KIB(300));
	stream_u64(s, MEMCENSUS_F_PSS_SHMEM, KIB(300));
	stream_nest_end(s, figures);
	stream_nest_end(s, vma);
	stream_end(s);
}

/* What two processes have together. */
static void put_union(struct stream *s)
{
	size_t group, figures;

	stream_begin(s, SEQ);
	group = stream_nest(s, MEMCENSUS_A_GROUP);
	stream_u32(s, MEMCENSUS_GROUP_MMS, 2);
	figures = stream_nest(s, MEMCENSUS_GROUP_FIGURES);
	stream_u64(s, MEMCENSUS_F_FRAMES, KIB(9000));
	stream_u64(s, MEMCENSUS_F_USS, KIB(6000));
	stream_u64(s, MEMCENSUS_F_SHARED, KIB(3000));
	stream_u64(s, MEMCENSUS_F_USS_ANON, KIB(5000));
	stream_u64(s, MEMCENSUS_F_USS_FILE, KIB(700));
	stream_u64(s, MEMCENSUS_F_USS_SHMEM, KIB(300));
	stream_u64(s, MEMCENSUS_F_PAGETABLES, KIB(120));
	stream_u64(s, MEMCENSUS_F_SWAP_USS, KIB(64));
	stream_u64(s, MEMCENSUS_F_PRIVATE_HUGETLB, KIB(4096));
	stream_nest_end(s, figures);
	stream_nest_end(s, group);
	stream_end(s);
}

/* Of 400 threads in the tests' /proc, and one for each of some processors. */
static void put_stacks(struct stream *s)
{
	size_t system, nest;

	stream_begin(s, SEQ);
	system = stream_nest(s, MEMCENSUS_A_SYSTEM);
	nest = stream_nest(s, MEMCENSUS_SYSTEM_BYTES);
	stream_u64(s, MEMCENSUS_S_KERNEL_STACK, KIB(16) * 402);
	stream_nest_end(s, nest);
	stream_nest_end(s, system);
	stream_end(s);
}

void scene_stopped(struct stream *s)
{
	stream_head_frames(s, SEQ, KIB(20000), 1, 0);
	put_task(s, 100, "init");
	put_task(s, 200, "redis-server");
	put_union(s);
	put_file(s, "/memfd:new\nline (deleted)");
	put_stacks(s);
	stream_done(s, 0, NULL, 0);
}
