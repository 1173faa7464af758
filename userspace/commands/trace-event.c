// SPDX-License-Identifier: GPL-2.0
/* Decodes the records of the kernel's trace buffer. */
#include <event-parse.h>
#include <kbuffer.h>
#include <stdlib.h>
#include <string.h>

#include "commands/trace-event.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* IDs of events are 16 bits wide. */
#define IDS		65536

const char *const trace_call_names[TRACE_CALLS] = {
	"brk", "mmap", "munmap", "mremap", "madvise",
};

#define CALL(number, word, ...)							\
	{ "syscalls", "sys_enter_" word, TRACE_ENTER, number, { __VA_ARGS__ },	\
	  .targets = true },							\
	{ "syscalls", "sys_exit_" word, TRACE_RETURN, number, { "ret" },		\
	  .targets = true }
#define TASK(group, word, what, name, ...)					\
	{ group, word, what, 0, { __VA_ARGS__ }, .comm = name, .targets = true }
#define SYSTEM(group, word, what, ...)						\
	{ group, word, what, 0, { __VA_ARGS__ }, .optional = "reclaim" }

const struct trace_kind trace_kinds[] = {
	CALL(TRACE_BRK, "brk", "brk"),
	CALL(TRACE_MMAP, "mmap", "addr", "len", "prot", "flags", "fd", "off"),
	CALL(TRACE_MUNMAP, "munmap", "addr", "len"),
	CALL(TRACE_MREMAP, "mremap", "addr", "old_len", "new_len", "flags", "new_addr"),
	CALL(TRACE_MADVISE, "madvise", "start", "len_in", "behavior"),
	TASK("task", "task_newtask", TRACE_NEWTASK, "comm", "pid", "clone_flags"),
	TASK("task", "task_rename", TRACE_RENAME, "newcomm", "?pid"),
	TASK("sched", "sched_process_exec", TRACE_EXEC, NULL, "pid", "old_pid"),
	TASK("sched", "sched_process_exit", TRACE_EXIT, NULL, NULL),
	SYSTEM("vmscan", "mm_vmscan_kswapd_wake", TRACE_KSWAPD_WAKE, "nid"),
	SYSTEM("vmscan", "mm_vmscan_kswapd_sleep", TRACE_KSWAPD_SLEEP, "nid"),
	SYSTEM("vmscan", "mm_vmscan_direct_reclaim_begin", TRACE_DIRECT_BEGIN, NULL),
	SYSTEM("vmscan", "mm_vmscan_direct_reclaim_end", TRACE_DIRECT_END, NULL),
	SYSTEM("vmscan", "mm_vmscan_memcg_reclaim_begin", TRACE_MEMCG_BEGIN, NULL),
	SYSTEM("vmscan", "mm_vmscan_memcg_reclaim_end", TRACE_MEMCG_END, NULL),
	SYSTEM("vmscan", "mm_vmscan_lru_shrink_inactive", TRACE_SHRINK, "nr_scanned",
	       "nr_reclaimed"),
	SYSTEM("compaction", "mm_compaction_begin", TRACE_COMPACT_BEGIN, NULL),
	SYSTEM("compaction", "mm_compaction_end", TRACE_COMPACT_END, NULL),
	SYSTEM("compaction", "mm_compaction_migratepages", TRACE_MIGRATE, "nr_migrated",
	       "nr_failed"),
	SYSTEM("oom", "mark_victim", TRACE_VICTIM, "pid"),
};

const size_t trace_n_kinds = ARRAY_SIZE(trace_kinds);

/* Where a record has a number; @size 0: nowhere. */
struct field {
	unsigned short offset;
	unsigned char size;
	bool sign;
};

struct format {
	const struct trace_kind *kind;
	struct field tid;
	struct field args[TRACE_ARGS];
	unsigned short comm;
	unsigned short comm_size;
};

/**
 * struct trace_formats - how records are decoded
 * @tep: what the kernel described
 * @buffer: decodes the frames of records in a page
 * @v: the formats that are known
 * @n: their number
 * @by_id: index in @v and one, by the ID of the event; 0: unknown
 */
struct trace_formats {
	struct tep_handle *tep;
	struct kbuffer *buffer;
	struct format v[TRACE_KINDS_MAX];
	size_t n;
	unsigned char by_id[IDS];
};

struct trace_formats *trace_formats_new(const char *page, size_t size)
{
	struct trace_formats *formats = calloc(1, sizeof(*formats));

	if (!formats)
		return NULL;
	formats->tep = tep_alloc();
	formats->buffer = kbuffer_alloc(KBUFFER_LSIZE_SAME_AS_HOST,
					KBUFFER_ENDIAN_SAME_AS_HOST);
	if (!formats->tep || !formats->buffer) {
		trace_formats_free(formats);
		return NULL;
	}
	tep_set_loglevel(TEP_LOG_NONE);
	/* Without the text it assumes the layout of a page of 4096 bytes. */
	if (size)
		tep_parse_header_page(formats->tep, (char *)page, size, sizeof(long));
	return formats;
}

void trace_formats_free(struct trace_formats *formats)
{
	if (!formats)
		return;
	if (formats->buffer)
		kbuffer_free(formats->buffer);
	tep_free(formats->tep);
	free(formats);
}

size_t trace_formats_page(const struct trace_formats *formats)
{
	int size = tep_get_sub_buffer_size(formats->tep);

	return size > 0 ? (size_t)size : 4096;
}

static bool take_field(struct field *field, const struct tep_format_field *from)
{
	if (!from || (from->size != 1 && from->size != 2 && from->size != 4 && from->size != 8) ||
	    from->offset < 0 || from->offset > INT16_MAX)
		return false;
	field->offset = from->offset;
	field->size = from->size;
	field->sign = from->flags & TEP_FIELD_IS_SIGNED;
	return true;
}

static int lacks(const struct trace_kind *kind, const char *field, struct failure *why)
{
	return fail(why, FAIL_VERSION, "the event %s:%s of this kernel has no field '%s'",
		    kind->system, kind->name, field);
}

int trace_formats_add(struct trace_formats *formats, const struct trace_kind *kind,
		      const char *text, size_t size, struct failure *why)
{
	struct format *format = &formats->v[formats->n];
	struct tep_format_field *field;
	struct tep_event *event = NULL;
	const char *name;
	size_t i;

	if (formats->n == TRACE_KINDS_MAX ||
	    tep_parse_format(formats->tep, &event, text, size, kind->system) || !event ||
	    event->id < 0 || event->id >= IDS)
		return fail(why, FAIL_MALFORMED,
			    "the format of the event %s:%s cannot be understood: see events/%s/%s/format in tracefs",
			    kind->system, kind->name, kind->system, kind->name);
	*format = (struct format){ .kind = kind };
	if (!take_field(&format->tid, tep_find_common_field(event, "common_pid")))
		return lacks(kind, "common_pid", why);
	for (i = 0; i < TRACE_ARGS && kind->fields[i]; i++) {
		name = kind->fields[i];
		if (!take_field(&format->args[i], tep_find_field(event, name + (*name == '?'))) &&
		    *name != '?')
			return lacks(kind, name, why);
	}
	field = kind->comm ? tep_find_field(event, kind->comm) : NULL;
	if (kind->comm && (!field || field->size < 1 || field->offset < 0 ||
			   field->offset > INT16_MAX))
		return lacks(kind, kind->comm, why);
	if (field) {
		format->comm = field->offset;
		format->comm_size = field->size < TRACE_COMM ? field->size : TRACE_COMM;
	}
	formats->by_id[event->id] = ++formats->n;
	return 0;
}

static bool read_field(const struct field *field, const void *record, size_t size,
		       uint64_t *value)
{
	const char *at = (const char *)record + field->offset;
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;
	uint8_t u8;

	*value = 0;
	if ((size_t)field->offset + field->size > size)
		return false;
	switch (field->size) {
	case 1:
		memcpy(&u8, at, 1);
		*value = field->sign ? (uint64_t)(int8_t)u8 : u8;
		break;
	case 2:
		memcpy(&u16, at, 2);
		*value = field->sign ? (uint64_t)(int16_t)u16 : u16;
		break;
	case 4:
		memcpy(&u32, at, 4);
		*value = field->sign ? (uint64_t)(int32_t)u32 : u32;
		break;
	case 8:
		memcpy(&u64, at, 8);
		*value = u64;
		break;
	}
	return true;
}

bool trace_formats_decode(const struct trace_formats *formats, const void *record,
			  size_t size, struct trace_event *event)
{
	const struct format *format;
	uint64_t tid;
	uint16_t id;
	size_t i;

	if (size < sizeof(id))
		return false;
	memcpy(&id, record, sizeof(id));
	if (!formats->by_id[id])
		return false;
	format = &formats->v[formats->by_id[id] - 1];
	if (!read_field(&format->tid, record, size, &tid))
		return false;
	event->tid = (uint32_t)tid;
	event->what = format->kind->what;
	event->call = format->kind->call;
	for (i = 0; i < TRACE_ARGS; i++)
		if (!read_field(&format->args[i], record, size, &event->args[i]))
			return false;
	memset(event->comm, 0, sizeof(event->comm));
	if ((size_t)format->comm + format->comm_size > size)
		return false;
	memcpy(event->comm, (const char *)record + format->comm, format->comm_size);
	event->comm[TRACE_COMM - 1] = '\0';
	return true;
}

int trace_formats_each(const struct trace_formats *formats, void *page,
		       trace_see *see, void *context)
{
	struct kbuffer *buffer = formats->buffer;
	unsigned long long time;
	struct trace_event event;
	const void *record;
	int ret = 0;

	if (kbuffer_load_subbuffer(buffer, page))
		return 0;
	for (record = kbuffer_read_event(buffer, &time); record && !ret;
	     record = kbuffer_next_event(buffer, &time)) {
		if (!trace_formats_decode(formats, record, kbuffer_event_size(buffer), &event))
			continue;
		event.time = time;
		ret = see(context, &event);
	}
	return ret;
}
