/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a record has about OOM events, and the censuses around them.
 */
#ifndef READER_RECORDED_OOMS_H
#define READER_RECORDED_OOMS_H

#include "record/record-file.h"
#include "record/selection.h"

/**
 * struct recorded_oom - an OOM event
 * @snap: the answer about it: victims, zones, nodes and the census before; owned
 * @oom: the event, in @snap
 * @census: number of the first census with which it was recorded: it was before that, in its boot
 * @offset: where it was recorded then, behind that census
 */
struct recorded_oom {
	struct snapshot *snap;
	const struct oom *oom;
	uint64_t census;
	uint64_t offset;
};

/**
 * struct recorded_ooms - the OOM events of a record
 * @v: the newest first, each once; owned
 * @asked: its recorders asked for OOM events, of which there may be none
 * @entries: its complete censuses in order; owned
 */
struct recorded_ooms {
	struct record_file file;
	struct recorded_oom *v;
	size_t n;
	bool asked;
	struct record_entry *entries;
	size_t n_entries;
};

/*
 * Reads the OOM events in the censuses of @window of the record @path, which the caller owns;
 * @entries are of this window too.  0, or -1 and @why; call recorded_ooms_free() in both cases.
 */
int recorded_ooms_read(struct recorded_ooms *ooms, const char *path, const struct window *window,
		       struct failure *why);
void recorded_ooms_free(struct recorded_ooms *ooms);

#endif /* READER_RECORDED_OOMS_H */
