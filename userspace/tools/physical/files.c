// SPDX-License-Identifier: GPL-2.0
/* The page cache by file. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/physical.h"
#include "os/mounts.h"
#include "os/names.h"
#include "os/sysfs.h"
#include "tools/physical/files.h"

const struct rows file_rows = {
	&frame_file_rows, "cached,mapped,unmapped,dirty,type,cgroup_path,file", "cached"
};

const struct rows held_file_rows = {
	&frame_file_rows, "cached,mapped,type,cgroup_path,file,holders", "cached"
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

static const char *text_of(struct snapshot *snap, const char *text)
{
	return text ? snapshot_text(snap, text, strlen(text)) : NULL;
}

/* A block device; of this machine by its name, too. */
static void put_device(FILE *out, const struct snapshot *snap, const struct frame_file *file)
{
	char path[64], name[64];

	snprintf(path, sizeof(path), "dev/block/%" PRIu64 ":%" PRIu64, file->dev_major,
		 file->dev_minor);
	fputs("(block device ", out);
	if (snap->naming == name_live && sysfs_link(path, name, sizeof(name)))
		fprintf(out, "%s ", name);
	fprintf(out, "%" PRIu64 ":%" PRIu64 ")", file->dev_major, file->dev_minor);
}

/*
 * How a file is shown: by its path here, or in its file system if that is not mounted here; marked
 * as the kernel marks what was deleted.
 */
static void name_file(struct snapshot *snap, struct frame_file *file, const struct mounts *mounts)
{
	char *text = NULL, *path = NULL;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	if (file->path && *file->path == '/') {
		path = mounts_path(mounts, file->dev_major, file->dev_minor, file->source,
				   file->path);
		file->mount = text_of(snap, mounts_point(mounts, file->dev_major, file->dev_minor,
							 file->path));
	}
	if (!KNOWN(file, MEMCENSUS_FF_DEV_MAJOR))
		fputs("(not found)", out);
	else if (!KNOWN(file, MEMCENSUS_FF_INODE))
		put_device(out, snap, file);
	else if (path)
		fputs(path, out);
	else if (file->path)
		fputs(file->path, out);
	else
		fprintf(out, "(inode %" PRIu64 " of %s)", file->inode, file->source ?: "?");
	if (KNOWN(file, MEMCENSUS_FF_DELETED) && file->deleted)
		fputs(" (deleted)", out);
	xfclose(out);
	file->name = snapshot_text(snap, text, size);
	free(text);
	free(path);
}

static void name_mount(struct snapshot *snap, struct frame_system *system,
		       const struct mounts *mounts)
{
	if (KNOWN(system, MEMCENSUS_FY_DEV_MAJOR))
		system->mount = text_of(snap, mounts_point(mounts, system->dev_major,
							   system->dev_minor, NULL));
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
	for (i = 0; i < snap->n_frame_systems; i++)
		name_mount(snap, &snap->frame_systems[i], mounts);
	for (i = 0; i < snap->n_frame_files; i++)
		name_file(snap, &snap->frame_files[i], mounts);
	mounts_free(mounts);
	return 0;
}

void file_systems_report(struct report *report)
{
	REPORT(report,
	       { "file_systems", .type = &frame_system_rows,
		 .columns = report->options->raw ? NULL :
		 "system source files cached mapped unmapped dirty ?writeback mount" });
}

void files_report(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	uint64_t files = 0, cached = 0;
	const char *more = "", *open = "";
	bool deleted = false;
	size_t i;

	for (i = 0; i < snap->n_frame_systems; i++) {
		files += snap->frame_systems[i].files;
		cached += snap->frame_systems[i].cached;
	}
	for (i = 0; i < snap->n_frame_files; i++) {
		cached -= snap->frame_files[i].cached;
		deleted |= snap->frame_files[i].deleted && !snap->frame_files[i].holders;
	}
	if (files > snap->n_frame_files)
		more = report_text(report,
				   "%" PRIu64 " more files, %s: --top N, or --by directory\n",
				   files - snap->n_frame_files,
				   report_amount(report, (int64_t)cached));
	if (deleted)
		open = "deleted files: --holders names the processes that have them\n";
	REPORT(report,
	       { "files", .title = report->options->raw ? NULL : "The largest files",
		 .chosen = true, .falling = true, .rows = rows_in(snap, &frame_file_rows),
		 .note = report_text(report, "%s%s", more, open) });
}
