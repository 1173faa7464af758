/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A census as the tests see it: received over generic netlink, stored by the
 * numbers of the ABI, with a record of which attributes were sent.
 */
#ifndef _CLIENT_H
#define _CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/memcensus.h>

struct mnl_socket;
struct nlmsghdr;

/**
 * struct figures - amounts of memory
 * @known: bit n is set where figure n was sent
 * @value: bytes, by enum memcensus_figure, or memcensus_kind of OWNERS and PAIR; 0 if not known
 */
struct figures {
	uint64_t known;
	uint64_t value[__MEMCENSUS_F_MAX];
};

#define FIGURE_UNKNOWN	UINT64_MAX

/* Bytes, or FIGURE_UNKNOWN. */
static inline uint64_t figure(const struct figures *f, unsigned int n)
{
	return f->known >> n & 1 ? f->value[n] : FIGURE_UNKNOWN;
}

/* An array attribute. */
struct u32s {
	size_t n;
	uint32_t *v;
};

/* Records by the specification; a string that was not sent is NULL. */
#include "client/abi_records.h"
#include "memory/pages.h"

/* Linux fills messages of this size even if a socket receives with a smaller buffer. */
#define BUFFER_MIN	(PAGE < 8192 ? PAGE : 8192)

/**
 * struct census_info - the INFO message
 * @known: bit n is set where attribute n of enum memcensus_info was sent
 * @value: the integers, by enum memcensus_info
 */
struct census_info {
	uint32_t known;
	uint64_t value[__MEMCENSUS_INFO_MAX];
	char version[64], kernel[128];
};

#define ORDERS_MAX	16
#define RESERVES_MAX	8

/**
 * struct census_blocks - free blocks of a zone
 * @n: number of orders sent
 */
struct census_blocks {
	unsigned int n;
	uint64_t blocks[ORDERS_MAX];
};

/**
 * struct census_zone - one ZONE message
 * @known: bit n is set where attribute n of enum memcensus_zone was sent
 * @value: the u64 ones, by enum memcensus_zone
 */
struct census_zone {
	uint32_t known, node;
	char name[MEMCENSUS_NAME_LEN];
	uint64_t value[__MEMCENSUS_ZONE_MAX];
	struct census_blocks all;
	unsigned int n_reserves;
	uint64_t reserve[RESERVES_MAX];
};

/**
 * struct census_node - one NODE message
 * @known: bit n is set where attribute n of enum memcensus_node was sent
 * @value: the integers, by enum memcensus_node
 */
struct census_node {
	uint32_t known;
	uint64_t value[__MEMCENSUS_NODE_MAX];
	char zone[MEMCENSUS_NAME_LEN];
};

/**
 * struct census_values - a nest of figures
 * @known: bit n is set where attribute n was sent
 */
struct census_values {
	uint64_t known;
	uint64_t value[64];
};

/**
 * struct census - all messages of one dump
 * @seq: the number of the census
 * @mixed: a message has another sequence number than those before it
 * @disorder: messages arrived in the wrong order
 * @incomplete: a message had no sequence number, no nest, or an unknown nest
 * @scan: values by enum memcensus_scan; @scan_known: bits of those sent
 */
struct census {
	uint64_t seq;
	bool mixed, disorder, incomplete;
	uint8_t last_place;
	struct census_info info;
	uint64_t scan_known;
	uint64_t scan[__MEMCENSUS_SCAN_MAX];
	unsigned int n_infos, n_scans, n_datagrams;
	struct census_zone *zones;
	size_t n_zones;
	struct census_node *nodes;
	size_t n_nodes;
	struct census_task *tasks;
	size_t n_tasks;
	struct census_group *groups;
	size_t n_groups;
	struct census_vma *vmas;
	size_t n_vmas;
	struct census_owners *owned;
	size_t n_owned;
	struct census_pair *pairs;
	size_t n_pairs;
	struct census_payer *payers;
	size_t n_payers;
};

/**
 * struct census_error - why a request failed
 * @text: message of the extended ack, "" if there was none
 * @offset: offset of the wrong attribute in the request, -1 if not given
 */
struct census_error {
	char text[256];
	int offset;
};

/**
 * struct census_request - what to ask for; 0 leaves an attribute out
 * @parts: MEMCENSUS_PART_*; OWNERS is added, unless @no_owners
 * @share: a SHARE request, with @limit and @charged
 * @file: descriptor of the file of a census, not 0
 * @restricted: only what the user @uid and the group @gid may read
 * @max_age: in ms
 * @tree: only the tree of this process
 * @buffer: bytes of each receive, 0: 32 KiB
 */
struct census_request {
	uint8_t group_by;
	uint32_t parts;
	bool no_owners;
	const uint32_t *pids;
	unsigned int n_pids;
	size_t buffer;
	bool share;
	unsigned int charged;
	uint32_t limit, file;
	bool restricted;
	uint32_t uid, gid, max_age, tree;
};

/**
 * struct census_socket - a netlink socket that knows the family's number
 * @nl: NULL if the module is not loaded
 */
struct census_socket {
	struct mnl_socket *nl;
	uint16_t family;
	uint32_t seq, port;
};

/* 0, or -errno; -ENOENT: the module is not loaded. */
int census_open(struct census_socket *s);
void census_close(struct census_socket *s);

/* A request's header in @buf of at least 8 KiB; attributes may follow. */
struct nlmsghdr *census_header(const struct census_socket *s, void *buf,
			       uint8_t cmd, uint16_t flags);
/* The same with a REQUEST nest as @request says. */
struct nlmsghdr *census_request(const struct census_socket *s, void *buf,
				const struct census_request *request);
int census_send(struct census_socket *s, struct nlmsghdr *nlh);

/*
 * One receive. 1: more messages follow; 0: this was the last message; -errno:
 * the request failed, and @error has the reason. @census may be NULL.
 */
int census_receive(struct census_socket *s, struct census *census,
		   size_t buffer, struct census_error *error);

/* The same for @n bytes at @buf, already received. */
int census_datagram(const struct census_socket *s, const void *buf, size_t n,
		    struct census *census, struct census_error *error);

/*
 * Sends a request and receives all answers. 0 or -errno; @census and @error
 * may be NULL. The caller frees @census, also after an error.
 */
int census_talk(struct census_socket *s, struct nlmsghdr *nlh,
		struct census *census, size_t buffer,
		struct census_error *error);

/* A whole dump on a new socket. */
int census_take(const struct census_request *request, struct census *census,
		struct census_error *error);

/* Kills a process that takes censuses @after_us; returns the time until it has ended. */
uint64_t census_kill_after(const struct census_request *request, uint64_t after_us);
/* Task and mappings of one process, with all figures. */
int census_take_pid(pid_t pid, struct census *census,
		    struct census_error *error);
void census_free(struct census *census);

/* The record of the address space of process @pid, or NULL. */
const struct census_task *census_task_of(const struct census *census,
					 pid_t pid);
/* The mapping that holds @addr, in a census of one process; or NULL. */
const struct census_vma *census_vma_at(const struct census *census,
				       const void *addr);

/* True if the dump is whole: one sequence number, in order, all parts. */
bool census_is_whole(const struct census *census);

#endif /* _CLIENT_H */
