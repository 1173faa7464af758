// SPDX-License-Identifier: GPL-2.0
/* The arguments and results of traced calls as words. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tools/trace/call-text.h"

/* Values of kernels newer than the headers of libc. */
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED	24
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif
#define MADV_GUARD_ON	102
#define MADV_GUARD_OFF	103
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE	8
#endif

/* The low bits of mmap's flags are a type, not bits. */
#define MAP_TYPE_MASK	0xfUL
#define HUGE_SHIFT	26
#define HUGE_MASK	(0x3fUL << HUGE_SHIFT)

struct word {
	uint64_t value;
	const char *name;
};

#define WORD(value)	{ value, #value }

static const struct word prots[] = {
	WORD(PROT_READ), WORD(PROT_WRITE), WORD(PROT_EXEC),
	WORD(PROT_GROWSDOWN), WORD(PROT_GROWSUP), { }
};

static const struct word map_types[] = {
	WORD(MAP_SHARED), WORD(MAP_PRIVATE), WORD(MAP_SHARED_VALIDATE), WORD(MAP_DROPPABLE), { }
};

static const struct word map_flags[] = {
	WORD(MAP_FIXED), WORD(MAP_ANONYMOUS),
#ifdef MAP_32BIT
	WORD(MAP_32BIT),
#endif
	WORD(MAP_GROWSDOWN), WORD(MAP_DENYWRITE), WORD(MAP_EXECUTABLE), WORD(MAP_LOCKED),
	WORD(MAP_NORESERVE), WORD(MAP_POPULATE), WORD(MAP_NONBLOCK), WORD(MAP_STACK),
	WORD(MAP_HUGETLB), WORD(MAP_SYNC), WORD(MAP_FIXED_NOREPLACE), { }
};

static const struct word remap_flags[] = {
	WORD(MREMAP_MAYMOVE), WORD(MREMAP_FIXED), WORD(MREMAP_DONTUNMAP), { }
};

static const struct word advices[] = {
	WORD(MADV_NORMAL), WORD(MADV_RANDOM), WORD(MADV_SEQUENTIAL), WORD(MADV_WILLNEED),
	WORD(MADV_DONTNEED), WORD(MADV_FREE), WORD(MADV_REMOVE), WORD(MADV_DONTFORK),
	WORD(MADV_DOFORK), WORD(MADV_MERGEABLE), WORD(MADV_UNMERGEABLE), WORD(MADV_HUGEPAGE),
	WORD(MADV_NOHUGEPAGE), WORD(MADV_DONTDUMP), WORD(MADV_DODUMP), WORD(MADV_WIPEONFORK),
	WORD(MADV_KEEPONFORK), WORD(MADV_COLD), WORD(MADV_PAGEOUT),
	WORD(MADV_POPULATE_READ), WORD(MADV_POPULATE_WRITE), WORD(MADV_DONTNEED_LOCKED),
	WORD(MADV_COLLAPSE), WORD(MADV_HWPOISON),
	{ MADV_GUARD_ON, "MADV_GUARD_INSTALL" }, { MADV_GUARD_OFF, "MADV_GUARD_REMOVE" }, { }
};

static const char *one_of(const struct word *words, uint64_t value)
{
	for (; words->name; words++)
		if (words->value == value)
			return words->name;
	return NULL;
}

/* Adds the names of the bits of @value to @buf, and what is left as a number. */
static void put_bits(char *buf, size_t size, const struct word *words, uint64_t value)
{
	size_t used = strlen(buf);

	for (; words->name; words++) {
		if (!words->value || (value & words->value) != words->value)
			continue;
		used += snprintf(buf + used, size - used, "%s%s", used ? "|" : "", words->name);
		value &= ~words->value;
	}
	if (value)
		snprintf(buf + used, size - used, "%s0x%" PRIx64, used ? "|" : "", value);
	else if (!used)
		snprintf(buf, size, "0");
}

static void put_prot(char *buf, size_t size, uint64_t prot)
{
	if (prot)
		put_bits(buf, size, prots, prot);
	else
		snprintf(buf, size, "PROT_NONE");
}

static void put_map_flags(char *buf, size_t size, uint64_t flags)
{
	const char *type = one_of(map_types, flags & MAP_TYPE_MASK);
	uint64_t huge = flags & MAP_HUGETLB ? flags & HUGE_MASK : 0;
	size_t used;

	snprintf(buf, size, "%s", type ? type : "");
	put_bits(buf, size, map_flags, flags & ~huge & (type ? ~MAP_TYPE_MASK : ~0UL));
	/* put_bits() adds a 0 only to an empty text. */
	used = strlen(buf);
	if (huge)
		snprintf(buf + used, size - used, "|%" PRIu64 "<<MAP_HUGE_SHIFT",
			 huge >> HUGE_SHIFT);
}

static void put_remap_flags(char *buf, size_t size, uint64_t flags)
{
	put_bits(buf, size, remap_flags, flags);
}

static void put_int(char *buf, size_t size, uint64_t value)
{
	snprintf(buf, size, "%d", (int)value);
}

static void put_advice(char *buf, size_t size, uint64_t advice)
{
	const char *name = one_of(advices, advice);

	if (name)
		snprintf(buf, size, "%s", name);
	else
		put_int(buf, size, advice);
}

static void put_length(char *buf, size_t size, uint64_t length)
{
	snprintf(buf, size, "%" PRIu64, length);
}

static void put_offset(char *buf, size_t size, uint64_t offset)
{
	snprintf(buf, size, "0x%" PRIx64, offset);
}

/* As strace: NULL is an address. */
static void put_address(char *buf, size_t size, uint64_t address)
{
	if (address)
		put_offset(buf, size, address);
	else
		snprintf(buf, size, "NULL");
}

/**
 * struct argument - an argument of a call
 * @key: its name in JSON
 * @put: writes it as words to an empty text
 * @words: JSON has these words too, not the number
 * @unless: it is no argument unless the one before has one of these flags
 */
static const struct argument {
	const char *key;
	void (*put)(char *buf, size_t size, uint64_t value);
	bool words;
	uint64_t unless;
} arguments[TRACE_CALLS][TRACE_ARGS] = {
	[TRACE_BRK] = { { "address", put_address } },
	[TRACE_MMAP] = {
		{ "address", put_address }, { "length", put_length }, { "prot", put_prot, true },
		{ "flags", put_map_flags, true }, { "fd", put_int }, { "offset", put_offset },
	},
	[TRACE_MUNMAP] = { { "address", put_address }, { "length", put_length } },
	[TRACE_MREMAP] = {
		{ "address", put_address }, { "length", put_length }, { "new_length", put_length },
		{ "flags", put_remap_flags, true },
		{ "new_address", put_address, .unless = MREMAP_FIXED | MREMAP_DONTUNMAP },
	},
	[TRACE_MADVISE] = {
		{ "address", put_address }, { "length", put_length },
		{ "advice", put_advice, true },
	},
};

/* The argument @i of the call; NULL: it has no more. */
static const struct argument *argument_of(const struct trace_row *row, size_t i)
{
	const struct argument *argument = &arguments[row->call][i];

	if (i == TRACE_ARGS || !argument->key ||
	    (argument->unless && !(row->args[i - 1] & argument->unless)))
		return NULL;
	return argument;
}

void call_text_args(char *buf, const struct trace_row *row)
{
	const struct argument *argument;
	char words[256];
	size_t used = 0, i;

	for (i = 0; (argument = argument_of(row, i)); i++) {
		*words = '\0';
		argument->put(words, sizeof(words), row->args[i]);
		used += snprintf(buf + used, CALL_TEXT_SIZE - used, "%s%s", i ? ", " : "",
				 words);
	}
}

/* brk() returns the break, also where it fails. */
static bool has_error(const struct trace_row *row)
{
	return row->failed && row->call != TRACE_BRK;
}

static bool gives_address(enum trace_call call)
{
	return call == TRACE_BRK || call == TRACE_MMAP || call == TRACE_MREMAP;
}

void call_text_result(char *buf, const struct trace_row *row)
{
	const int error = (int)-row->result;

	if (has_error(row)) {
		snprintf(buf, CALL_TEXT_SIZE, "-1 %s (%s)",
			 strerrorname_np(error) ? strerrorname_np(error) : "?",
			 strerrordesc_np(error) ? strerrordesc_np(error) : "unknown error");
	} else if (gives_address(row->call)) {
		snprintf(buf, CALL_TEXT_SIZE, "0x%" PRIx64 "%s", (uint64_t)row->result,
			 row->failed ? " (refused)" : "");
	} else {
		snprintf(buf, CALL_TEXT_SIZE, "%" PRId64, row->result);
	}
}

void call_text_json(struct json *json, const struct trace_row *row)
{
	const struct argument *argument;
	const char *name;
	char words[256];
	size_t i;

	for (i = 0; (argument = argument_of(row, i)); i++) {
		*words = '\0';
		argument->put(words, sizeof(words), row->args[i]);
		if (argument->words)
			json_put_string(json, argument->key, words);
		else if (argument->put == put_int)
			json_put_signed(json, argument->key, (int)row->args[i]);
		else
			json_put_unsigned(json, argument->key, row->args[i]);
	}
	if (has_error(row)) {
		name = strerrorname_np((int)-row->result);
		json_put_null(json, "result");
		json_put_string(json, "error", name ? name : "?");
	} else {
		json_put_unsigned(json, "result", (uint64_t)row->result);
	}
}
