// SPDX-License-Identifier: GPL-2.0
/* The family refuses wrong requests and says why. */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sys/utsname.h>

#include "client/abi_table.h"
#include "memory/vma_locks.h"
#include "selftest.h"
#include "subject.h"

/* No process has this PID: it is above the kernel's maximum. */
#define NO_PID	0x7ffffff0U

FIXTURE(request)
{
	struct census_socket socket;
	char buf[4 * MEMCENSUS_PIDS_MAX + 1024];
	struct nlmsghdr *nlh;
	struct nlattr *nest;
};

FIXTURE_SETUP(request)
{
	ASSERT_EQ(0, census_open(&self->socket));
	self->nlh = census_header(&self->socket, self->buf,
				  MEMCENSUS_CMD_SNAPSHOT, NLM_F_DUMP);
	self->nest = mnl_attr_nest_start(self->nlh, MEMCENSUS_A_REQUEST);
}

/* After a refused request, a valid one still gets its answer. */
FIXTURE_TEARDOWN(request)
{
	const struct census_request good = { .parts = MEMCENSUS_PART_NODES };
	struct census census;

	EXPECT_EQ(0, census_talk(&self->socket,
				 census_request(&self->socket, self->buf, &good),
				 &census, 0, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	census_free(&census);
	census_close(&self->socket);
}

/*
 * Sends the request and expects one of two errors, with a message; the ack must
 * point at @attr.
 */
#define EXPECT_REFUSED(error1, error2, attr) do {			\
	struct census_error __error = { .offset = -1 };			\
	int __ret = census_talk(&self->socket, self->nlh, NULL, 0,	\
				&__error);				\
	EXPECT_TRUE(__ret == -(error1) || __ret == -(error2))		\
		TH_LOG("%d (%s)", __ret, strerror(-__ret));		\
	EXPECT_STRNE("", __error.text);					\
	diag("%s: %s", strerror(-__ret), __error.text);			\
	EXPECT_EQ((char *)(attr) - (char *)self->nlh, __error.offset);	\
} while (0)

/*
 * The same if the family itself finds the error: it answers with the end of a
 * dump, which has the message but, before about Linux 6.10, no offset.
 */
#define EXPECT_REFUSED_LATE(error1, error2, attr) do {			\
	struct census_error __error = { .offset = -1 };			\
	int __ret = census_talk(&self->socket, self->nlh, NULL, 0,	\
				&__error);				\
	EXPECT_TRUE(__ret == -(error1) || __ret == -(error2))		\
		TH_LOG("%d (%s)", __ret, strerror(-__ret));		\
	EXPECT_STRNE("", __error.text);					\
	diag("%s: %s%s", strerror(-__ret), __error.text,		\
	     __error.offset < 0 ? " (this kernel gives no offset)" : "");\
	if (__error.offset >= 0) {					\
		EXPECT_EQ((char *)(attr) - (char *)self->nlh,		\
			  __error.offset);				\
	}								\
} while (0)

static struct nlattr *tail(struct nlmsghdr *nlh)
{
	return mnl_nlmsg_get_payload_tail(nlh);
}

TEST_F(request, info)
{
	struct census census;
	struct utsname uts;

	self->nlh = census_header(&self->socket, self->buf, MEMCENSUS_CMD_INFO,
				  NLM_F_ACK);
	ASSERT_EQ(0, census_talk(&self->socket, self->nlh, &census, 0, NULL));
	ASSERT_EQ(1, census.n_infos);
	uname(&uts);
	EXPECT_EQ(MEMCENSUS_ABI, census.info.value[MEMCENSUS_INFO_ABI]);
	EXPECT_EQ(getpagesize(), census.info.value[MEMCENSUS_INFO_PAGE_SIZE]);
	EXPECT_LE(11, census.info.value[MEMCENSUS_INFO_ORDERS]);
	EXPECT_STREQ(uts.release, census.info.kernel);
	EXPECT_STRNE("", census.info.version);
	EXPECT_TRUE(census.info.known & 1U << MEMCENSUS_INFO_MAX_AGE_NS);
	EXPECT_LT(0, census.info.value[MEMCENSUS_INFO_LOCK_HOLD_NS]);
	EXPECT_LT(0, census.info.value[MEMCENSUS_INFO_BUSY_BUDGET_NS]);
	EXPECT_LT(0, census.info.value[MEMCENSUS_INFO_MAX_MEM]);
	EXPECT_TRUE(census.info.known & 1U << MEMCENSUS_INFO_SUBJECTS);
	EXPECT_EQ(0, census.info.value[MEMCENSUS_INFO_SUBJECTS] & ~MEMCENSUS_SUBJECT_ALL);
	EXPECT_EQ(vma_locks() ? MEMCENSUS_LOCK_VMA : MEMCENSUS_LOCK_MMAP,
		  census.info.value[MEMCENSUS_INFO_LOCK]);
	census_free(&census);
}

/* A request of each subject is answered, or refused with its name if INFO lacks it. */
TEST_F(request, subjects)
{
	static const struct {
		uint8_t cmd;
		uint32_t bit;
		const char *why;
	} subjects[] = {
		{ MEMCENSUS_CMD_PHYSICAL, MEMCENSUS_SUBJECT_PHYSICAL, "built without physical:" },
		{ MEMCENSUS_CMD_SHARE, MEMCENSUS_SUBJECT_SHARE, "built without share:" },
	};
	const uint32_t built = subjects_built();
	unsigned int i;

	diag("subjects: %#x of %#x", built, MEMCENSUS_SUBJECT_ALL);
	for (i = 0; i < ARRAY_SIZE(subjects); i++) {
		const bool has = built & subjects[i].bit;
		struct census_error error = {};
		int ret;

		self->nlh = census_header(&self->socket, self->buf, subjects[i].cmd, NLM_F_DUMP);
		self->nest = mnl_attr_nest_start(self->nlh, MEMCENSUS_A_REQUEST);
		if (subjects[i].cmd == MEMCENSUS_CMD_SHARE)
			mnl_attr_put_u32(self->nlh, MEMCENSUS_REQ_GROUP_BY, MEMCENSUS_BY_UID);
		mnl_attr_nest_end(self->nlh, self->nest);
		ret = census_talk(&self->socket, self->nlh, NULL, 0, &error);
		EXPECT_EQ(has ? 0 : -EOPNOTSUPP, ret)
			TH_LOG("%s: %s", subjects[i].why, error.text);
		if (!has)
			EXPECT_NE(NULL, strstr(error.text, subjects[i].why))
				TH_LOG("%s", error.text);
	}
}

/* The dump has the requested parts, and no others; owners are always counted. */
TEST_F(request, parts)
{
	static const uint32_t requested[] = {
		MEMCENSUS_PART_TASKS, MEMCENSUS_PART_ZONES,
		MEMCENSUS_PART_NODES, MEMCENSUS_PART_TASKS | MEMCENSUS_PART_NODES, 0,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(requested); i++) {
		struct census_request request = { .parts = requested[i] };
		uint32_t parts = requested[i] ?: MEMCENSUS_PART_TASKS |
			MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES;
		struct census census;

		ASSERT_EQ(0, census_take(&request, &census, NULL));
		EXPECT_TRUE(census_is_whole(&census));
		EXPECT_EQ(parts | MEMCENSUS_PART_OWNERS, census.scan[MEMCENSUS_SCAN_PARTS]);
		EXPECT_EQ(!!(parts & MEMCENSUS_PART_TASKS), !!census.n_tasks);
		EXPECT_EQ(!!(parts & MEMCENSUS_PART_ZONES), !!census.n_zones);
		EXPECT_EQ(!!(parts & MEMCENSUS_PART_NODES), !!census.n_nodes);
		EXPECT_EQ(0, census.n_vmas);
		census_free(&census);
	}
}

#define SCAN(name)	(1ULL << MEMCENSUS_SCAN_##name)

/* Without OWNERS no owners of frames are counted: what they have is unknown, not 0. */
TEST_F(request, sums_without_owners)
{
	const uint64_t by_owners = SCAN(FRAMES) | SCAN(PSS) | SCAN(VIOLATIONS) |
				   SCAN(DEVICE_UNCOUNTED) | SCAN(ZONE_DEVICE) | SCAN(MAPPED_BY_2) |
				   SCAN(MAPPED_BY_10) | SCAN(ANON_BY_1) | SCAN(DEVICE_BY_10);
	uint32_t pid = getpid();
	struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
		.pids = &pid, .n_pids = 1,
	};
	struct census census;

	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_EQ(by_owners, census.scan_known & by_owners);
	census_free(&census);
	request.no_owners = true;
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_EQ(0, census.scan_known & by_owners);
	EXPECT_TRUE(census.scan_known & SCAN(SLICES));
	census_free(&census);
}

/* Generic netlink itself refuses it, without a message. */
TEST_F(request, unknown_command)
{
	self->nlh = census_header(&self->socket, self->buf, 99, NLM_F_ACK);
	EXPECT_EQ(-EOPNOTSUPP, census_talk(&self->socket, self->nlh, NULL, 0,
					   NULL));
}

/* 3 to 9 were messages in version 1 of the family. */
TEST_F(request, numbers_of_version_1)
{
	unsigned int cmd, dump;

	for (cmd = 3; cmd < 10; cmd++)
		for (dump = 0; dump < 2; dump++) {
			self->nlh = census_header(&self->socket, self->buf, cmd,
						  dump ? NLM_F_DUMP : NLM_F_ACK);
			EXPECT_EQ(-EOPNOTSUPP,
				  census_talk(&self->socket, self->nlh, NULL,
					      0, NULL));
		}
}

TEST_F(request, snapshot_is_a_dump)
{
	self->nlh = census_header(&self->socket, self->buf,
				  MEMCENSUS_CMD_SNAPSHOT, NLM_F_ACK);
	EXPECT_EQ(-EOPNOTSUPP, census_talk(&self->socket, self->nlh, NULL, 0,
					   NULL));
}

TEST_F(request, unknown_attribute)
{
	struct nlattr *attr;

	mnl_attr_nest_end(self->nlh, self->nest);
	attr = tail(self->nlh);
	mnl_attr_put_u32(self->nlh, 99, 1);
	EXPECT_REFUSED(EINVAL, EINVAL, attr);
}

TEST_F(request, unknown_attribute_in_the_nest)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u32(self->nlh, 99, 1);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED(EINVAL, EINVAL, attr);
}

/* A request with an attribute of answers is refused. */
TEST_F(request, attribute_of_an_answer)
{
	struct nlattr *attr;

	mnl_attr_nest_end(self->nlh, self->nest);
	attr = tail(self->nlh);
	mnl_attr_put_u64(self->nlh, MEMCENSUS_A_SEQ, 1);
	EXPECT_REFUSED(EINVAL, EINVAL, attr);
}

TEST_F(request, nest_without_its_flag)
{
	mnl_attr_nest_end(self->nlh, self->nest);
	self->nest->nla_type &= ~NLA_F_NESTED;
	EXPECT_REFUSED(EINVAL, EINVAL, self->nest);
}

TEST_F(request, group_by_too_long)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u64(self->nlh, MEMCENSUS_REQ_GROUP_BY, MEMCENSUS_BY_UID);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED(ERANGE, EINVAL, attr);
}

/* As a program of version 1 of the family sends it. */
TEST_F(request, group_by_too_short)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u8(self->nlh, MEMCENSUS_REQ_GROUP_BY, MEMCENSUS_BY_UID);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED(ERANGE, EINVAL, attr);
}

/* 2 was used by version 2 of the family. */
TEST_F(request, number_of_version_2)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u32(self->nlh, 2, 1);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED(ERANGE, EINVAL, attr);
}

TEST_F(request, group_by_unknown)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u32(self->nlh, MEMCENSUS_REQ_GROUP_BY, 99);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED(ERANGE, EINVAL, attr);
}

/* What struct page tells is of named processes. */
TEST_F(request, flags_without_pids)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u32(self->nlh, MEMCENSUS_REQ_PARTS,
			 MEMCENSUS_PART_TASKS | MEMCENSUS_PART_FLAGS);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED_LATE(EINVAL, EOPNOTSUPP, attr);
}

/* Groups need owners: without them it is unknown which processes share a frame. */
TEST_F(request, group_by_without_owners)
{
	const uint32_t pid = getpid();
	struct nlattr *attr;

	mnl_attr_put(self->nlh, MEMCENSUS_REQ_PIDS, sizeof(pid), &pid);
	mnl_attr_put_u32(self->nlh, MEMCENSUS_REQ_PARTS, MEMCENSUS_PART_TASKS);
	attr = tail(self->nlh);
	mnl_attr_put_u32(self->nlh, MEMCENSUS_REQ_GROUP_BY, MEMCENSUS_BY_UID);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED_LATE(EINVAL, EOPNOTSUPP, attr);
}

/* PHYSICAL refuses each attribute that it does not take, those of later commands too. */
TEST_F(request, attributes_of_others)
{
	const uint64_t takes = 1ULL << MEMCENSUS_REQ_ORDER | 1ULL << MEMCENSUS_REQ_GROUP_BY |
			       1ULL << MEMCENSUS_REQ_FILES;
	unsigned int n;

	TEST_OF(PHYSICAL);
	for (n = 0; n < abi_request.n; n++) {
		const enum abi_type type = abi_request.attrs[n].type;
		struct nlattr *attr;

		if (type == ABI_NONE || type == ABI_PAD || takes >> n & 1)
			continue;
		self->nlh = census_header(&self->socket, self->buf, MEMCENSUS_CMD_PHYSICAL,
					  NLM_F_DUMP);
		self->nest = mnl_attr_nest_start(self->nlh, MEMCENSUS_A_REQUEST);
		attr = tail(self->nlh);
		if (type == ABI_U64)
			mnl_attr_put_u64(self->nlh, n, 1);
		else
			mnl_attr_put_u32(self->nlh, n, 1);
		mnl_attr_nest_end(self->nlh, self->nest);
		EXPECT_REFUSED_LATE(EINVAL, EINVAL, attr);
	}
}

TEST_F(request, group_of_pids_without_any)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u32(self->nlh, MEMCENSUS_REQ_GROUP_BY, MEMCENSUS_BY_PIDS);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED_LATE(EINVAL, EINVAL, attr);
}

TEST_F(request, parts_too_short)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u16(self->nlh, MEMCENSUS_REQ_PARTS, MEMCENSUS_PART_TASKS);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED(ERANGE, EINVAL, attr);
}

/* The lowest bit that no part has, between others or above them. */
TEST_F(request, parts_unknown)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u32(self->nlh, MEMCENSUS_REQ_PARTS,
			 ~MEMCENSUS_PART_ALL & (MEMCENSUS_PART_ALL + 1));
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED(EINVAL, ERANGE, attr);
}

TEST_F(request, mappings_without_pids)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u32(self->nlh, MEMCENSUS_REQ_PARTS, MEMCENSUS_PART_VMAS);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED_LATE(EINVAL, EINVAL, attr);
}

TEST_F(request, mappings_of_memory_without_pids)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put_u32(self->nlh, MEMCENSUS_REQ_PARTS, MEMCENSUS_PART_MEMORY_VMAS);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED_LATE(EINVAL, EINVAL, attr);
}

TEST_F(request, pids_of_odd_length)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put(self->nlh, MEMCENSUS_REQ_PIDS, 7, "1234567");
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED_LATE(ERANGE, EINVAL, attr);
}

TEST_F(request, pids_empty)
{
	struct nlattr *attr = tail(self->nlh);

	mnl_attr_put(self->nlh, MEMCENSUS_REQ_PIDS, 0, NULL);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED_LATE(ERANGE, EINVAL, attr);
}

TEST_F(request, pids_too_many)
{
	struct nlattr *attr = tail(self->nlh);
	uint32_t pids[MEMCENSUS_PIDS_MAX + 1];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pids); i++)
		pids[i] = 1;
	mnl_attr_put(self->nlh, MEMCENSUS_REQ_PIDS, sizeof(pids), pids);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED(ERANGE, EINVAL, attr);
}

/* A PID without a process has the state vanished, and nothing else. */
static void expect_vanished(struct __test_metadata *_metadata,
			    const struct census *census, pid_t pid)
{
	const struct census_task *task = census_task_of(census, pid);

	ASSERT_NE(NULL, task)
		TH_LOG("%d", pid);
	EXPECT_EQ(1U << MEMCENSUS_TASK_PID | 1U << MEMCENSUS_TASK_STATE, task->known);
	EXPECT_EQ(MEMCENSUS_STATE_VANISHED, task->state);
	EXPECT_EQ(0, task->f.known);
}

TEST_F(request, pid_absent)
{
	uint32_t pids[] = { 1, NO_PID, NO_PID + 1, NO_PID };
	struct census_request request = { .pids = pids, .n_pids = 4 };
	const struct census_task *init;
	struct census census;

	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	ASSERT_EQ(3, census.n_tasks);
	init = census_task_of(&census, 1);
	ASSERT_NE(NULL, init);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, init->state);
	expect_vanished(_metadata, &census, NO_PID);
	expect_vanished(_metadata, &census, NO_PID + 1);
	EXPECT_EQ(3, census.scan[MEMCENSUS_SCAN_MMS]);
	EXPECT_EQ(1, census.scan[MEMCENSUS_SCAN_WALKED]);
	EXPECT_EQ(2, census.scan[MEMCENSUS_SCAN_VANISHED]);
	census_free(&census);
}

/* This is still a snapshot, also with groups and mappings. */
TEST_F(request, pids_all_absent)
{
	uint32_t pids[] = { NO_PID, NO_PID + 1 };
	struct census_request request = {
		.pids = pids, .n_pids = 2,
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,
	};
	struct census census;

	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	EXPECT_EQ(2, census.n_tasks);
	EXPECT_EQ(0, census.n_vmas);
	expect_vanished(_metadata, &census, NO_PID);
	expect_vanished(_metadata, &census, NO_PID + 1);
	census_free(&census);

	request.group_by = MEMCENSUS_BY_UID;
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	EXPECT_EQ(2, census.n_tasks);
	EXPECT_EQ(0, census.n_groups);
	expect_vanished(_metadata, &census, NO_PID);
	census_free(&census);
}

TEST_F(request, pid_zero)
{
	struct nlattr *attr = tail(self->nlh);
	uint32_t pid = 0;

	mnl_attr_put(self->nlh, MEMCENSUS_REQ_PIDS, sizeof(pid), &pid);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED_LATE(EINVAL, EINVAL, attr);
}

TEST_F(request, pid_of_a_kernel_thread)
{
	struct nlattr *attr = tail(self->nlh);
	uint32_t kthreadd = 2;

	mnl_attr_put(self->nlh, MEMCENSUS_REQ_PIDS, sizeof(kthreadd),
		     &kthreadd);
	mnl_attr_nest_end(self->nlh, self->nest);
	EXPECT_REFUSED_LATE(EINVAL, EINVAL, attr);
}

/* One process has one record, even if the request names it twice. */
TEST_F(request, pids_twice)
{
	uint32_t pids[] = { 1, getpid(), 1, getpid(), getpid() };
	struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
		.pids = pids,
		.n_pids = ARRAY_SIZE(pids),
	};
	struct census census;

	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_EQ(2, census.n_tasks);
	EXPECT_NE(NULL, census_task_of(&census, 1));
	EXPECT_NE(NULL, census_task_of(&census, getpid()));
	census_free(&census);
}

TEST_HARNESS_MAIN
