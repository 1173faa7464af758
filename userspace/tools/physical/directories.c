// SPDX-License-Identifier: GPL-2.0
/* The page cache by directory. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/physical.h"
#include "os/mounts.h"
#include "tools/physical/directories.h"

/**
 * struct directory - a row
 * @name: path here, or what takes the place of one; owned
 * @system: its file system
 * @files: number of files
 * @dirty: unknown in shmem
 */
struct directory {
	char *name;
	const struct frame_system *system;
	uint64_t files;
	uint64_t cached;
	uint64_t mapped;
	struct amount dirty;
};

DERIVED(directory_type, directory, text, row->system->type, row->system->type)

static const struct column directory_columns[] = {
	MEMBER(directory, "cached", "Cached", cached, BYTES, "in the page cache",
	       .total = TOTAL_SUM),
	MEMBER(directory, "mapped", "Mapped", mapped, BYTES, "page cache that is mapped",
	       .total = TOTAL_SUM),
	MEMBER_MEMORY(directory, "dirty", "Dirty", dirty, "page cache that is to be written",
		      .total = TOTAL_SUM),
	MEMBER(directory, "files", "Files", files, COUNT, "files with memory",
	       .total = TOTAL_SUM),
	{ "type", "Type", "type of the file system", .kind = KIND_TEXT,
	  .derive = directory_type },
	MEMBER(directory, "directory", "Directory", name, TEXT,
	       "directory, without those below it that have a row"),
};

const struct row_type directory_type_rows = ROWS_OF("directory in the page cache",
						    directory_columns);

const struct rows directory_rows = {
	&directory_type_rows, "cached,mapped,dirty,files,type,directory", "cached"
};

/* @dir: the path of its directory, of @len bytes; in the root 0 */
struct placed {
	const struct frame_file *file;
	size_t len;
};

/**
 * struct folding - rows, as far as they are made
 * @least: bytes that a row has
 * @system: of the current files
 */
struct folding {
	const struct mounts *mounts;
	const struct frame_system *system;
	uint64_t least;
	struct directory *v;
	size_t n;
};

/* In the order of directories: all below one follow it.  No name has a NUL. */
static int by_directory(const void *untyped_a, const void *untyped_b)
{
	const struct placed *a = untyped_a, *b = untyped_b;
	const size_t len = a->len < b->len ? a->len : b->len;
	const unsigned char *x = (const unsigned char *)a->file->path;
	const unsigned char *y = (const unsigned char *)b->file->path;
	size_t i;

	for (i = 0; i < len && x[i] == y[i]; i++)
		continue;
	if (i == len)
		return COMPARE(a->len, b->len);
	return COMPARE(x[i] == '/' ? 0 : x[i], y[i] == '/' ? 0 : y[i]);
}

static void add_file(struct directory *sum, const struct frame_file *file)
{
	sum->files++;
	sum->cached += file->cached;
	sum->mapped += file->mapped;
	sum->dirty = amount_plus(sum->dirty,
				 amount_of(KNOWN(file, MEMCENSUS_FF_DIRTY), file->dirty));
}

static void add_sum(struct directory *sum, const struct directory *more)
{
	sum->files += more->files;
	sum->cached += more->cached;
	sum->mapped += more->mapped;
	sum->dirty = amount_plus(sum->dirty, more->dirty);
}

static void add_row(struct folding *f, const struct directory *sum, char *name)
{
	f->v = array_grow(f->v, f->n, sizeof(*f->v));
	f->v[f->n] = *sum;
	f->v[f->n++].name = name;
}

/* The part of the path of @placed that ends with the directory below @len bytes of it. */
static size_t next_part(const struct placed *placed, size_t len)
{
	return len + 1 + strcspn(placed->file->path + len + 1, "/");
}

/*
 * Adds the files from @from to @to, which are below the first @len bytes of their path.  Returns
 * the sum of those that have no row.
 */
static struct directory fold(struct folding *f, const struct placed *from,
			     const struct placed *to, size_t len)
{
	struct directory sum = { .system = f->system, .dirty.known = true }, below;
	const struct placed *next;
	char *path;
	size_t end;

	while (from < to) {
		if (from->len == len) {
			add_file(&sum, from++->file);
			continue;
		}
		end = next_part(from, len);
		for (next = from + 1; next < to && next->len >= end; next++)
			if (next_part(next, len) != end ||
			    memcmp(next->file->path + len, from->file->path + len, end - len))
				break;
		below = fold(f, from, next, end);
		if (below.cached < f->least) {
			add_sum(&sum, &below);
		} else {
			path = xasprintf("%.*s", (int)end, from->file->path);
			add_row(f, &below, mounts_path(f->mounts, f->system->dev_major,
						       f->system->dev_minor, f->system->source,
						       path));
			free(path);
		}
		from = next;
	}
	return sum;
}

/* A file of a block device has the device itself instead of that of its file system. */
static bool is_of(const struct frame_file *file, const struct frame_system *system)
{
	if (!KNOWN(file, MEMCENSUS_FF_DEV_MAJOR) || !KNOWN(system, MEMCENSUS_FY_DEV_MAJOR))
		return KNOWN(file, MEMCENSUS_FF_DEV_MAJOR) ==
		       KNOWN(system, MEMCENSUS_FY_DEV_MAJOR);
	if (!KNOWN(file, MEMCENSUS_FF_INODE))
		return !strcmp(system->type ?: "", "bdev");
	return file->dev_major == system->dev_major && file->dev_minor == system->dev_minor;
}

static uint64_t rest(uint64_t all, uint64_t part)
{
	return all > part ? all - part : 0;
}

/* What the module has not named: it counted these files for their file system only. */
static void add_unnamed(struct directory *root, const struct frame_system *system,
			const struct directory *named)
{
	root->files += rest(system->files, named->files);
	root->cached += rest(system->cached, named->cached);
	root->mapped += rest(system->mapped, named->mapped);
	root->dirty.known &= KNOWN(system, MEMCENSUS_FY_DIRTY);
	root->dirty.bytes += (int64_t)rest(system->dirty, (uint64_t)named->dirty.bytes);
}

static char *root_name(const struct folding *f, const char *what)
{
	const struct frame_system *system = f->system;
	char *root, *name;

	if (!system->type)
		return xstrdup(KNOWN(system, MEMCENSUS_FY_FILES) ? "(not found)" : "(left out)");
	if (!strcmp(system->type, "bdev"))
		return xstrdup("(block devices)");
	root = mounts_path(f->mounts, system->dev_major, system->dev_minor, system->source, "");
	if (!*what)
		return root;
	name = xasprintf("(%s) %s", what, root);
	free(root);
	return name;
}

/* @placed has room for all files. */
static void add_system(struct folding *f, const struct snapshot *snap, struct placed *placed)
{
	const struct frame_system *system = f->system;
	struct directory deleted = { .system = system, .dirty.known = true };
	struct directory named = deleted, root;
	size_t i, n = 0;

	for (i = 0; i < snap->n_frame_files; i++) {
		const struct frame_file *file = &snap->frame_files[i];

		if (!is_of(file, system))
			continue;
		if (KNOWN(file, MEMCENSUS_FF_DELETED) && file->deleted)
			add_file(&deleted, file);
		else if (file->path && *file->path == '/')
			placed[n++] = (struct placed){
				file, (size_t)(strrchr(file->path, '/') - file->path) };
		else
			continue;
		add_file(&named, file);
	}
	qsort(placed, n, sizeof(*placed), by_directory);
	root = fold(f, placed, placed + n, 0);
	add_unnamed(&root, system, &named);
	if (deleted.cached)
		add_row(f, &deleted, root_name(f, "deleted files"));
	if (root.cached)
		add_row(f, &root, root_name(f, ""));
}

void directories_report(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	struct placed *placed = xcalloc(snap->n_frame_files + 1, sizeof(*placed));
	struct mounts *mounts = mounts_read();
	struct folding f = { .mounts = mounts };
	size_t i;

	for (i = 0; i < snap->n_frame_systems; i++)
		f.least += snap->frame_systems[i].cached / DIRECTORY_PART;
	for (i = 0; i < snap->n_frame_systems; i++) {
		f.system = &snap->frame_systems[i];
		add_system(&f, snap, placed);
	}
	REPORT(report,
	       { "directories", .title = report->options->raw ? NULL : "By directory",
		 .chosen = true, .falling = true, .rows = ROWS(f.v, f.n) });
	for (i = 0; i < f.n; i++)
		free(f.v[i].name);
	free(f.v);
	free(placed);
	mounts_free(mounts);
}
