/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of the ABI, by which scenes are written. scripts/abi makes abi-names.c from the
 * netlink specification, so that a scene does not depend on the tables of the reader.
 */
#ifndef READER_ABI_NAMES_H
#define READER_ABI_NAMES_H

#include <stddef.h>
#include <stdint.h>
#include <linux/memcensus.h>

/**
 * enum abi_name_type - what an attribute holds
 * @NAME_U32S: several of them; the same for the next
 * @NAME_BYTES: bytes without a type, of an attribute that the ABI does not have
 */
enum abi_name_type {
	NAME_NONE,
	NAME_U32,
	NAME_S32,
	NAME_U64,
	NAME_STRING,
	NAME_U32S,
	NAME_U64S,
	NAME_NEST,
	NAME_BYTES,
};

/**
 * struct abi_name - the name of an attribute, of a value, or of a command
 * @name: NULL: the end of an array
 * @number: its number
 * @type: of an attribute
 * @of: names of the attributes in a nest, or of the values of an integer; NULL: none
 */
struct abi_name {
	const char *name;
	uint32_t number;
	enum abi_name_type type;
	const struct abi_name *of;
};

/* The top level of an answer, and the commands. */
extern const struct abi_name abi_records[];
extern const struct abi_name abi_commands[];

#endif /* READER_ABI_NAMES_H */
