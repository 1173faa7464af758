// SPDX-License-Identifier: GPL-2.0
/* Scenes of processes that share memory. */
#include "stream.h"

#define KIB(n)	((uint64_t)(n) << 10)
#define SEQ	7

static void put_task(struct stream *s, uint32_t pid, const char *comm, uint64_t frames)
{
	size_t task, figures;

	stream_begin(s, SEQ);
	task = stream_nest(s, MEMCENSUS_A_TASK);
	stream_u32(s, MEMCENSUS_TASK_PID, pid);
	stream_string(s, MEMCENSUS_TASK_COMM, comm);
	stream_u32(s, MEMCENSUS_TASK_STATE, MEMCENSUS_STATE_WALKED);
	figures = stream_nest(s, MEMCENSUS_TASK_FIGURES);
	stream_u64(s, MEMCENSUS_F_RSS, KIB(frames));
	stream_u64(s, MEMCENSUS_F_FRAMES, KIB(frames));
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
	put_task(s, 100, "init", 5000);
	put_task(s, 200, "redis-server", 5000);
	put_union(s);
	put_file(s, "/memfd:new\nline (deleted)");
	put_stacks(s);
	stream_done(s, 0, NULL, 0);
}

/* Memory by kind: @kib of each of anonymous, file, shared memory, swap and hugetlb. */
static void put_kinds(struct stream *s, uint16_t type, const uint64_t kib[5])
{
	size_t nest = stream_nest(s, type);
	unsigned int i;

	for (i = 0; i < 5; i++)
		stream_u64(s, MEMCENSUS_K_ANON + i, KIB(kib[i]));
	stream_nest_end(s, nest);
}

/* @most: 0: any */
static void put_owners(struct stream *s, uint16_t key, uint32_t id, uint32_t fewest,
		       uint32_t most, const uint64_t kib[5])
{
	size_t owners;

	stream_begin(s, SEQ);
	owners = stream_nest(s, MEMCENSUS_A_OWNERS);
	stream_u32(s, key, id);
	stream_u32(s, MEMCENSUS_OWNERS_FEWEST, fewest);
	if (most)
		stream_u32(s, MEMCENSUS_OWNERS_MOST, most);
	put_kinds(s, MEMCENSUS_OWNERS_BYTES, kib);
	stream_nest_end(s, owners);
	stream_end(s);
}

/* The kinds of a pair that is left out are a sum, without what is alone. */
static void put_pair(struct stream *s, uint16_t key, uint32_t id, uint32_t peer,
		     uint32_t left_out, const uint64_t kib[5])
{
	static const uint64_t alone[5] = { 100, 0, 0, 0, 0 };
	size_t pair;

	stream_begin(s, SEQ);
	pair = stream_nest(s, MEMCENSUS_A_PAIR);
	if (id)
		stream_u32(s, key, id);
	if (peer)
		stream_u32(s, key + 1, peer);
	if (left_out)
		stream_u32(s, MEMCENSUS_PAIR_LEFT_OUT, left_out);
	put_kinds(s, MEMCENSUS_PAIR_COMMON, kib);
	if (peer)
		put_kinds(s, MEMCENSUS_PAIR_ALONE, alone);
	stream_nest_end(s, pair);
	stream_end(s);
}

static const uint64_t first[5] = { 2000, 50, 0, 0, 0 }, second[5] = { 1000, 450, 0, 64, 0 };
static const uint64_t third[5] = { 0, 300, 200, 0, 2048 }, fourth[5] = { 0, 1000, 0, 0, 0 };

/* A process, a peer with a hostile name, and 37 others. */
void scene_shares(struct stream *s)
{
	stream_head_frames(s, SEQ, KIB(20000), 1, 0);
	put_task(s, 100, "init", 5000);
	put_task(s, 200, "new\nline", 2500);
	put_task(s, 300, "sh", 1000);
	put_owners(s, MEMCENSUS_OWNERS_PID, 100, 1, 1, first);
	put_owners(s, MEMCENSUS_OWNERS_PID, 100, 2, 2, second);
	put_owners(s, MEMCENSUS_OWNERS_PID, 100, 3, 9, third);
	put_owners(s, MEMCENSUS_OWNERS_PID, 100, 10, 0, fourth);
	put_pair(s, MEMCENSUS_PAIR_PID, 100, 200, 0, second);
	put_pair(s, MEMCENSUS_PAIR_PID, 100, 300, 0, third);
	put_pair(s, MEMCENSUS_PAIR_PID, 100, 0, 37, fourth);
	stream_done(s, 0, NULL, 0);
}

static void put_cgroup(struct stream *s, uint32_t id, uint64_t frames, uint64_t exclusive)
{
	size_t group, figures;

	stream_begin(s, SEQ);
	group = stream_nest(s, MEMCENSUS_A_GROUP);
	stream_u64(s, MEMCENSUS_GROUP_CGROUP, 1000 + id);
	stream_u32(s, MEMCENSUS_GROUP_MMS, 2);
	stream_u32(s, MEMCENSUS_GROUP_ID, id);
	figures = stream_nest(s, MEMCENSUS_GROUP_FIGURES);
	stream_u64(s, MEMCENSUS_F_FRAMES, KIB(frames));
	stream_u64(s, MEMCENSUS_F_USS, KIB(exclusive));
	stream_u64(s, MEMCENSUS_F_SHARED, KIB(frames - exclusive));
	stream_u64(s, MEMCENSUS_F_USS_ANON, KIB(exclusive / 2));
	stream_u64(s, MEMCENSUS_F_PAGETABLES, KIB(100));
	stream_nest_end(s, figures);
	stream_nest_end(s, group);
	stream_end(s);
}

/* Three cgroups of more than are compared. */
static void put_shared_groups(struct stream *s)
{
	stream_head_frames(s, SEQ, KIB(20000), 1, 0);
	put_cgroup(s, 1, 5000, 2050);
	put_cgroup(s, 2, 2500, 900);
	put_cgroup(s, 3, 0, 0);
	put_owners(s, MEMCENSUS_OWNERS_GROUP, 1, 1, 1, first);
	put_owners(s, MEMCENSUS_OWNERS_GROUP, 1, 2, 2, second);
	put_pair(s, MEMCENSUS_PAIR_GROUP, 1, 2, 0, second);
	put_pair(s, MEMCENSUS_PAIR_GROUP, 0, 0, 0, fourth);
}

void scene_shared_groups(struct stream *s)
{
	put_shared_groups(s);
	stream_done(s, 0, NULL, 0);
}

/* What cgroup @cgroup pays for, in KiB; 0: no cgroup does. */
static void put_payer(struct stream *s, uint64_t cgroup, uint32_t group, uint64_t charged,
		      uint64_t own)
{
	size_t payer;

	stream_begin(s, SEQ);
	payer = stream_nest(s, MEMCENSUS_A_PAYER);
	if (cgroup)
		stream_u64(s, MEMCENSUS_PAYER_CGROUP, cgroup);
	if (group)
		stream_u32(s, MEMCENSUS_PAYER_GROUP, group);
	stream_u64(s, MEMCENSUS_PAYER_CHARGED, KIB(charged));
	if (cgroup)
		stream_u64(s, MEMCENSUS_PAYER_OWN, KIB(own));
	stream_nest_end(s, payer);
	stream_end(s);
}

/* Of the file that inode @inode is. */
static void put_paid_file(struct stream *s, uint64_t cgroup, uint64_t inode, uint64_t charged,
			  uint64_t own)
{
	size_t payer;

	stream_begin(s, SEQ);
	payer = stream_nest(s, MEMCENSUS_A_PAYER);
	stream_u64(s, MEMCENSUS_PAYER_CGROUP, cgroup);
	stream_u64(s, MEMCENSUS_PAYER_CHARGED, KIB(charged));
	stream_u64(s, MEMCENSUS_PAYER_OWN, KIB(own));
	stream_u32(s, MEMCENSUS_PAYER_DEV_MAJOR, 0);
	stream_u32(s, MEMCENSUS_PAYER_DEV_MINOR, 1);
	stream_u64(s, MEMCENSUS_PAYER_INODE, inode);
	stream_nest_end(s, payer);
	stream_end(s);
}

/* The first pays for the second, and one without processes for both. */
void scene_payers(struct stream *s)
{
	put_shared_groups(s);
	put_payer(s, 4000, 0, 300, 0);
	put_payer(s, 1003, 3, 0, 0);
	put_payer(s, 1002, 2, 1000, 1000);
	put_payer(s, 1001, 1, 5200, 4500);
	put_payer(s, 0, 0, 40, 0);
	stream_done(s, 0, NULL, 0);
}

/* The same with files, of which a mapping names the first. */
void scene_paid_files(struct stream *s)
{
	put_shared_groups(s);
	put_file(s, "/usr/lib/new\nline.so");
	put_payer(s, 0, 0, 40, 0);
	put_payer(s, 1001, 1, 5200, 4500);
	put_payer(s, 1002, 2, 1000, 1000);
	put_paid_file(s, 1001, 77, 900, 300);
	put_paid_file(s, 1001, 78, 104, 4);
	stream_done(s, 0, NULL, 0);
}

/* In pages of a file; @all: of its mappings */
static void put_mapper(struct stream *s, uint32_t pid, const char *comm, uint64_t all,
		       uint64_t mapped, uint64_t exclusive, uint64_t pss, uint64_t copied)
{
	size_t task, figures;

	stream_begin(s, SEQ);
	task = stream_nest(s, MEMCENSUS_A_TASK);
	stream_u32(s, MEMCENSUS_TASK_PID, pid);
	stream_string(s, MEMCENSUS_TASK_COMM, comm);
	stream_u32(s, MEMCENSUS_TASK_UID, 4000);
	stream_u32(s, MEMCENSUS_TASK_STATE, MEMCENSUS_STATE_WALKED);
	figures = stream_nest(s, MEMCENSUS_TASK_FIGURES);
	stream_u64(s, MEMCENSUS_F_VSS, KIB(4 * all));
	stream_u64(s, MEMCENSUS_F_FRAMES, KIB(4 * mapped));
	stream_u64(s, MEMCENSUS_F_USS, KIB(4 * exclusive));
	stream_u64(s, MEMCENSUS_F_PSS, KIB(4 * pss));
	stream_u64(s, MEMCENSUS_F_ANON, KIB(4 * copied));
	/* A huge page that the first one has alone. */
	stream_u64(s, MEMCENSUS_F_HUGETLB, pid == 100 ? KIB(2048) : 0);
	stream_u64(s, MEMCENSUS_F_PRIVATE_HUGETLB, pid == 100 ? KIB(2048) : 0);
	stream_u64(s, MEMCENSUS_F_HUGETLB_PSS, pid == 100 ? KIB(2048) : 0);
	stream_nest_end(s, figures);
	stream_nest_end(s, task);
	stream_end(s);
}

/* Two processes map a file in part, one has touched nothing of it, and one does not map it. */
void scene_mapped(struct stream *s)
{
	stream_head_frames(s, SEQ, KIB(4 * 50), 4, 0);
	put_mapper(s, 100, "server", 60, 40, 20, 30, 0);
	put_mapper(s, 200, "new\nline", 60, 30, 10, 20, 8);
	put_mapper(s, 300, "idle", 60, 0, 0, 0, 0);
	put_mapper(s, 400, "other", 0, 0, 0, 0, 0);
	stream_done(s, 0, NULL, 0);
}

/* In pages: @anon anonymous ones, of which @own are exclusive, and half of the others its PSS. */
static void put_forked(struct stream *s, uint64_t seq, uint32_t ppid, uint32_t pid,
		       const char *comm, uint64_t anon, uint64_t own)
{
	size_t task, figures;

	stream_begin(s, seq);
	task = stream_nest(s, MEMCENSUS_A_TASK);
	stream_u32(s, MEMCENSUS_TASK_PID, pid);
	stream_u32(s, MEMCENSUS_TASK_PPID, ppid);
	stream_string(s, MEMCENSUS_TASK_COMM, comm);
	stream_u64(s, MEMCENSUS_TASK_START_NS, pid);
	stream_u32(s, MEMCENSUS_TASK_STATE, MEMCENSUS_STATE_WALKED);
	figures = stream_nest(s, MEMCENSUS_TASK_FIGURES);
	stream_u64(s, MEMCENSUS_F_ANON, KIB(4 * anon));
	stream_u64(s, MEMCENSUS_F_USS_ANON, KIB(4 * own));
	stream_u64(s, MEMCENSUS_F_PSS_ANON, KIB(4 * own) + KIB(2 * (anon - own)));
	stream_nest_end(s, figures);
	stream_nest_end(s, task);
	stream_end(s);
}

/* A parent and its child: after two seconds, the parent has written to 400 pages. */
void scene_forks(struct stream *s)
{
	static unsigned int step;
	const uint64_t written = step ? 400 : 0, seq = 1 + step;
	size_t group, figures;

	s->moment = 2000000000ULL * step++;
	stream_head_frames(s, seq, KIB(20000), 1, 0);
	put_forked(s, seq, 1, 100, "server", 5000, 1000 + written);
	put_forked(s, seq, 100, 200, "new\nline", 4000, written);
	stream_begin(s, seq);
	group = stream_nest(s, MEMCENSUS_A_GROUP);
	stream_u32(s, MEMCENSUS_GROUP_MMS, 2);
	figures = stream_nest(s, MEMCENSUS_GROUP_FIGURES);
	stream_u64(s, MEMCENSUS_F_USS_ANON, KIB(4 * (5000 + written)));
	stream_nest_end(s, figures);
	stream_nest_end(s, group);
	stream_end(s);
	stream_done(s, 0, NULL, 0);
}
