// SPDX-License-Identifier: GPL-2.0
/* Ends of dumps, errors and extended acks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "wire/attrs.h"
#include "wire/decode.h"
#include "wire/reply.h"
#include "wire/request.h"

/**
 * struct ack - content of an extended ack
 * @text: message of the kernel, @len bytes, not NUL-terminated
 * @attr: name of the invalid attribute, or NULL
 */
struct ack {
	const char *text;
	size_t len;
	const char *attr;
};

static struct ack ack_parse(const void *data, size_t len,
			    const struct nlmsghdr *request)
{
	struct attrs attrs = attrs_of(data, len);
	const struct nlattr *attr;
	struct ack ack = { 0 };
	uint32_t offset;

	while ((attr = attrs_next(&attrs))) {
		switch (attr_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			ack.text = attr_data(attr);
			ack.len = strnlen(ack.text, attr_len(attr));
			break;
		case NLMSGERR_ATTR_OFFS:
			if (attr_len(attr) != sizeof(offset))
				break;
			memcpy(&offset, attr_data(attr), sizeof(offset));
			ack.attr = request_attr_name(request, offset);
			break;
		}
	}
	return ack;
}

/* Whether the first line of @path contains @text. */
static bool says(const char *path, const char *text)
{
	char line[128] = "";
	FILE *file = fopen(path, "re");
	bool found;

	if (!file)
		return false;
	found = fgets(line, sizeof(line), file) && strstr(line, text);
	fclose(file);
	return found;
}

/* Whether this kernel loads only modules with a trusted signature. */
static bool signatures_required(void)
{
	/* The level in force is in brackets. */
	return says("/sys/module/module/parameters/sig_enforce", "Y") ||
	       says("/sys/kernel/security/lockdown", "[integrity]") ||
	       says("/sys/kernel/security/lockdown", "[confidentiality]");
}

int reply_error(struct failure *why, int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
		return fail(why, FAIL_PRIVILEGE,
			    "permission denied: a census needs CAP_SYS_PTRACE in the initial user namespace: run as root (sudo)");
	case ENOENT:
		if (signatures_required())
			return fail(why, FAIL_NO_MODULE,
				    "the kernel module is not loaded, and this kernel loads signed modules only: enrol the key of DKMS (mokutil --import /var/lib/dkms/mok.pub, then reboot), or sign memcensus.ko with a key that the kernel trusts; then run 'modprobe memcensus'");
		return fail(why, FAIL_NO_MODULE,
			    "the kernel module is not loaded: run 'modprobe memcensus' (or 'insmod memcensus.ko')");
	case ESRCH:
		return fail(why, FAIL_NO_PROCESS, "no such process");
	case EINTR:
		return fail(why, FAIL_INTERRUPTED,
			    "the census was interrupted by a signal");
	case ENOMEM:
		return fail(why, FAIL_MEMORY,
			    "the kernel has too little memory for a census");
	case ENOBUFS:
		return fail(why, FAIL_LOST,
			    "the kernel dropped messages: try again");
	case EOPNOTSUPP:
		return fail(why, FAIL_VERSION,
			    "the module does not know this request: load the memcensus.ko of the same release as this reader");
	default:
		return fail(why, FAIL_SYSTEM, "the kernel refused: %s",
			    strerror(error));
	}
}

/* Reports the error number, with the text of the extended ack if there is one. */
static enum reply_state refuse(struct failure *why, int error,
			       const struct ack *ack)
{
	char attr[64] = "";

	reply_error(why, error);
	if (ack->attr)
		snprintf(attr, sizeof(attr), " (attribute %s of the request)",
			 ack->attr);
	if (!ack->len && !ack->attr)
		return REPLY_FAILED;

	/* For a missing privilege, reply_error() says what to do; the ack does not. */
	if (why->kind == FAIL_PRIVILEGE)
		return REPLY_FAILED;
	if (why->kind == FAIL_SYSTEM || why->kind == FAIL_VERSION)
		why->kind = FAIL_REFUSED;
	if (!ack->len)
		fail(why, why->kind, "%s%s", strerror(error), attr);
	else
		fail(why, why->kind, "%.*s%s", (int)ack->len, ack->text, attr);
	return REPLY_FAILED;
}

static enum reply_state short_message(struct failure *why)
{
	fail(why, FAIL_MALFORMED, "malformed message: too short");
	return REPLY_FAILED;
}

/* A message may hold any number where the negative error number belongs. */
static int error_number(int error)
{
	return error < 0 && error >= -4095 ? -error : EPROTO;
}

static enum reply_state reply_done(const struct nlmsghdr *nlh,
				   const struct nlmsghdr *request,
				   struct failure *why)
{
	const unsigned char *data = NLMSG_DATA(nlh);
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN;
	struct ack ack = { 0 };
	int error;

	/* A dump carries its error in NLMSG_DONE. */
	if (len < sizeof(error))
		return len ? short_message(why) : REPLY_DONE;
	memcpy(&error, data, sizeof(error));
	if (error >= 0)
		return REPLY_DONE;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		ack = ack_parse(data + sizeof(error), len - sizeof(error),
				request);
	return refuse(why, error_number(error), &ack);
}

static enum reply_state reply_nlmsgerr(const struct nlmsghdr *nlh,
				       const struct nlmsghdr *request,
				       struct failure *why)
{
	const struct nlmsgerr *err = NLMSG_DATA(nlh);
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN, head = sizeof(*err);
	struct ack ack = { 0 };

	if (len < head)
		return short_message(why);
	if (!err->error)
		return REPLY_DONE;
	/* Unless capped, the request precedes the attributes of the ack. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) &&
	    err->msg.nlmsg_len >= NLMSG_HDRLEN)
		head += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && head <= len)
		ack = ack_parse((const unsigned char *)err + head, len - head,
				request);
	return refuse(why, error_number(err->error), &ack);
}

enum reply_state reply_control(const struct nlmsghdr *nlh,
			       const struct nlmsghdr *request,
			       struct failure *why)
{
	switch (nlh->nlmsg_type) {
	case NLMSG_DONE:
		return reply_done(nlh, request, why);
	case NLMSG_ERROR:
		return reply_nlmsgerr(nlh, request, why);
	case NLMSG_OVERRUN:
		reply_error(why, ENOBUFS);
		return REPLY_FAILED;
	default:
		return REPLY_MORE;
	}
}

enum reply_state reply_feed(struct snapshot *snap,
			    const struct nlmsghdr *request,
			    const void *buf, size_t len, struct failure *why)
{
	const struct nlmsghdr *nlh = buf;
	enum reply_state state;
	size_t step;

	for (; len; nlh = (const void *)((const char *)nlh + step), len -= step) {
		if (len < NLMSG_HDRLEN || nlh->nlmsg_len < NLMSG_HDRLEN ||
		    nlh->nlmsg_len > len) {
			fail(why, FAIL_LOST, "a message from the kernel was truncated");
			return REPLY_FAILED;
		}
		step = NLMSG_ALIGN(nlh->nlmsg_len);
		if (step > len)
			step = len;

		if (nlh->nlmsg_seq != request->nlmsg_seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			snap->torn = true;
		state = reply_control(nlh, request, why);
		if (state == REPLY_DONE && decode_finish(snap, why))
			state = REPLY_FAILED;
		if (state != REPLY_MORE)
			return state;
		if (nlh->nlmsg_type == request->nlmsg_type &&
		    decode_message(snap, nlh, why))
			return REPLY_FAILED;
	}
	return REPLY_MORE;
}
