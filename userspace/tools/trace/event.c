// SPDX-License-Identifier: GPL-2.0
/* Decodes the records of the kernel's trace buffer. */
#include <event-parse.h>
#include <kbuffer.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "tools/trace/event.h"

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
#define SYSTEM(group, word, what, work, ...)					\
	{ group, word, what, work, { __VA_ARGS__ }, .comm = NULL }
#define WORK(group, begin, end, work)						\
	SYSTEM(group, begin, TRACE_WORK_BEGIN, work, NULL),			\
	SYSTEM(group, end, TRACE_WORK_END, work, NULL)

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
	WORK("vmscan", "mm_vmscan_kswapd_wake", "mm_vmscan_kswapd_sleep", TRACE_KSWAPD),
	WORK("vmscan", "mm_vmscan_direct_reclaim_begin", "mm_vmscan_direct_reclaim_end",
	     TRACE_DIRECT),
	WORK("vmscan", "mm_vmscan_memcg_reclaim_begin", "mm_vmscan_memcg_reclaim_end",
	     TRACE_MEMCG),
	SYSTEM("vmscan", "mm_vmscan_lru_shrink_inactive", TRACE_SHRINK, 0, "nr_scanned",
	       "nr_reclaimed"),
	WORK("compaction", "mm_compaction_begin", "mm_compaction_end", TRACE_COMPACT),
	SYSTEM("compaction", "mm_compaction_migratepages", TRACE_MIGRATE, 0, "nr_migrated",
	       "nr_failed"),
	SYSTEM("oom", "mark_victim", TRACE_VICTIM, 0, "pid"),
};

const size_t trace_n_kinds = ARRAY_SIZE(trace_kinds);

/**
 * struct format - where the records of an event have what is wanted
 * @tid, @args: numbers; NULL: this kernel has none
 * @comm: a name, or NULL
 */
struct format {
	const struct trace_kind *kind;
	struct tep_format_field *tid;
	struct tep_format_field *args[TRACE_ARGS];
	const struct tep_format_field *comm;
};

/**
 * struct trace_formats - how records are decoded
 * @tep: what the kernel described
 * @buffer: decodes the frames of records in a page
 * @v, @n: the formats that are known
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
	struct trace_formats *formats = xcalloc(1, sizeof(*formats));

	formats->tep = tep_alloc();
	formats->buffer = kbuffer_alloc(KBUFFER_LSIZE_SAME_AS_HOST,
					KBUFFER_ENDIAN_SAME_AS_HOST);
	if (!formats->tep || !formats->buffer)
		memory_failed();
	tep_set_loglevel(TEP_LOG_NONE);
	tep_set_file_bigendian(formats->tep, tep_is_local_bigendian(formats->tep));
	/* Without the text it assumes the layout of a page of 4096 bytes. */
	if (size)
		tep_parse_header_page(formats->tep, (char *)page, size, sizeof(long));
	return formats;
}

void trace_formats_free(struct trace_formats *formats)
{
	if (!formats)
		return;
	kbuffer_free(formats->buffer);
	tep_free(formats->tep);
	free(formats);
}

size_t trace_formats_page(const struct trace_formats *formats)
{
	int size = tep_get_sub_buffer_size(formats->tep);

	return size > 0 ? (size_t)size : 4096;
}

static bool is_number(const struct tep_format_field *field)
{
	return field && field->offset >= 0 && field->size > 0 && field->size <= 8 &&
	       !(field->size & (field->size - 1));
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
	*format = (struct format){
		.kind = kind, .tid = tep_find_common_field(event, "common_pid"),
	};
	if (!is_number(format->tid))
		return lacks(kind, "common_pid", why);
	for (i = 0; i < TRACE_ARGS && kind->fields[i]; i++) {
		name = kind->fields[i];
		field = tep_find_field(event, name + (*name == '?'));
		if (is_number(field))
			format->args[i] = field;
		else if (*name != '?')
			return lacks(kind, name, why);
	}
	if (kind->comm) {
		format->comm = tep_find_field(event, kind->comm);
		if (!format->comm || format->comm->size < 1 || format->comm->offset < 0)
			return lacks(kind, kind->comm, why);
	}
	formats->by_id[event->id] = ++formats->n;
	return 0;
}

static bool is_within(const struct tep_format_field *field, size_t bytes, size_t size)
{
	return (size_t)field->offset + bytes <= size;
}

/* The number of @field, which may be NULL; false: @record of @size bytes ends before. */
static bool read_field(struct tep_format_field *field, const void *record, size_t size,
		       uint64_t *value)
{
	unsigned long long number = 0;

	*value = 0;
	if (!field)
		return true;
	if (!is_within(field, field->size, size) ||
	    tep_read_number_field(field, record, &number))
		return false;
	*value = number;
	if (field->flags & TEP_FIELD_IS_SIGNED)
		*value = (uint64_t)((int64_t)(number << (64 - 8 * field->size)) >>
				    (64 - 8 * field->size));
	return true;
}

bool trace_formats_decode(const struct trace_formats *formats, const void *record,
			  size_t size, struct trace_event *event)
{
	const struct format *format;
	size_t bytes, i;
	uint64_t tid;
	uint16_t id;

	if (size < sizeof(id))
		return false;
	memcpy(&id, record, sizeof(id));
	if (!formats->by_id[id])
		return false;
	format = &formats->v[formats->by_id[id] - 1];
	if (!read_field(format->tid, record, size, &tid))
		return false;
	event->tid = (uint32_t)tid;
	event->what = format->kind->what;
	event->call = format->kind->call;
	for (i = 0; i < TRACE_ARGS; i++)
		if (!read_field(format->args[i], record, size, &event->args[i]))
			return false;
	memset(event->comm, 0, sizeof(event->comm));
	if (!format->comm)
		return true;
	bytes = format->comm->size < TRACE_COMM ? format->comm->size : TRACE_COMM;
	if (!is_within(format->comm, bytes, size))
		return false;
	memcpy(event->comm, (const char *)record + format->comm->offset, bytes);
	event->comm[TRACE_COMM - 1] = '\0';
	return true;
}

size_t trace_formats_each(const struct trace_formats *formats, void *page, trace_see *see,
			  void *context, uint64_t *last)
{
	struct kbuffer *buffer = formats->buffer;
	unsigned long long time;
	struct trace_event event;
	const void *record;
	size_t n = 0;

	if (kbuffer_load_subbuffer(buffer, page))
		return 0;
	for (record = kbuffer_read_event(buffer, &time); record;
	     record = kbuffer_next_event(buffer, &time)) {
		if (!trace_formats_decode(formats, record, kbuffer_event_size(buffer), &event))
			continue;
		event.time = *last = time;
		see(context, &event);
		n++;
	}
	return n;
}
