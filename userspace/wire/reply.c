// SPDX-License-Identifier: GPL-2.0
/* Ends of dumps, errors and extended acks. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/text.h"
#include "wire/attrs.h"
#include "wire/reply.h"

static bool says(const char *path, const char *text)
{
	char line[128];

	return text_line(path, line, sizeof(line)) && strstr(line, text);
}

/* Whether this kernel loads only modules with a trusted signature. */
static bool signatures_required(void)
{
	/* The level in force is in brackets. */
	return says("/sys/module/module/parameters/sig_enforce", "Y") ||
	       says("/sys/kernel/security/lockdown", "[integrity]") ||
	       says("/sys/kernel/security/lockdown", "[confidentiality]");
}

static const struct answer {
	int error;
	enum failure_kind kind;
	const char *text;
} answers[] = {
	{ EPERM, FAIL_PRIVILEGE,
	  "permission denied: a census needs CAP_PERFMON or CAP_SYS_PTRACE in the initial user namespace: run as root (sudo), or enable memcensus.socket, which shows each user their own processes",
	},
	{ ENOENT, FAIL_NO_MODULE,
	  "the kernel module is not loaded: run 'modprobe memcensus' (or 'insmod memcensus.ko')" },
	{ ESRCH, FAIL_NO_PROCESS, "no such process" },
	{ EINTR, FAIL_INTERRUPTED, "the census was interrupted by a signal" },
	{ ENOMEM, FAIL_MEMORY, "the kernel has too little memory for a census" },
	{ EDQUOT, FAIL_MEMORY,
	  "readers hold results of max_results bytes: end some, or name fewer processes",
	},
	{ ENOBUFS, FAIL_LOST, "the kernel dropped messages: try again" },
	{ EOPNOTSUPP, FAIL_VERSION,
	  "the module does not know this request: load the memcensus.ko of the same release as this reader",
	},
};

int reply_error(struct failure *why, int error)
{
	size_t i;

	if (error == ENOENT && signatures_required())
		return fail(why, FAIL_NO_MODULE,
			    "the kernel module is not loaded, and this kernel loads signed modules only: enrol the key of DKMS (mokutil --import /var/lib/dkms/mok.pub, then reboot), or sign memcensus.ko with a key that the kernel trusts; then run 'modprobe memcensus'");
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (answers[i].error == (error == EACCES ? EPERM : error))
			return fail(why, answers[i].kind, "%s", answers[i].text);
	return fail(why, FAIL_SYSTEM, "the kernel refused: %s", strerror(error));
}

/*
 * The text of an extended ack for a person: without the name of the attribute before it,
 * which only callers of the ABI know.  Of PIDS it has a PID, which is a process.
 */
static const char *plain_text(const char *text, size_t *len, const char **subject)
{
	static const char pids[] = "PIDS: ";
	const size_t name = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	*subject = "";
	if (!name || name + 2 > *len || text[name] != ':' || text[name + 1] != ' ')
		return text;
	*len -= name + 2;
	if (!strncmp(text, pids, sizeof(pids) - 1) && isdigit((unsigned char)text[name + 2]))
		*subject = "process ";
	return text + name + 2;
}

/* Reports the error number, with the text of the extended ack. */
static enum reply_state refuse(struct failure *why, int error, struct attrs ack)
{
	const char *text = NULL, *subject;
	const struct nlattr *attr;
	size_t len = 0;

	while ((attr = attrs_next(&ack))) {
		if (attr_type(attr) == NLMSGERR_ATTR_MSG) {
			text = attr_data(attr);
			len = strnlen(text, attr_len(attr));
		}
	}
	reply_error(why, error);
	/* For a missing privilege, reply_error() says what to do; the ack does not. */
	if (!len || why->kind == FAIL_PRIVILEGE)
		return REPLY_FAILED;
	if (why->kind == FAIL_SYSTEM)
		why->kind = FAIL_REFUSED;
	text = plain_text(text, &len, &subject);
	fail(why, why->kind, "%s%.*s", subject, (int)len, text);
	return REPLY_FAILED;
}

/* The end of a dump, which carries its error number, or the answer NLMSG_ERROR. */
static enum reply_state reply_end(const struct nlmsghdr *nlh, struct failure *why)
{
	const bool done = nlh->nlmsg_type == NLMSG_DONE;
	const struct nlmsgerr *err = NLMSG_DATA(nlh);
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN;
	size_t head = done ? sizeof(err->error) : sizeof(*err);
	struct attrs ack = { 0 };

	if (done && !len)
		return REPLY_DONE;
	if (len < head) {
		fail(why, FAIL_MALFORMED, "malformed message: too short");
		return REPLY_FAILED;
	}
	if (!err->error || (done && err->error > 0))
		return REPLY_DONE;
	/* Unless capped, the request precedes the attributes of the ack. */
	if (!done && !(nlh->nlmsg_flags & NLM_F_CAPPED) && err->msg.nlmsg_len >= NLMSG_HDRLEN)
		head += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && head <= len)
		ack = attrs_of((const unsigned char *)err + head, len - head);
	/* A message may hold any number where the negative error number belongs. */
	return refuse(why, err->error < 0 && err->error >= -4095 ? -err->error : EPROTO, ack);
}

enum reply_state reply_control(const struct nlmsghdr *nlh, struct failure *why)
{
	switch (nlh->nlmsg_type) {
	case NLMSG_DONE:
	case NLMSG_ERROR:
		return reply_end(nlh, why);
	case NLMSG_OVERRUN:
		reply_error(why, ENOBUFS);
		return REPLY_FAILED;
	default:
		return REPLY_MORE;
	}
}
