/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The columns of each kind of row, as data.
 *
 * One array per kind of row, indexed by ABI number, gives each attribute its
 * name, its type in messages, its offset in memory and how to show it.  The
 * decoder, tables, raw output, JSON, the lists of -c and -s, and --help all
 * read these arrays: one line adds an attribute to the reader.
 */
#ifndef READER_COLUMNS_H
#define READER_COLUMNS_H

#include "lib/failure.h"
#include "model/snapshot.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Type of an attribute in a message; each comment gives its type in the row. */
enum wire {
	WIRE_NONE,		/* not sent: padding, or derived */
	WIRE_U32,		/* uint64_t */
	WIRE_S32,		/* int64_t */
	WIRE_U64,		/* uint64_t */
	WIRE_STRING,		/* const char * */
	WIRE_U32S,		/* struct numbers */
	WIRE_U64S,		/* struct numbers */
	WIRE_FIGURES,		/* struct figures */
};

/* What a value is; decides how it is shown, summed and aligned. */
enum kind {
	KIND_BYTES,		/* memory */
	KIND_COUNT,		/* a number of objects */
	KIND_KIB,		/* amount counted in KiB; in JSON bytes, with _bytes for _kib */
	KIND_ID,		/* a number used as a name: never summed */
	KIND_TEXT,
	KIND_WORD,		/* a number with a word for each value */
	KIND_BOOL,
	KIND_SINCE_BOOT,	/* ns, a point in time */
	KIND_REALTIME,		/* ns since 1970, a point in time */
	KIND_DURATION,		/* ns */
	KIND_SECONDS,		/* ns, in tables s with six decimals */
	KIND_ADDRESS,		/* hexadecimal */
	KIND_PERCENT,		/* double */
	KIND_REAL,		/* the same, in JSON with all its digits */
	KIND_LIST,		/* counts */
	KIND_BLOCKS,		/* counts, or BLOCKS_UNKNOWN */
	KIND_INDEXES,		/* signed, thousandths; or EXTFRAG_AVAILABLE */
	KIND_ON_NODES,		/* by NUMA node: in a table a column for each */
	KIND_NEST,		/* nested rows or figures */
};

/* How a row holds a value that is not computed. */
enum held {
	HELD_ATTRIBUTE,		/* known if its bit in the bitmap is set */
	HELD_ALWAYS,		/* known; a text that is NULL is not */
	HELD_AMOUNT,		/* in a struct amount */
};

/* The cell of a column in the row of totals. */
enum total {
	TOTAL_NONE,
	TOTAL_SUM,		/* of the known values */
	TOTAL_ROWS,		/* number of rows */
	TOTAL_DISTINCT,		/* number of distinct values */
};

/*
 * How the figure of a group follows from its members.  Columns other than the
 * figures of tasks have GROUP_UNSPEC.
 */
enum group_rule {
	GROUP_UNSPEC,
	GROUP_SUM,		/* their sum */
	GROUP_OWN,		/* counted for the group: each frame once */
	GROUP_NONE,		/* groups do not have it */
};

/* A value read from a row; the column's kind selects the member. */
struct value {
	union {
		uint64_t number;
		int64_t sign;	/* if column.sign */
		double ratio;
		const char *text;
		struct numbers list;
	};
};

/**
 * struct view - what a getter may need in addition to the row
 * @snap: the census
 * @numeric: users and cgroups by number, not by name
 */
struct view {
	const struct snapshot *snap;
	bool numeric;
};

/* By @view->snap->naming; NULL if that is unavailable. */
static inline const char *view_name(const struct view *view, enum name_kind kind, uint64_t id)
{
	return view->snap->naming ? view->snap->naming(view->snap, kind, id, view->numeric) : NULL;
}

#define name_of_user(view, uid)		view_name(view, NAME_USER, uid)
#define name_of_cgroup(view, id)	view_name(view, NAME_CGROUP, id)

struct column;

/* Computes the @value of @column in @row; false if it is unavailable. */
typedef bool column_fn(const struct column *column, const struct view *view, const void *row,
		       struct value *value);

/**
 * struct column - one attribute, figure or derived value of a row
 * @name: the ABI name in lower case, for JSON, -c and -s
 * @header: heading in a table; NULL: @name
 * @help: one line
 * @metric_help: of its metric, where @help needs the heading of a table; NULL: @help
 * @kernel: its name in smaps, meminfo or vmstat; NULL if it has none
 * @scaled: @header if amounts are not in KiB; NULL if the same
 * @format: of a percentage, a change, a rate below 10 in tables; NULL: %.2f, %+d, %.0f
 * @kind: what its values are
 * @wire: its type in messages
 * @held: how the row holds it
 * @total: its cell in the row of totals
 * @group: for a figure, how that of a group follows from its members
 * @part: MEMCENSUS_PART_* that it needs, of named processes; 0: none
 * @sign: the value may be negative
 * @optional: a list that is absent if it is empty
 * @counter: it only grows
 * @alarm: it says that something is wrong: a narrow terminal lacks it last
 * @spare: a text that a narrow terminal may lack, as it may amounts
 * @in_json: a derived value that JSON has with the attributes: the name of a number
 * @number: number of the attribute; its bit in the bitmap of known values; of a derived value:
 *	an argument of @derive
 * @known: offset of that bitmap in the row
 * @offset: of the value in the row
 * @words: words of a KIND_WORD, by value; of a KIND_BOOL in tables, for no and
 *	yes, where NULL is -
 * @derive: computes the value; NULL: it is at @offset
 * @by_node: it needs numa_maps, which commands do not read by default
 */
struct column {
	const char *name;
	const char *header;
	const char *help;
	const char *kernel;
	const char *scaled;
	const char *metric_help;
	const char *format;
	enum kind kind;
	enum wire wire;
	enum held held;
	enum total total;
	enum group_rule group;
	uint32_t part;
	bool sign;
	bool optional;
	bool counter;
	bool alarm;
	bool spare;
	bool in_json;
	unsigned int number;
	size_t known;
	size_t offset;
	const char *const *words;
	unsigned int n_words;
	column_fn *derive;
	bool by_node;
};

/* Initializes a set of columns; COLUMNS_TO() also checks that it has all up to number @max. */
#define COLUMNS(array)	{ array, ARRAY_SIZE(array) }
#define COLUMNS_TO(max, array)						\
	{ array, ARRAY_SIZE(array) + 0 * sizeof(struct {		\
		_Static_assert(ARRAY_SIZE(array) == (max) + 1, "a column is missing"); \
		int unused; }) }

/*
 * Attribute @n of a struct @of in an array indexed by number, with its name, @header,
 * @member, WIRE_@w, KIND_@k, and further members of struct column.  ATTRIBUTE() has the
 * name of its member.
 */
#define ATTRIBUTE(of, n, header_, member, ...)				\
	NAMED(of, n, #member, header_, member, __VA_ARGS__)
#define NAMED(of, n, name_, header_, member, w, k, help_, ...)		\
	[n] = {								\
		name_, header_, help_, .kind = KIND_##k,		\
		.wire = WIRE_##w, .number = n,				\
		.offset = offsetof(struct of, member), __VA_ARGS__ }

/*
 * Column @name_ of a member of a struct @of that is not of the ABI: a value that is always known,
 * and memory as a struct amount, which with MEMBER_AMOUNT() may be negative.
 */
#define MEMBER(of, name_, header_, member_, k, help_, ...)		\
	{ .name = name_, .header = header_, .help = help_, .kind = KIND_##k, \
	  .held = HELD_ALWAYS, .offset = offsetof(struct of, member_), __VA_ARGS__ }
#define MEMBER_MEMORY(of, name_, header_, member_, help_, ...)		\
	{ .name = name_, .header = header_, .help = help_, .kind = KIND_BYTES, \
	  .held = HELD_AMOUNT, .offset = offsetof(struct of, member_), __VA_ARGS__ }
#define MEMBER_AMOUNT(of, name_, header_, member_, help_, ...)		\
	MEMBER_MEMORY(of, name_, header_, member_, help_, .sign = true, __VA_ARGS__)

/*
 * Defines @name for struct column.derive, where @row is a struct @of: the
 * @member of the value is @expression, and available if @condition.
 */
#define DERIVED(name, of, member, expression, condition)			\
static bool name(const struct column *column, const struct view *view,	\
		 const void *untyped, struct value *value)		\
{									\
	const struct of *row = untyped;					\
									\
	(void)column;							\
	(void)view;							\
	value->member = expression;					\
	return condition;						\
}

/* The same, where @get is an expression that fills @value and says whether it is available. */
#define COMPUTED(name, of, get)						\
static bool name(const struct column *column, const struct view *view,	\
		 const void *untyped, struct value *value)		\
{									\
	const struct of *row = untyped;					\
									\
	(void)column;							\
	(void)view;							\
	return get;							\
}

/* Part of an array of columns; entries without a name are empty. */
struct column_set {
	const struct column *columns;
	unsigned int n;
};

/**
 * struct row_type - the columns of one kind of row
 * @name: its name in messages
 * @fields: attributes, by number
 * @figures: figures of its nest, by number; empty if it has none
 * @derived: values that the reader computes
 * @array: offset in struct snapshot of the array of them, or of the only one
 * @count: offset of their number
 * @size: bytes of each; 0: a snapshot has no array of them
 * @find: finds further columns, which no list has; NULL: there are none
 * @check: whether the rows of a whole snapshot fit together: 0, or -1 and @why; NULL: they do
 */
struct row_type {
	const char *name;
	struct column_set fields;
	struct column_set figures;
	struct column_set derived;
	size_t array;
	size_t count;
	size_t size;
	const struct column *(*find)(const char *name, size_t len);
	int (*check)(const struct snapshot *snap, struct failure *why);
};

/* Initialize the last members: struct snapshot has @n_ records in the array @v_, or one. */
#define IN_SNAPSHOT(v_, n_)						\
	.array = offsetof(struct snapshot, v_),				\
	.count = offsetof(struct snapshot, n_),				\
	.size = sizeof(*((struct snapshot *)0)->v_)
#define ONE_IN_SNAPSHOT(member)	.array = offsetof(struct snapshot, member)

/* Initializes the type of rows without attributes of the ABI. */
#define ROWS_OF(name_, array_)	{ .name = name_, .derived = COLUMNS(array_) }

extern const struct row_type request_rows;	/* of struct request */
extern const struct row_type info_rows;
extern const struct row_type scan_rows;
extern const struct row_type task_rows;
extern const struct row_type group_rows;
extern const struct row_type vma_rows;
extern const struct row_type owners_rows;
extern const struct row_type pair_rows;
extern const struct row_type payer_rows;
extern const struct row_type mapping_rows;
extern const struct row_type zone_rows;
extern const struct row_type node_rows;
extern const struct row_type bytes_rows;	/* of struct totals */
extern const struct row_type events_rows;	/* of struct totals */
extern const struct row_type meminfo_rows;
extern const struct row_type physical_rows;
extern const struct row_type physical_zone_rows;	/* its figures are the classes */
extern const struct row_type physical_state_rows;	/* the same, with the states */
extern const struct row_type frame_cgroup_rows;
extern const struct row_type frame_system_rows;
extern const struct row_type frame_file_rows;
extern const struct row_type frame_blocks_rows;

/* The column of task_rows that is read from /proc, not from the census. */
extern const struct column *const task_cmdline;
extern const struct column *const task_merged_by_ksm;

/*
 * Appends a row of @type, of which a snapshot has an array, with no known member.
 * The pointer is valid until the next one is added.
 */
void *row_add(const struct row_type *type, struct snapshot *snap);

/* Gets the value of @column in @row; false if it is unknown. */
bool column_get(const struct column *column, const struct view *view,
		const void *row, struct value *value);

const char *column_header(const struct column *column);

/* Whether it is a list with something for each order of the buddy allocator. */
static inline bool column_is_by_order(const struct column *column)
{
	return column->kind == KIND_BLOCKS || column->kind == KIND_INDEXES;
}

static inline bool column_is_list(const struct column *column)
{
	return column->kind == KIND_LIST || column_is_by_order(column);
}

/* The word for a KIND_WORD's @value; NULL if this reader has none. */
const char *column_word(const struct column *column, uint64_t value);
bool column_is_right(const struct column *column);

/* The @i-th column of @type that can be shown; NULL after the last. */
const struct column *column_at(const struct row_type *type,
			       unsigned int i);

/* Finds a column by name, else by header, ignoring case; NULL if there is none. */
const struct column *column_find(const struct row_type *type,
				 const char *name, size_t len);
/* The same for a whole string. */
const struct column *column_named(const struct row_type *type, const char *name);

/* Columns chosen to be shown, in order; @listed: the first that a list named, not the defaults. */
struct columns {
	const struct column **v;
	size_t n;
	size_t listed;
};

/*
 * Chooses columns of @type by @list, names separated by commas.  A leading '+'
 * adds them to @defaults.  @list NULL takes @defaults; if both are NULL, all.
 * 0, or -1 and @why, which names the unknown column and lists all.
 */
int columns_choose(struct columns *columns, const struct row_type *type,
		   const char *list, const char *defaults, struct failure *why);
void columns_free(struct columns *columns);

void columns_add(struct columns *columns, const struct column *column);

/* Says in @why that @type has no column @name, and lists those it has. */
int columns_unknown(const struct row_type *type, const char *name,
		    size_t len, struct failure *why);

#endif /* READER_COLUMNS_H */
