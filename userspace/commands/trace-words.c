// SPDX-License-Identifier: GPL-2.0
/* The arguments and results of traced calls as words. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "commands/trace-show.h"

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
	*buf = '\0';
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
	*buf = '\0';
	put_bits(buf, size, remap_flags, flags);
}

static void put_advice(char *buf, size_t size, uint64_t advice)
{
	const char *name = one_of(advices, advice);

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%d", (int)advice);
}

/* As strace: NULL is an address. */
static void put_address(char *buf, size_t size, uint64_t address)
{
	if (address)
		snprintf(buf, size, "0x%" PRIx64, address);
	else
		snprintf(buf, size, "NULL");
}

void trace_words_args(char *buf, const struct trace_row *row)
{
	const uint64_t *args = row->args;
	char address[32], prot[160], flags[256];

	put_address(address, sizeof(address), args[0]);
	switch (row->call) {
	case TRACE_BRK:
		snprintf(buf, TRACE_WORDS_SIZE, "%s", address);
		break;
	case TRACE_MMAP:
		put_prot(prot, sizeof(prot), args[2]);
		put_map_flags(flags, sizeof(flags), args[3]);
		snprintf(buf, TRACE_WORDS_SIZE, "%s, %" PRIu64 ", %s, %s, %d, 0x%" PRIx64,
			 address, args[1], prot, flags, (int)args[4], args[5]);
		break;
	case TRACE_MUNMAP:
		snprintf(buf, TRACE_WORDS_SIZE, "%s, %" PRIu64, address, args[1]);
		break;
	case TRACE_MREMAP:
		put_remap_flags(flags, sizeof(flags), args[3]);
		snprintf(buf, TRACE_WORDS_SIZE, "%s, %" PRIu64 ", %" PRIu64 ", %s", address,
			 args[1], args[2], flags);
		/* The new address is no argument without one of these flags. */
		if (args[3] & (MREMAP_FIXED | MREMAP_DONTUNMAP)) {
			put_address(address, sizeof(address), args[4]);
			strcat(strcat(buf, ", "), address);
		}
		break;
	case TRACE_MADVISE:
		put_advice(flags, sizeof(flags), args[2]);
		snprintf(buf, TRACE_WORDS_SIZE, "%s, %" PRIu64 ", %s", address, args[1], flags);
		break;
	default:
		*buf = '\0';
	}
}

/* brk() returns the break, also where it fails. */
static bool has_error(const struct trace_row *row)
{
	return row->call != TRACE_BRK && row->result < 0 && row->result >= -4095;
}

static bool gives_address(enum trace_call call)
{
	return call == TRACE_BRK || call == TRACE_MMAP || call == TRACE_MREMAP;
}

void trace_words_result(char *buf, const struct trace_row *row)
{
	const char *name;

	if (has_error(row)) {
		name = strerrorname_np((int)-row->result);
		snprintf(buf, TRACE_WORDS_SIZE, "-1 %s (%s)", name ? name : "?",
			 strerrordesc_np((int)-row->result) ?
			 strerrordesc_np((int)-row->result) : "unknown error");
	} else if (gives_address(row->call)) {
		snprintf(buf, TRACE_WORDS_SIZE, "0x%" PRIx64 "%s", (uint64_t)row->result,
			 row->failed ? " (refused)" : "");
	} else {
		snprintf(buf, TRACE_WORDS_SIZE, "%" PRId64, row->result);
	}
}

void trace_words_json(struct json *json, const struct trace_row *row)
{
	const uint64_t *args = row->args;
	char words[256];

	json_put_unsigned(json, "address", args[0]);
	switch (row->call) {
	case TRACE_MMAP:
		json_put_unsigned(json, "length", args[1]);
		put_prot(words, sizeof(words), args[2]);
		json_put_string(json, "prot", words);
		put_map_flags(words, sizeof(words), args[3]);
		json_put_string(json, "flags", words);
		json_put_signed(json, "fd", (int)args[4]);
		json_put_unsigned(json, "offset", args[5]);
		break;
	case TRACE_MUNMAP:
		json_put_unsigned(json, "length", args[1]);
		break;
	case TRACE_MREMAP:
		json_put_unsigned(json, "length", args[1]);
		json_put_unsigned(json, "new_length", args[2]);
		put_remap_flags(words, sizeof(words), args[3]);
		json_put_string(json, "flags", words);
		if (args[3] & (MREMAP_FIXED | MREMAP_DONTUNMAP))
			json_put_unsigned(json, "new_address", args[4]);
		break;
	case TRACE_MADVISE:
		json_put_unsigned(json, "length", args[1]);
		put_advice(words, sizeof(words), args[2]);
		json_put_string(json, "advice", words);
		break;
	default:
		break;
	}
	if (has_error(row)) {
		json_put_null(json, "result");
		json_put_string(json, "error", strerrorname_np((int)-row->result) ?
				strerrorname_np((int)-row->result) : "?");
	} else {
		json_put_unsigned(json, "result", (uint64_t)row->result);
	}
}
