/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A record as rows: one for each attribute of its message that holds a number or a string.  The
 * lists of rows in abi-rows.h give a struct its members, and messages and text what they say.
 */
#ifndef _CENSUS_ROWS_H
#define _CENSUS_ROWS_H

#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/memcensus.h>

#include "census/abi-rows.h"

/* A row of 64 bits that is unknown: neither sent nor shown.  So is a string that is empty. */
#define CENSUS_UNKNOWN (~0ULL)

/* By CENSUS_MEMBER(), for a list of rows in a struct. */
#define CENSUS_MEMBER_u32(member) u32 member
#define CENSUS_MEMBER_s32(member) s32 member
#define CENSUS_MEMBER_u64(member) u64 member
#define CENSUS_MEMBER_string(member) char member[MEMCENSUS_NAME_LEN]

enum census_record_type {
	CENSUS_ROW_u32,
	CENSUS_ROW_s32,
	CENSUS_ROW_u64,
	CENSUS_ROW_string,
};

/**
 * struct census_record_row - one member of a record
 * @name: as the specification has it
 * @type: &enum census_record_type
 * @attr: of the message
 * @offset: in the struct, bytes
 */
struct census_record_row {
	const char *name;
	u8 type;
	u8 attr;
	u16 offset;
};

/* For a list of rows in an array of &struct census_record_row. */
#define CENSUS_ROW(of, type, member, attr, name) \
	{ name, CENSUS_ROW_##type, attr, offsetof(struct census_##of, member) },

static inline u64 census_record_u64(const struct census_record_row *row, const void *record)
{
	return *(const u64 *)(record + row->offset);
}

#endif /* _CENSUS_ROWS_H */
