/* SPDX-License-Identifier: GPL-2.0 */
/* Sends the records of one request: what all commands do alike, and what each of them adds. */
#ifndef _CENSUS_DUMP_H
#define _CENSUS_DUMP_H

#include "netlink/message.h"

struct census_dump;

/**
 * struct census_dump_ops - what one command adds
 * @size: of its own struct, which begins with a &struct census_dump
 * @parse: checks the attributes of the request, by number, and says which records follow.
 *	Return: 0 or an error, explained in the extended ack
 * @take: takes what is sent; sleeps as long as a census does; may be NULL.  Return: as @parse
 * @next: the next record of the current stage; NULL after the last.  Called again for the same
 *	record if it did not fit
 * @add: adds it to the buffer, or skips it if the reader may not see it.  Return: 0, or
 *	-EMSGSIZE with the buffer unchanged
 * @release: frees what @parse and @take took, which may have failed
 */
struct census_dump_ops {
	size_t size;
	int (*parse)(struct census_dump *d, struct nlattr **tb, struct netlink_ext_ack *extack);
	int (*take)(struct census_dump *d, struct netlink_ext_ack *extack);
	const void *(*next)(struct census_dump *d);
	int (*add)(struct sk_buff *skb, struct census_dump *d, const void *record);
	void (*release)(struct census_dump *d);
};

/**
 * struct census_dump - one dump, from its first call to done()
 * @ops: of its command
 * @envelope: common fields of the messages; holds references on both namespaces
 * @taken: @ops->take succeeded
 * @stages: the kinds of records, in order, by the nests that contain them; set by @ops->parse
 * @nr_stages: length of @stages
 * @stage: index of the next of @stages
 * @index: of the next record in @stage
 */
struct census_dump {
	const struct census_dump_ops *ops;
	struct census_envelope envelope;
	bool taken;
	const u8 *stages;
	unsigned int nr_stages;
	unsigned int stage;
	unsigned int index;
};

static inline void census_dump_stages(struct census_dump *d, const u8 *stages, unsigned int nr)
{
	d->stages = stages;
	d->nr_stages = nr;
}

static inline u8 census_dump_stage(const struct census_dump *d)
{
	return d->stages[d->stage];
}

int census_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct genl_family *family, const struct census_dump_ops *ops);
int census_dump_continue(struct sk_buff *skb, struct netlink_callback *cb);
int census_dump_done(struct netlink_callback *cb);

/* SNAPSHOT, PAGES and SHARE are dumps of a census. */
extern const struct census_dump_ops census_dump_census;
extern const struct census_dump_ops census_dump_physical;
extern const struct census_dump_ops census_dump_oom;

#endif /* _CENSUS_DUMP_H */
