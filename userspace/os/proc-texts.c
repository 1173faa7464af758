// SPDX-License-Identifier: GPL-2.0
/* Texts of /proc that complete a census. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/columns.h"
#include "os/proc-texts.h"
#include "os/procfs.h"
#include "os/slab-objects.h"
#include "os/swaps.h"

/* Bytes, at most, of what is made of a line: a name or a line of meminfo. */
#define LINE_BYTES	64
/* Bytes, at most, of a text of lines. */
#define LINES_BYTES	(512L << 10)

void proc_texts_add(struct snapshot *snap, const char *name, const char *text,
		    size_t len)
{
	struct proc_text *proc_text;
	const char *line;

	snap->proc_texts = array_grow(snap->proc_texts, snap->n_proc_texts, sizeof(*proc_text));
	proc_text = &snap->proc_texts[snap->n_proc_texts++];
	proc_text->name = snapshot_text(snap, name, strlen(name));
	proc_text->text = snapshot_text(snap, text, len);
	snap->bytes += sizeof(*proc_text);
	for (line = proc_text->text; *line; line = strchrnul(line, '\n'), line += !!*line)
		snap->bytes += LINE_BYTES;
}

void proc_texts_add_lines(struct snapshot *snap, const char *name, const char *text)
{
	const char *end;

	for (; *text; text = end) {
		end = text + strlen(text);
		if (end - text > LINES_BYTES)
			end = (const char *)memrchr(text, '\n', LINES_BYTES) + 1;
		proc_texts_add(snap, name, text, (size_t)(end - text));
	}
}

static void read_dentries(struct snapshot *snap)
{
	const struct amount size = object_of("dentry");
	uint64_t number;
	char text[128];

	if (!size.known || !procfs_read_into("sys/fs/dentry-state", text, sizeof(text)) ||
	    sscanf(text, "%*u %*u %*u %*u %" SCNu64, &number) != 1)
		return;
	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64, number,
		 number * (uint64_t)size.bytes);
	proc_texts_add(snap, PROC_TEXTS_DENTRIES, text, strlen(text));
}

bool negative_dentries(const struct snapshot *snap, uint64_t *number, uint64_t *bytes)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_DENTRIES);

	return text && sscanf(text, "%" SCNu64 " %" SCNu64, number, bytes) == 2;
}

void proc_texts_read(struct snapshot *snap)
{
	static const struct {
		const char *name;
		const char *path;
	} texts[] = {
		{ PROC_TEXTS_MEMINFO, "meminfo" },
		{ PROC_TEXTS_SOCKSTAT, "net/sockstat" },
	};
	struct failure ignored;
	size_t i, len;
	char *text;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		text = procfs_read(texts[i].path, &len, &ignored);
		if (text)
			proc_texts_add(snap, texts[i].name, text, len);
		free(text);
	}
	text = swaps_text();
	if (text)
		proc_texts_add(snap, PROC_TEXTS_SWAPS, text, strlen(text));
	free(text);
	read_dentries(snap);
}

void proc_texts_read_vm(struct snapshot *snap)
{
	static const char *const names[] = {
		PROC_TEXTS_LIMIT, PROC_TEXTS_OVERCOMMIT, PROC_TEXTS_RESERVE };
	char path[48], value[32];
	size_t size, i;
	char *text;
	FILE *out;

	out = xopen_memstream(&text, &size);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "sys/vm/%.*s", (int)strcspn(names[i], " "), names[i]);
		if (procfs_read_into(path, value, sizeof(value)))
			fprintf(out, "%s%.*s\n", names[i], (int)strcspn(value, "\n"), value);
	}
	xfclose(out);
	if (size)
		proc_texts_add(snap, PROC_TEXTS_VM, text, size);
	free(text);
}

const char *proc_texts_next(const struct snapshot *snap, const char *name, size_t *at)
{
	const struct proc_text *text;

	while (*at < snap->n_proc_texts) {
		text = &snap->proc_texts[(*at)++];
		if (!strcmp(text->name, name))
			return text->text;
	}
	return NULL;
}

const char *proc_texts_find(const struct snapshot *snap, const char *name)
{
	size_t at = 0;

	return proc_texts_next(snap, name, &at);
}

void proc_texts_add_recorder(struct snapshot *snap, uint32_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%" PRIu32, pid);
	proc_texts_add(snap, PROC_TEXTS_RECORDER, text, strlen(text));
}

uint64_t proc_texts_recorder(const struct snapshot *snap)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_RECORDER);
	uint64_t pid;

	return text && text_number(text, strlen(text), &pid) ? pid : 0;
}

static bool in_census(const char *name)
{
	const struct column *column;
	unsigned int i;

	for (i = 0; (column = column_at(&bytes_rows, i)); i++)
		if (!strcmp(column->kernel, name))
			return true;
	return false;
}

static void add_line(struct snapshot *snap, const char *name, bool bytes, uint64_t value)
{
	struct meminfo_line *line;

	snap->meminfo = array_grow(snap->meminfo, snap->n_meminfo, sizeof(*line));
	line = &snap->meminfo[snap->n_meminfo++];
	*line = (struct meminfo_line){
		.name = snapshot_text(snap, name, strlen(name)), .bytes = bytes, .value = value };
}

/* Lines "TCP: inuse 5 ... mem 27", in pages; "UDPLITE: inuse 0" has none. */
static void apply_sockstat(struct snapshot *snap)
{
	static const char key[] = " mem ";
	const char *line = proc_texts_find(snap, PROC_TEXTS_SOCKSTAT), *end, *mem;
	uint64_t sum = 0, pages;
	char *rest;
	bool any = false;

	for (; line && *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		mem = memmem(line, (size_t)(end - line), key, strlen(key));
		if (!mem)
			continue;
		/* sscanf() would ask for the length of all that follows. */
		pages = strtoull(mem + strlen(key), &rest, 10);
		if (rest == mem + strlen(key))
			continue;
		any = true;
		sum += pages;
	}
	if (any && snap->info.page_size)
		add_line(snap, PROC_TEXTS_SOCKETS, true, sum * snap->info.page_size);
}

static void apply_dentries(struct snapshot *snap)
{
	uint64_t number, bytes;

	if (negative_dentries(snap, &number, &bytes))
		add_line(snap, PROC_TEXTS_NEGATIVE, true, bytes);
}

void proc_texts_apply(struct snapshot *snap)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_MEMINFO);
	char line[256], name[64];
	uint64_t value;
	bool bytes;
	FILE *in;
	int end;

	if (!text || !*text || !(snap->has_totals || snap->has_physical))
		return;
	in = fmemopen((void *)text, strlen(text), "r");
	if (!in)
		memory_failed();
	while (fgets(line, sizeof(line), in)) {
		if (sscanf(line, "%63[^:]: %" SCNu64 "%n", name, &value, &end) != 2 ||
		    (snap->has_totals && in_census(name)))
			continue;
		bytes = !strncmp(line + end, " kB", 3);
		add_line(snap, name, bytes, bytes ? value << 10 : value);
	}
	fclose(in);
	apply_sockstat(snap);
	apply_dentries(snap);
}
