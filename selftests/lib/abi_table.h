/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ABI as a table: what each attribute of include/uapi/linux/memcensus.h
 * holds. From it requests are made and answers are checked, so that an
 * attribute that is not in it does not compile.
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
 * @ABI_U32S: one or more of them; so the next two
 */
enum abi_type {
	ABI_NONE,
	ABI_PAD,
	ABI_U8,
	ABI_U32,
	ABI_S32,
	ABI_U64,
	ABI_STRING,
	ABI_U32S,
	ABI_S32S,
	ABI_U64S,
	ABI_NEST,
};

/**
 * struct abi_attr - one attribute
 * @type: its payload
 * @many: may come more than once in an answer
 * @min: of an integer in a request
 * @max: of an integer in a request, or how many there may be in an array
 * @mask: of bits in a request; 0: it is no bit set
 * @nest: of ABI_NEST
 */
struct abi_attr {
	enum abi_type type;
	bool many;
	uint32_t min, max, mask;
	const struct abi_nest *nest;
};

/**
 * struct abi_nest - attributes of one level, by number
 * @attrs: of @n; where NULL, PAD is number 1 and all others are u64
 */
struct abi_nest {
	const struct abi_attr *attrs;
	unsigned int n;
};

/**
 * struct abi_cmd - one command
 * @do_it: answers a request without NLM_F_DUMP
 * @dump: answers one with it
 * @answer: top level attribute of its message, 0: it has none
 */
struct abi_cmd {
	bool do_it, dump;
	unsigned int answer;
};

/* What may be in a request: the top level, and in it REQUEST. */
extern const struct abi_nest abi_asked;
extern const struct abi_nest abi_request;
/* The top level of an answer. */
extern const struct abi_nest abi_answered;
/* By enum memcensus_cmd; of __MEMCENSUS_CMD_MAX. */
extern const struct abi_cmd abi_cmds[];

/* Bytes of one integer of @type, 0 for others. */
unsigned int abi_int_size(enum abi_type type);

/*
 * NULL where a message of the family is as the ABI says, else what is wrong
 * with it, in a static buffer: an attribute unknown, twice, or of the wrong
 * length, a string without its end, padding that is not zero, a value that
 * is an address of the kernel's.
 */
const char *abi_answer_wrong(const struct nlmsghdr *nlh);

/*
 * Is @value in the half of the address space that is the kernel's? The highest
 * page is not: small negative numbers are there, and errors, but no object.
 */
bool abi_kernel_address(uint64_t value);

/* The first number in @text that is an address of the kernel's, or NULL. */
const char *abi_address_in_text(const char *text);

#endif /* _ABI_TABLE_H */
