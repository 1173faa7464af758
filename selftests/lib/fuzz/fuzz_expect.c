// SPDX-License-Identifier: GPL-2.0
/*
 * Derives the expected answers from the bytes of a datagram: a second
 * implementation of the rules of netlink, of generic netlink with strict
 * policies, and of the family. See fuzz.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "fuzz/fuzz.h"
#include "memory/pages.h"

unsigned int fuzz_error_bit(int error)
{
	switch (error) {
	case 0:
		return FUZZ_NONE;
	case EINVAL:
		return FUZZ_EINVAL;
	case ERANGE:
		return FUZZ_ERANGE;
	case EOPNOTSUPP:
		return FUZZ_EOPNOTSUPP;
	case EBUSY:
		return FUZZ_EBUSY;
	case ENOENT:
		return FUZZ_ENOENT;
	default:
		return 0;
	}
}

/* The policy was violated; the error depends on the kernel. */
#define POLICY	(FUZZ_EINVAL | FUZZ_ERANGE)

/* The last attribute of each number; payload and its length. */
struct found {
	const unsigned char *at[32];
	unsigned int len[32];
};

static bool nest_is_right(const unsigned char *at, int len,
			  const struct abi_nest *nest, unsigned int depth,
			  struct found *found);

static bool int_is_right(const unsigned char *at, const struct abi_attr *is)
{
	uint32_t n = 0;

	memcpy(&n, at, abi_int_size(is->type));
	if (is->mask)
		return !(n & ~is->mask);
	/* Without a range, the family checks it. */
	return !is->max || (n >= is->min && n <= is->max);
}

static bool attr_is_right(const struct nlattr *attr, const unsigned char *at,
			  unsigned int len, const struct abi_attr *is,
			  unsigned int depth)
{
	bool nested = is->type == ABI_NEST;

	if (!!(attr->nla_type & NLA_F_NESTED) != nested)
		return false;
	switch (is->type) {
	case ABI_NEST:
		return !len || (len >= NLA_HDRLEN &&
		       nest_is_right(at, len, is->nest, depth + 1, NULL));
	case ABI_U32S:	/* the family checks its length */
		return len <= is->max * 4;
	case ABI_U64:	/* and its value */
		return len == 8;
	case ABI_U32:
		return len == abi_int_size(is->type) && int_is_right(at, is);
	default:
		return false;
	}
}

static bool nest_is_right(const unsigned char *at, int len,
			  const struct abi_nest *nest, unsigned int depth,
			  struct found *found)
{
	struct nlattr attr;
	unsigned int type;

	for (; len >= (int)sizeof(attr); at += NLA_ALIGN(attr.nla_len),
	     len -= NLA_ALIGN(attr.nla_len)) {
		memcpy(&attr, at, sizeof(attr));
		if (attr.nla_len < sizeof(attr) || attr.nla_len > len)
			break;
		type = attr.nla_type & NLA_TYPE_MASK;
		if (!type || type >= nest->n ||
		    !attr_is_right(&attr, at + NLA_HDRLEN,
				   attr.nla_len - NLA_HDRLEN,
				   &nest->attrs[type], depth))
			return false;
		if (found) {
			found->at[type] = at + NLA_HDRLEN;
			found->len[type] = attr.nla_len - NLA_HDRLEN;
		}
	}
	return len <= 0;
}

_Static_assert(__MEMCENSUS_REQ_MAX <= 32 && __MEMCENSUS_A_MAX <= 32,
	       "struct found is too short");

/* Result for one PID; 0: unknown. */
static unsigned int expect_pid(const struct fuzz_target *t, uint32_t pid)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		if (pid == t->alive[i])
			return FUZZ_NONE;
	if (!pid || pid == t->kthread)
		return FUZZ_EINVAL;
	if (pid == t->zombie || pid > 1U << 22)
		return FUZZ_NONE;
	return 0;
}

/* The first refused PID decides. */
static unsigned int expect_pids(const struct fuzz_target *t,
				struct fuzz_expect *e)
{
	unsigned int errors = 0, one, i;

	for (i = 0; i < e->request.n_pids; i++) {
		uint32_t pid;

		memcpy(&pid, (const char *)e->request.pids + 4 * i, 4);
		one = expect_pid(t, pid);
		if (!one) {
			e->strange = true;
			errors |= FUZZ_EINVAL;
		} else if (one != FUZZ_NONE) {
			return errors | one;
		}
	}
	return errors | FUZZ_NONE;
}

static uint32_t load32(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Only SNAPSHOT takes these. */
static bool of_a_reader(const struct found *in)
{
	return in->at[MEMCENSUS_REQ_READER_UID] || in->at[MEMCENSUS_REQ_READER_GID] ||
	       in->at[MEMCENSUS_REQ_MAX_AGE_MS] || in->at[MEMCENSUS_REQ_TREE];
}

/* Both IDs or none; the fuzzer's user namespace has all but -1. */
static bool reader_is_wrong(const struct found *in)
{
	const unsigned char *uid = in->at[MEMCENSUS_REQ_READER_UID];
	const unsigned char *gid = in->at[MEMCENSUS_REQ_READER_GID];

	return !uid != !gid || (uid && (!~load32(uid) || !~load32(gid)));
}

/* The descriptor is one of the fuzzer's. */
static bool file_is_wrong(const struct found *in)
{
	const unsigned char *at = in->at[MEMCENSUS_REQ_FILE];
	struct stat stat;

	return at && (fstat((int)load32(at), &stat) || !S_ISREG(stat.st_mode) ||
		      fcntl((int)load32(at), F_GETFL) & O_PATH);
}

/* The rules of SHARE. */
static unsigned int expect_share(const struct fuzz_target *t,
				 const struct found *in, struct fuzz_expect *e)
{
	struct census_request *r = &e->request;
	unsigned int n = in->len[MEMCENSUS_REQ_PIDS], group_by = 0;

	r->share = true;
	if (in->at[MEMCENSUS_REQ_PARTS] || of_a_reader(in))
		return FUZZ_EINVAL;
	if (in->at[MEMCENSUS_REQ_GROUP_BY])
		group_by = load32(in->at[MEMCENSUS_REQ_GROUP_BY]);
	if (in->at[MEMCENSUS_REQ_CHARGED] && group_by != MEMCENSUS_BY_CGROUP)
		return FUZZ_EINVAL;
	if (file_is_wrong(in))
		return FUZZ_EINVAL;
	if (group_by == MEMCENSUS_BY_TREE)
		return FUZZ_EINVAL;
	if (!in->at[MEMCENSUS_REQ_PIDS] && group_by && group_by != MEMCENSUS_BY_PIDS) {
		r->group_by = group_by;
		return FUZZ_NONE;
	}
	if (!in->at[MEMCENSUS_REQ_PIDS] || (group_by && group_by != MEMCENSUS_BY_PIDS) ||
	    !n || n % 4 || (!group_by && n / 4 > MEMCENSUS_SHARE_PIDS_MAX))
		return FUZZ_EINVAL;
	r->parts = MEMCENSUS_PART_TASKS;
	r->pids = (const uint32_t *)in->at[MEMCENSUS_REQ_PIDS];
	r->n_pids = n / 4;
	return expect_pids(t, e);
}

/* The rules of PHYSICAL. */
static unsigned int expect_physical(const struct found *in)
{
	unsigned int i;

	for (i = 1; i < __MEMCENSUS_REQ_MAX; i++)
		if (in->at[i] && i != MEMCENSUS_REQ_ORDER && i != MEMCENSUS_REQ_GROUP_BY &&
		    i != MEMCENSUS_REQ_FILES)
			return FUZZ_EINVAL;
	return in->at[MEMCENSUS_REQ_GROUP_BY] &&
	       load32(in->at[MEMCENSUS_REQ_GROUP_BY]) != MEMCENSUS_BY_CGROUP ?
		FUZZ_EINVAL : FUZZ_NONE;
}

/* The family's rules, for a request that passes the policy. */
static unsigned int expect_request(const struct fuzz_target *t,
				   const struct found *in,
				   struct fuzz_expect *e)
{
	struct census_request *r = &e->request;

	r->parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES |
		   MEMCENSUS_PART_NODES | MEMCENSUS_PART_OWNERS;
	if (in->at[MEMCENSUS_REQ_LIMIT] || in->at[MEMCENSUS_REQ_CHARGED] || reader_is_wrong(in))
		return FUZZ_EINVAL;
	e->parts_given = in->at[MEMCENSUS_REQ_PARTS];
	if (e->parts_given)
		r->parts = load32(in->at[MEMCENSUS_REQ_PARTS]);
	if (in->at[MEMCENSUS_REQ_GROUP_BY])
		r->group_by = load32(in->at[MEMCENSUS_REQ_GROUP_BY]);
	r->pids = (const uint32_t *)in->at[MEMCENSUS_REQ_PIDS];
	r->n_pids = in->len[MEMCENSUS_REQ_PIDS] / 4;

	if (!r->pids && (r->parts & (MEMCENSUS_PART_VMAS | MEMCENSUS_PART_MEMORY_VMAS |
				     MEMCENSUS_PART_FLAGS) ||
			 r->group_by == MEMCENSUS_BY_PIDS))
		return FUZZ_EINVAL;
	if (!r->pids)
		r->parts |= MEMCENSUS_PART_OWNERS;
	if (r->group_by && !(r->parts & MEMCENSUS_PART_OWNERS))
		return FUZZ_EINVAL;
	if (in->at[MEMCENSUS_REQ_TREE] &&
	    (!load32(in->at[MEMCENSUS_REQ_TREE]) || r->group_by != MEMCENSUS_BY_TREE))
		return FUZZ_EINVAL;
	if (file_is_wrong(in))
		return FUZZ_EINVAL;
	if (r->pids && (!r->n_pids || in->len[MEMCENSUS_REQ_PIDS] % 4))
		return FUZZ_EINVAL;
	/* Which processes this reader may see, or are in this tree, is not looked up. */
	e->reader = in->at[MEMCENSUS_REQ_READER_UID] || in->at[MEMCENSUS_REQ_TREE];
	e->strange = e->reader;
	return expect_pids(t, e);
}

/* The subject of a command, MEMCENSUS_SUBJECT_*; 0: each module has it. */
static uint32_t subject_of(uint8_t cmd)
{
	return cmd == MEMCENSUS_CMD_PHYSICAL ? MEMCENSUS_SUBJECT_PHYSICAL :
	       cmd == MEMCENSUS_CMD_SHARE ? MEMCENSUS_SUBJECT_SHARE : 0;
}

static unsigned int expect_attrs(const struct fuzz_target *t, uint8_t cmd,
				 const unsigned char *at, int len,
				 struct fuzz_expect *e)
{
	struct found top = {}, in = {};

	e->text = true;
	if (!nest_is_right(at, len, &abi_asked, 0, &top))
		return POLICY;
	if (e->what != FUZZ_DUMP)
		return FUZZ_NONE;
	if (subject_of(cmd) & ~t->subjects)
		return FUZZ_EOPNOTSUPP;
	e->physical = cmd == MEMCENSUS_CMD_PHYSICAL;
	if (top.at[MEMCENSUS_A_REQUEST])
		nest_is_right(top.at[MEMCENSUS_A_REQUEST],
			      top.len[MEMCENSUS_A_REQUEST], &abi_request, 1,
			      &in);
	if (cmd == MEMCENSUS_CMD_PHYSICAL)
		return expect_physical(&in);
	if (in.at[MEMCENSUS_REQ_ORDER] || in.at[MEMCENSUS_REQ_FILES])
		return FUZZ_EINVAL;
	return cmd == MEMCENSUS_CMD_SHARE ? expect_share(t, &in, e) : expect_request(t, &in, e);
}

/* Checks of generic netlink before any attribute. Sets @e->what. */
static unsigned int expect_header(const struct nlmsghdr *nlh,
				  const struct genlmsghdr *genl, bool busy,
				  struct fuzz_expect *e)
{
	bool dump = (nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	uint16_t flags = nlh->nlmsg_flags & ~(dump ? NLM_F_DUMP : 0);

	if (genl->cmd && (genl->reserved || flags & ~(NLM_F_REQUEST | NLM_F_ACK |
						      NLM_F_ECHO))) {
		e->text = true;
		return FUZZ_EINVAL;
	}
	if (genl->cmd >= __MEMCENSUS_CMD_MAX ||
	    !(dump ? abi_cmds[genl->cmd].dump : abi_cmds[genl->cmd].do_it))
		return FUZZ_EOPNOTSUPP;
	if (dump && busy)
		return FUZZ_EBUSY;
	e->what = dump ? FUZZ_DUMP : FUZZ_INFO;
	return FUZZ_NONE;
}

static void expect_message(const struct fuzz_target *t,
			   const struct nlmsghdr *nlh,
			   const unsigned char *at, bool busy,
			   struct fuzz_expect *e)
{
	struct genlmsghdr genl;

	e->errors = FUZZ_NONE;
	if (!(nlh->nlmsg_flags & NLM_F_REQUEST) ||
	    nlh->nlmsg_type < NLMSG_MIN_TYPE)
		return;
	if (nlh->nlmsg_type != t->family) {
		e->errors = FUZZ_ENOENT;
		return;
	}
	if (nlh->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN) {
		e->errors = FUZZ_EINVAL;
		return;
	}
	memcpy(&genl, at + NLMSG_HDRLEN, sizeof(genl));
	e->errors = expect_header(nlh, &genl, busy, e);
	if (e->errors == FUZZ_NONE)
		e->errors = expect_attrs(t, genl.cmd, at + NLMSG_HDRLEN + GENL_HDRLEN,
					 nlh->nlmsg_len - NLMSG_HDRLEN -
					 GENL_HDRLEN, e);
	/* The policy is checked before the dump starts. */
	if (e->what == FUZZ_DUMP && e->errors == POLICY)
		e->what = FUZZ_ACK;
}

unsigned int fuzz_expect(const struct fuzz_target *target,
			 const unsigned char *buf, size_t len,
			 struct fuzz_expect *expects)
{
	struct nlmsghdr nlh;
	unsigned int n = 0;
	bool busy = false;
	size_t step;

	for (; len >= sizeof(nlh) && n < FUZZ_EXPECTS_MAX - 1;
	     buf += step, len -= step) {
		struct fuzz_expect e = { .what = FUZZ_ACK };

		memcpy(&nlh, buf, sizeof(nlh));
		if (nlh.nlmsg_len < sizeof(nlh) || nlh.nlmsg_len > len)
			break;
		e.seq = nlh.nlmsg_seq;
		expect_message(target, &nlh, buf, busy, &e);
		/* A successful dump has no acknowledgment. */
		if (e.what == FUZZ_DUMP) {
			expects[n++] = e;
			busy |= e.errors & FUZZ_NONE;
		} else if (e.what == FUZZ_INFO && e.errors == FUZZ_NONE) {
			expects[n++] = e;
			e.what = FUZZ_ACK;
			if (nlh.nlmsg_flags & NLM_F_ACK)
				expects[n++] = e;
		} else if (e.errors != FUZZ_NONE ||
			   nlh.nlmsg_flags & NLM_F_ACK) {
			e.what = FUZZ_ACK;
			expects[n++] = e;
		}
		step = NLMSG_ALIGN(nlh.nlmsg_len);
		if (step > len)
			step = len;
	}
	return n;
}
