/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ABI as a table: what each attribute of include/uapi/linux/memcensus.h
 * holds. The tests make requests and check answers from it. scripts/abi makes
 * abi_table.c from the netlink specification.
 */
#ifndef _ABI_TABLE_H
#define _ABI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/memcensus.h>

struct nlmsghdr;
struct abi_nest;

/**
 * enum abi_type - the payload of an attribute
 * @ABI_NONE: the attribute may not be sent
 * @ABI_PAD: empty
 * @ABI_U32S: several of them; the same for the next
 */
enum abi_type {
	ABI_NONE,
	ABI_PAD,
	ABI_U32,
	ABI_S32,
	ABI_U64,
	ABI_STRING,
	ABI_U32S,
	ABI_U64S,
	ABI_NEST,
};

/**
 * struct abi_attr - one attribute
 * @type: its payload
 * @many: an answer may have more than one
 * @min: least value in a request, or least number of array entries
 * @max: largest value in a request, or largest number of array entries
 * @mask: bits allowed in a request; 0: not a bit set
 * @offset: of its member in the struct of abi_records.h that keeps it: a struct u32s, a
 *	struct figures, or as its type; 0: no struct keeps it
 * @nest: content of an ABI_NEST
 */
struct abi_attr {
	enum abi_type type;
	bool many;
	uint32_t min, max, mask;
	size_t offset;
	const struct abi_nest *nest;
};

/**
 * struct abi_nest - attributes of one level, by number
 * @attrs: @n attributes, ABI_NONE where there is none; if NULL, PAD is number 1
 *	and all others are u64
 */
struct abi_nest {
	const struct abi_attr *attrs;
	unsigned int n;
};

/**
 * struct abi_cmd - one command
 * @do_it: answers a request without NLM_F_DUMP
 * @dump: answers one with it
 * @answers: bit n: a message of the answer may have the top level attribute n
 */
struct abi_cmd {
	bool do_it, dump;
	unsigned int answers;
};

/* Top level of a request, and the REQUEST nest in it. */
extern const struct abi_nest abi_asked;
extern const struct abi_nest abi_request;
/* The top level of an answer, and nests in it. */
extern const struct abi_nest abi_answered;
extern const struct abi_nest abi_task;
extern const struct abi_nest abi_group;
extern const struct abi_nest abi_vma;
extern const struct abi_nest abi_owners;
extern const struct abi_nest abi_pair;
extern const struct abi_nest abi_payer;
/* Index: enum memcensus_cmd; __MEMCENSUS_CMD_MAX entries. */
extern const struct abi_cmd abi_cmds[];

/* Bytes of one integer of @type, 0 for others. */
unsigned int abi_int_size(enum abi_type type);

/*
 * NULL if a message of the family follows the ABI; else the error, in a static
 * buffer: an attribute that is unknown, duplicate or of the wrong length, a
 * string without NUL, padding that is not zero, a value that is a kernel
 * address.
 */
const char *abi_answer_wrong(const struct nlmsghdr *nlh);

/*
 * Is @value a kernel address? The highest page does not count: it holds small
 * negative numbers and error codes, but no object.
 */
bool abi_kernel_address(uint64_t value);

/* The first kernel address in @text, or NULL. */
const char *abi_address_in_text(const char *text);

#endif /* _ABI_TABLE_H */
