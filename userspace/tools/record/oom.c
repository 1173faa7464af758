// SPDX-License-Identifier: GPL-2.0
/* What the kernel module knows of OOM events, for a record. */
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/oom.h"
#include "tools/record/oom.h"
#include "wire/attrs.h"

/* Whether @nlh is about a process, or a group of them, in the census before. */
static bool is_of_process(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	struct attrs attrs;

	if (nlh->nlmsg_type < NLMSG_MIN_TYPE || nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return false;
	attrs = attrs_of_message(nlh);
	while ((attr = attrs_next(&attrs)))
		if (attr_type(attr) == MEMCENSUS_A_TASK || attr_type(attr) == MEMCENSUS_A_VMA ||
		    attr_type(attr) == MEMCENSUS_A_GROUP)
			return true;
	return false;
}

static void collect(struct tap *tap, const void *messages, size_t len)
{
	struct oom_notes *notes = (struct oom_notes *)tap;
	struct attrs all = attrs_of(messages, len);
	const struct nlmsghdr *nlh;
	size_t size;

	while ((nlh = attrs_next_message(&all))) {
		if (notes->narrow && is_of_process(nlh))
			continue;
		size = NLMSG_ALIGN(nlh->nlmsg_len);
		/* By halves: an answer may have a message for each of very many processes. */
		if (notes->len + size > notes->room) {
			notes->room += notes->room / 2 + size;
			notes->messages = xreallocarray(notes->messages, notes->room, 1);
		}
		memset(notes->messages + notes->len, 0, size);
		memcpy(notes->messages + notes->len, nlh, nlh->nlmsg_len);
		notes->len += size;
	}
}

void oom_notes_begin(struct oom_notes *notes, bool narrow)
{
	*notes = (struct oom_notes){ .tap = { collect }, .narrow = narrow };
}

/* Asks about event @number, 0: the newest; NULL: no answer, and none is kept. */
static const struct snapshot *ask_oom(struct oom_notes *notes, struct session *session,
				      uint64_t number)
{
	const struct request request = { .command = MEMCENSUS_CMD_OOM, .event = number };
	struct snapshot *answer = snapshot_new();
	struct source *source = session->source;
	const size_t before = notes->len;
	struct failure why;
	enum taken taken;

	source->tap = &notes->tap;
	taken = source->ops->take(source, &request, answer, &why);
	source->tap = NULL;
	if (taken == TAKE_DONE && answer->has_ooms) {
		notes->answers = array_grow(notes->answers, notes->n, sizeof(answer));
		notes->answers[notes->n++] = answer;
		return answer;
	}
	notes->never |= taken == TAKE_DONE || why.kind == FAIL_VERSION;
	notes->len = before;
	snapshot_free(answer);
	return NULL;
}

/* What came back is known about a second after a kill. */
static bool is_open(const struct oom *oom)
{
	return !KNOWN(oom, MEMCENSUS_OOM_DELAY_NS);
}

void oom_notes_take(struct oom_notes *notes, struct session *session,
		    const struct snapshot *snap)
{
	const bool counted = KNOWN(&snap->totals.events, MEMCENSUS_E_OOM_KILL);
	const uint64_t kills = counted ? snap->totals.events.v[MEMCENSUS_E_OOM_KILL] : 0;
	const struct snapshot *newest;
	size_t i;

	notes->next.kills = kills;
	notes->next.done = notes->done;
	if (notes->never || (notes->asked && !notes->open && kills == notes->kills))
		return;
	newest = ask_oom(notes, session, 0);
	if (!newest)
		return;
	/* A module that was loaded again counts from 1. */
	if (newest->n_ooms && newest->ooms[0].number < notes->done)
		notes->done = 0;
	notes->next.done = newest->n_ooms ? newest->ooms[0].number : 0;
	notes->open = false;
	for (i = 0; i < newest->n_ooms; i++) {
		const struct oom *oom = &newest->ooms[i];

		if (oom->number <= notes->done)
			continue;
		if (i)
			ask_oom(notes, session, oom->number);
		notes->open |= is_open(oom);
		if (is_open(oom))
			notes->next.done = oom->number - 1;
	}
}

void oom_notes_end(struct oom_notes *notes, bool recorded)
{
	size_t i;

	if (recorded && notes->n) {
		notes->asked = true;
		notes->kills = notes->next.kills;
		notes->done = notes->next.done;
	}
	for (i = 0; i < notes->n; i++)
		snapshot_free(notes->answers[i]);
	free(notes->answers);
	free(notes->messages);
	notes->answers = NULL;
	notes->messages = NULL;
	notes->n = 0;
	notes->len = 0;
	notes->room = 0;
}
