// SPDX-License-Identifier: GPL-2.0
/* Texts of /proc that complete a census. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/amount.h"
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

/* What the kernel says without /proc, as lines of meminfo. */
static void read_sysinfo(struct snapshot *snap)
{
	struct sysinfo info;
	size_t size, i;
	char *text;
	FILE *out;

	if (sysinfo(&info))
		return;
	const struct {
		const char *name;
		uint64_t units;
	} lines[] = {
		{ "MemTotal", info.totalram }, { "MemFree", info.freeram },
		{ "Buffers", info.bufferram }, { "Shmem", info.sharedram },
		{ "SwapTotal", info.totalswap }, { "SwapFree", info.freeswap },
	};

	out = xopen_memstream(&text, &size);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		fprintf(out, "%s: %" PRIu64 " kB\n", lines[i].name,
			lines[i].units * info.mem_unit >> 10);
	xfclose(out);
	proc_texts_add(snap, PROC_TEXTS_MEMINFO, text, size);
	free(text);
}

void proc_texts_read(struct snapshot *snap)
{
	static const struct {
		const char *name;
		const char *path;
	} texts[] = {
		{ PROC_TEXTS_MEMINFO, "meminfo" },
		{ PROC_TEXTS_VMSTAT, "vmstat" },
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
	if (!proc_texts_find(snap, PROC_TEXTS_MEMINFO))
		read_sysinfo(snap);
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

/**
 * struct text_line - a line "NAME: VALUE" or "NAME VALUE"
 * @bytes: the value had the unit kB, and is in bytes
 */
struct text_line {
	char name[64];
	uint64_t value;
	bool bytes;
};

/* Reads the next such line from *@text on; false: there are no more. */
static bool next_line(const char **text, struct text_line *line)
{
	const char *start, *end;
	size_t len;
	char *rest;

	while (**text) {
		start = *text;
		end = strchrnul(start, '\n');
		*text = *end ? end + 1 : end;
		len = strcspn(start, ":\n ");
		if (!len || len >= sizeof(line->name) || start + len == end)
			continue;
		line->value = strtoull(start + len + 1, &rest, 10);
		if (rest == start + len + 1 || rest > end)
			continue;
		memcpy(line->name, start, len);
		line->name[len] = '\0';
		line->bytes = !strncmp(rest, " kB", 3);
		if (line->bytes)
			line->value <<= 10;
		return true;
	}
	return false;
}

/*
 * Sets the figure of the kernel's @name, or adds to one that has all names with a prefix; false:
 * there is none.
 */
static bool put_total(struct figures *figures, const struct column_set *set, const char *name,
		      uint64_t value)
{
	const char *kernel;
	unsigned int i;
	size_t prefix;

	for (i = 0; i < set->n; i++) {
		kernel = set->columns[i].kernel ?: "";
		prefix = strcspn(kernel, "*");
		if (kernel[prefix] ? strncmp(kernel, name, prefix) : strcmp(kernel, name))
			continue;
		figures->v[i] = value + (kernel[prefix] ? figures->v[i] : 0);
		figures->known |= UINT64_C(1) << i;
		return true;
	}
	return false;
}

static void apply_meminfo(struct snapshot *snap, const char *text)
{
	struct text_line line;

	while (next_line(&text, &line))
		if (!snap->has_totals || !put_total(&snap->totals.bytes, &bytes_rows.figures,
						    line.name, line.value))
			add_line(snap, line.name, line.bytes, line.value);
}

static void apply_vmstat(struct snapshot *snap)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_VMSTAT) ?: "";
	struct figures *bytes = &snap->totals.bytes;
	const uint64_t page = snap->info.page_size;
	struct amount inflated = { 0 }, deflated = { 0 };
	struct text_line line;

	while (next_line(&text, &line)) {
		if (!strcmp(line.name, "balloon_inflate"))
			inflated = amount_of(true, line.value);
		else if (!strcmp(line.name, "balloon_deflate"))
			deflated = amount_of(true, line.value);
		else if (!put_total(&snap->totals.events, &events_rows.figures, line.name,
				    line.value) && page)
			put_total(bytes, &bytes_rows.figures, line.name, line.value * page);
	}
	/*
	 * Newer kernels have a line of meminfo.  The two are added up one processor after the
	 * other: a page may be in the second one only.
	 */
	deflated = amount_minus(inflated, deflated);
	if (page && deflated.known && !KNOWN(bytes, MEM_BALLOON))
		put_total(bytes, &bytes_rows.figures, "Balloon",
			  deflated.bytes > 0 ? (uint64_t)deflated.bytes * page : 0);
}

void proc_texts_apply(struct snapshot *snap)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_MEMINFO);

	if (!text || !*text)
		return;
	snap->has_totals = !snap->has_physical;
	snap->totals = (struct totals){ 0 };
	apply_meminfo(snap, text);
	if (snap->has_totals)
		apply_vmstat(snap);
	apply_sockstat(snap);
	apply_dentries(snap);
}
