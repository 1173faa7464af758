// SPDX-License-Identifier: GPL-2.0
/* The page cache by file. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/physical.h"
#include "os/procfs.h"
#include "tools/physical/files.h"

const struct rows file_rows = {
	&frame_file_rows, "cached,mapped,unmapped,dirty,writeback,type,file", "cached"
};

const struct rows held_file_rows = {
	&frame_file_rows, "cached,mapped,unmapped,type,file,holders", "cached"
};

static int by_cached(const void *a, const void *b)
{
	const struct frame_system *x = a, *y = b;

	return COMPARE(y->cached, x->cached);
}

/* 0, or -1 and @why if a frame of the page cache is of no file system, or of several. */
static int check_sum(const struct snapshot *snap, uint64_t cached, struct failure *why)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < snap->n_frame_systems; i++)
		sum += snap->frame_systems[i].cached;
	return sum == cached ? 0 :
		fail(why, FAIL_MALFORMED,
		     "file systems have %llu bytes of page cache, but its frames have %llu: report this",
		     (unsigned long long)sum, (unsigned long long)cached);
}

/* @root: the path in the file system that is mounted at @at; both without / at the end; owned */
struct mount {
	uint64_t major;
	uint64_t minor;
	char *root;
	char *at;
};

struct mounts {
	struct mount *v;
	size_t n;
};

/* Replaces \ooo by the character, and removes a / at the end. */
static char *plain(const char *text)
{
	char *copy = xstrdup(text), *to = copy;
	const char *from;

	for (from = copy; *from; from++) {
		if (*from == '\\' && strspn(from + 1, "01234567") >= 3) {
			*to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 |
				       (from[3] - '0'));
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	if (to > copy && to[-1] == '/')
		to[-1] = '\0';
	return copy;
}

/* ID PARENT MAJOR:MINOR ROOT MOUNTPOINT ... */
static void add_line(struct mounts *mounts, char *line)
{
	char *word[5], *rest = line;
	struct mount *mount;
	unsigned int i;
	uint64_t major, minor;

	for (i = 0; i < 5; i++)
		word[i] = strsep(&rest, " ");
	if (!word[4] || sscanf(word[2], "%" SCNu64 ":%" SCNu64, &major, &minor) != 2)
		return;
	mounts->v = array_grow(mounts->v, mounts->n, sizeof(*mounts->v));
	mount = &mounts->v[mounts->n++];
	*mount = (struct mount){ major, minor, plain(word[3]), plain(word[4]) };
}

/* Reads /proc/self/mountinfo; without it, nothing is mounted.  Never NULL. */
static struct mounts *mounts_read(void)
{
	struct mounts *mounts = xcalloc(1, sizeof(*mounts));
	struct failure ignored;
	FILE *file = procfs_open("self/mountinfo", &ignored);
	char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0)
		add_line(mounts, line);
	free(line);
	if (file)
		fclose(file);
	return mounts;
}

static void mounts_free(struct mounts *mounts)
{
	size_t i;

	for (i = 0; i < mounts->n; i++) {
		free(mounts->v[i].root);
		free(mounts->v[i].at);
	}
	free(mounts->v);
	free(mounts);
}

/*
 * The path here of the file with @path in the file system of device @major:@minor, which the caller
 * frees; NULL: no mount has it.  A mount above it may hide it.
 */
static char *mounts_path(const struct mounts *mounts, uint64_t major, uint64_t minor,
			 const char *path)
{
	const struct mount *best = NULL;
	size_t i, len, size;
	char *text;

	for (i = 0; i < mounts->n; i++) {
		const struct mount *mount = &mounts->v[i];

		len = strlen(mount->root);
		if (mount->major != major || mount->minor != minor ||
		    strncmp(mount->root, path, len) || (path[len] && path[len] != '/'))
			continue;
		/* Of several, the one of the largest part. */
		if (!best || len < strlen(best->root))
			best = mount;
	}
	if (!best)
		return NULL;
	path += strlen(best->root);
	size = strlen(best->at) + strlen(path) + 2;
	text = xcalloc(size, 1);
	snprintf(text, size, "%s%s", best->at, path);
	if (!*text)
		strcpy(text, "/");
	return text;
}

/*
 * How a file is shown: by its path here, or in its file system if that is not mounted here; marked
 * as the kernel marks what was deleted.
 */
static void name_file(struct snapshot *snap, struct frame_file *file, const struct mounts *mounts)
{
	const char *source = file->source ?: "?";
	char *text = NULL, *path = NULL;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	if (file->path && *file->path == '/')
		path = mounts_path(mounts, file->dev_major, file->dev_minor, file->path);
	if (!KNOWN(file, MEMCENSUS_FF_DEV_MAJOR))
		fputs("(not found)", out);
	else if (!KNOWN(file, MEMCENSUS_FF_INODE))
		fprintf(out, "(block device %" PRIu64 ":%" PRIu64 ")", file->dev_major,
			file->dev_minor);
	else if (path)
		fputs(path, out);
	else if (file->path && *file->path == '/')
		fprintf(out, "%s:%s", source, file->path);
	else if (file->path)
		fputs(file->path, out);
	else
		fprintf(out, "(inode %" PRIu64 " of %s)", file->inode, source);
	if (KNOWN(file, MEMCENSUS_FF_DELETED) && file->deleted)
		fputs(" (deleted)", out);
	xfclose(out);
	file->name = snapshot_text(snap, text, size);
	free(text);
	free(path);
}

int files_begin(struct snapshot *snap, uint64_t cached, struct failure *why)
{
	struct mounts *mounts;
	size_t i;

	if (!snap->n_frame_systems)
		return fail(why, FAIL_VERSION,
			    "the module sent no file systems: load the memcensus.ko of the same release as this reader");
	if (check_sum(snap, cached, why))
		return -1;
	qsort(snap->frame_systems, snap->n_frame_systems, sizeof(*snap->frame_systems), by_cached);
	/* Only of files that were left out, or not found, can there be none. */
	while (snap->n_frame_systems && !snap->frame_systems[snap->n_frame_systems - 1].cached)
		snap->n_frame_systems--;
	mounts = mounts_read();
	for (i = 0; i < snap->n_frame_files; i++)
		name_file(snap, &snap->frame_files[i], mounts);
	mounts_free(mounts);
	return 0;
}

void files_report(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	const bool raw = report->options->raw;
	uint64_t files = 0;
	size_t i;

	for (i = 0; i < snap->n_frame_systems; i++)
		files += snap->frame_systems[i].files;
	REPORT(report,
	       { "file_systems", .type = &frame_system_rows, .columns = raw ? NULL :
		 "system source files cached mapped unmapped dirty writeback" },
	       { "files", .title = raw ? NULL : "The largest files", .chosen = true,
		 .falling = true, .rows = rows_in(snap, &frame_file_rows),
		 .note = files <= snap->n_frame_files ? NULL :
			 report_text(report, "%" PRIu64 " more files: --top N\n",
				     files - snap->n_frame_files) });
}
