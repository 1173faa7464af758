// SPDX-License-Identifier: GPL-2.0
/* memcensus held --files: files and segments that need no process. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/memory-files.h"
#include "report/report.h"
#include "tools/held/files.h"

static const char *const kinds[] = {
	[MEMORY_FILE_TMPFS] = "tmpfs",
	[MEMORY_FILE_HUGETLBFS] = "hugetlbfs",
	[MEMORY_FILE_SEGMENT] = "segment",
};

static struct amount rest_of(const struct memory_system *system)
{
	struct amount rest = amount_minus(system->used, amount_of(system->seen, system->in_files));

	/* The files are read after the size. */
	if (rest.bytes < 0)
		rest.bytes = 0;
	return rest;
}

DERIVED(memory_file_kind, memory_file, number, row->kind, true)
DERIVED(memory_file_uid, memory_file, number, row->uid, true)
DERIVED(memory_file_attached, memory_file, number, (uint64_t)row->attached.bytes,
	row->attached.known)
DERIVED(memory_system_kind, memory_system, number, row->kind, true)
DERIVED(memory_system_files, memory_system, number, row->files, row->seen)
DERIVED(memory_system_in_files, memory_system, number, row->in_files, row->seen)
DERIVED(memory_system_rest, memory_system, number, (uint64_t)rest_of(row).bytes,
	rest_of(row).known)
DERIVED(memory_system_all, memory_system, number, row->seen && !row->partly, true)

#define KIND(of)								\
	{ "kind", "Kind", "what it is", .kind = KIND_WORD, .words = kinds,	\
	  .n_words = MEMORY_FILE_KINDS, .derive = of##_kind }

static const struct column file_columns[] = {
	KIND(memory_file),
	{ "uid", "UID", "its owner, a number", .kind = KIND_ID, .derive = memory_file_uid },
	MEMBER(memory_file, "held", "Held", held, BYTES, "in memory and in swap",
	       .total = TOTAL_SUM),
	MEMBER_MEMORY(memory_file, "memory", "Memory", memory, "of it, in memory",
		      .total = TOTAL_SUM),
	MEMBER_MEMORY(memory_file, "swap", "Swap", swap, "of it, in swap", .total = TOTAL_SUM),
	{ "attached", "Attached", "of a System V segment: how often it is attached",
	  .kind = KIND_COUNT, .derive = memory_file_attached },
	MEMBER(memory_file, "name", "Name", name, TEXT, "path, or number of the segment"),
};

const struct row_type memory_file_rows = ROWS_OF("file or segment in memory", file_columns);

static const struct column system_columns[] = {
	KIND(memory_system),
	MEMBER_MEMORY(memory_system, "size", "Size", size, "what it may have; unknown: any"),
	MEMBER_MEMORY(memory_system, "used", "Used", used,
		      "what it has; unknown without a size", .total = TOTAL_SUM),
	{ "files", "Files", "regular files that were found", .kind = KIND_COUNT,
	  .total = TOTAL_SUM, .derive = memory_system_files },
	{ "in_files", "InFiles", "what these have", .kind = KIND_BYTES, .total = TOTAL_SUM,
	  .derive = memory_system_in_files },
	{ "rest", "Rest", "what else is used: open files without a name, files that were not seen",
	  .kind = KIND_BYTES, .total = TOTAL_SUM, .derive = memory_system_rest },
	{ "all", "All", "all of it was looked at", .kind = KIND_BOOL,
	  .derive = memory_system_all },
	MEMBER(memory_system, "path", "Path", at, TEXT, "where it is mounted"),
};

const struct row_type memory_system_rows = ROWS_OF("file system in memory", system_columns);

/* Names what was not looked at; returns whether there is any. */
static bool note_unseen(const struct memory_files *files)
{
	bool any = files->left_out || files->no_segments;
	char *name;
	size_t i;

	for (i = 0; i < files->n_systems; i++) {
		const struct memory_system *system = &files->systems[i];

		if (system->seen && !system->partly)
			continue;
		any = true;
		name = text_printable(system->at);
		fprintf(stderr, "memcensus: %s: %s\n", name, !system->seen ?
			"not looked at: something is mounted over it, or it may not be read" :
			"not all of it was looked at: 'du -ax' does, however many files there are");
		free(name);
	}
	if (files->left_out)
		fprintf(stderr, "memcensus: %zu more file systems in memory: not looked at\n",
			files->left_out);
	if (files->no_segments)
		fprintf(stderr, "memcensus: System V segments: %s\n",
			"/proc/sysvipc/shm was not read to its end");
	return any;
}

void held_files_show(struct session *session, size_t most)
{
	struct memory_files files;
	struct report report;

	memory_files_read(&files, most);
	report_begin(&report, session->options, NULL, session->out);
	REPORT(&report,
	       { "memory_files", .chosen = true, .totals = !session->options->raw,
		 .rows = ROWS(files.v, files.n) },
	       { "memory_systems", .title = "File systems in memory",
		 .type = &memory_system_rows, .sort = "used",
		 .columns = "kind size used files in_files rest all path",
		 .rows = ROWS(files.systems, files.n_systems) });
	report_end(&report);
	fflush(session->out);
	session->partial |= note_unseen(&files);
	memory_files_free(&files);
}
