/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each record holds, as data.
 *
 * One array per kind of record, by number of the ABI, says for each attribute
 * its name, how it travels, where it lies in memory and how it is shown.  The
 * decoder, tables, raw output, JSON, the lists of -c and -s, and --help all
 * read these arrays; an attribute is added to the reader by adding one line.
 */
#ifndef READER_COLUMNS_H
#define READER_COLUMNS_H

#include "lib/failure.h"
#include "model/snapshot.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* How an attribute travels, and as what it lies in the record. */
enum wire {
	WIRE_NONE,		/* does not: padding, or derived */
	WIRE_U8,		/* uint64_t */
	WIRE_U32,		/* uint64_t */
	WIRE_S32,		/* int64_t */
	WIRE_U64,		/* uint64_t */
	WIRE_STRING,		/* const char * */
	WIRE_U32S,		/* struct numbers */
	WIRE_S32S,		/* struct numbers */
	WIRE_U64S,		/* struct numbers */
	WIRE_FIGURES,		/* struct figures */
	WIRE_TYPES,		/* zone.types, one nest each */
};

/* What a value is, and so how it is shown, added up and aligned. */
enum kind {
	KIND_BYTES,		/* memory */
	KIND_COUNT,		/* how many */
	KIND_ID,		/* a number that is a name: never added up */
	KIND_TEXT,
	KIND_WORD,		/* a number with a word for each value */
	KIND_BOOL,
	KIND_SINCE_BOOT,	/* ns, a moment */
	KIND_DURATION,		/* ns */
	KIND_ADDRESS,		/* hexadecimal */
	KIND_PERCENT,		/* double */
	KIND_LIST,		/* counts */
	KIND_BLOCKS,		/* counts, all ones: unknown */
	KIND_INDEXES,		/* signed, thousandths */
	KIND_NEST,		/* records or figures of their own */
};

/* What stands below a column in a row of totals. */
enum total {
	TOTAL_NONE,
	TOTAL_SUM,		/* of the known ones */
	TOTAL_ROWS,		/* how many rows */
	TOTAL_DISTINCT,		/* how many different values */
};

/*
 * How the figure of a group follows from its members.  A figure that is none of
 * the columns of figures has GROUP_UNSPEC.
 */
enum group_rule {
	GROUP_UNSPEC,
	GROUP_SUM,		/* their sum */
	GROUP_OWN,		/* counted for the group: each frame once */
	GROUP_NONE,		/* a group has none */
};

/* A value got from a record; which member holds is the column's kind. */
struct value {
	union {
		uint64_t number;
		int64_t sign;	/* where column.sign */
		double ratio;
		const char *text;
		struct numbers list;
	};
};

/**
 * struct view - what a getter may need besides the record
 * @snap: the census
 * @numeric: users and cgroups by number, not by name
 */
struct view {
	const struct snapshot *snap;
	bool numeric;
};

/* By @view->snap->naming; NULL where that is unavailable. */
static inline const char *name_of_user(const struct view *view, uint64_t uid)
{
	const struct naming *naming = view->snap->naming;

	return naming ? naming->user(view->snap, uid, view->numeric) : NULL;
}

static inline const char *name_of_cgroup(const struct view *view, uint64_t id)
{
	const struct naming *naming = view->snap->naming;

	return naming ? naming->cgroup(view->snap, id, view->numeric) : NULL;
}

/**
 * struct column - one attribute, figure or derived value of a record
 * @name: as in the ABI, in lower case; in JSON and for -c and -s
 * @header: over the column of a table; NULL: its name
 * @help: one line
 * @kernel: what the kernel calls it in smaps, meminfo or vmstat; NULL if it
 *	does not
 * @scaled: @header where amounts are not in KiB; NULL if the same
 * @kind: what it is
 * @wire: how it travels
 * @total: what stands below it
 * @group: of a figure, how that of a group follows from its members
 * @basis: enum memcensus_basis, the only one that has it; 0: both
 * @sign: the value may be negative
 * @optional: a list that is absent where it would be empty
 * @number: bit in the bitmap of known values, number of the attribute
 * @known: offset of that bitmap in the record
 * @offset: of the value in the record
 * @words: words of a KIND_WORD, by value
 * @n_words: how many
 * @derive: how it follows from others; false where it cannot be had.  NULL:
 *	it lies at @offset
 */
struct column {
	const char *name;
	const char *header;
	const char *help;
	const char *kernel;
	const char *scaled;
	enum kind kind;
	enum wire wire;
	enum total total;
	enum group_rule group;
	enum memcensus_basis basis;
	bool sign;
	bool optional;
	unsigned int number;
	size_t known;
	size_t offset;
	const char *const *words;
	unsigned int n_words;
	bool (*derive)(const struct view *view, const void *record,
		       struct value *value);
};

/* Part of an array of columns; entries without a name are empty. */
struct column_set {
	const struct column *columns;
	unsigned int n;
};

/**
 * struct record_type - all that is known of one kind of record
 * @name: what it is, in messages
 * @fields: attributes, by number
 * @figures: figures of its nest, by number; empty if it has none
 * @derived: what the reader computes
 */
struct record_type {
	const char *name;
	struct column_set fields;
	struct column_set figures;
	struct column_set derived;
};

/* By enum memcensus_basis. */
extern const char *const basis_words[MEMCENSUS_BASIS_MAX + 1];

extern const struct record_type info_record;
extern const struct record_type scan_record;
extern const struct record_type task_record;
extern const struct record_type group_record;
extern const struct record_type vma_record;
extern const struct record_type mapping_record;
extern const struct record_type zone_type_record;
extern const struct record_type zone_record;
extern const struct record_type node_record;
extern const struct record_type bytes_record;	/* of struct totals */
extern const struct record_type events_record;	/* of struct totals */

/* The one of task_record that has to be read beside the census. */
extern const struct column *const task_cmdline;

/* Gets the value of @column in @record; false where it is not known. */
bool column_get(const struct column *column, const struct view *view,
		const void *record, struct value *value);

/* What stands over it in a table. */
const char *column_header(const struct column *column);

/* The word for a KIND_WORD's @value; NULL where this reader has none. */
const char *column_word(const struct column *column, uint64_t value);

/* Whether its values are set against the right edge. */
bool column_is_right(const struct column *column);

/* The @i-th column of @type that can be shown; NULL behind the last. */
const struct column *record_column(const struct record_type *type,
				   unsigned int i);

/* By name or, in any case, by header; NULL where there is none. */
const struct column *record_find(const struct record_type *type,
				 const char *name, size_t len);

/**
 * struct columns - columns chosen to be shown, in order
 * @v: owned; columns_free() frees it
 * @n: how many
 */
struct columns {
	const struct column **v;
	size_t n;
};

/*
 * Chooses columns of @type by @list, names with commas between, added to
 * @defaults where it begins with '+'; @list NULL takes @defaults, both NULL
 * take all.  0, or -1 and @why, which names the wrong one and lists all.
 */
int columns_choose(struct columns *columns, const struct record_type *type,
		   const char *list, const char *defaults, struct failure *why);
void columns_free(struct columns *columns);

/* Says in @why that @type has no column @name, and lists those it has. */
int columns_unknown(const struct record_type *type, const char *name,
		    size_t len, struct failure *why);

#endif /* READER_COLUMNS_H */
