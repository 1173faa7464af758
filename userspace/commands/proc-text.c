// SPDX-License-Identifier: GPL-2.0
/* The texts of /proc that 'system --vm' and 'system --slab' show without a census. */
#include "commands/optional.h"
#include "host/proc-texts.h"
#include "host/procfs.h"

/*
 * Returns the last census of a record; without a source, a snapshot with only the
 * current /proc text.
 */
static struct snapshot *take_proc_text(struct session *session, unsigned int bit,
				       struct failure *why)
{
	struct snapshot *snap = NULL, *next;
	enum taken taken;

	if (!session->source) {
		snap = snapshot_new();
		proc_texts_read(snap, bit);
		return snap;
	}
	session->request.parts = MEMCENSUS_PART_SYSTEM;
	while ((taken = session_next(session, &next, why)) == TAKE_DONE) {
		snapshot_free(snap);
		snap = next;
	}
	if (taken == TAKE_END)
		return snap;
	snapshot_free(snap);
	return NULL;
}

/* Returns -1; @why gives the reason why there is no text. */
static int no_text(const struct session *session, const char *path,
		   const char *option, struct failure *why)
{
	FILE *file;

	if (session->source)
		return fail(why, FAIL_REFUSED,
			    "the record has no /proc/%s: record it with 'memcensus record FILE%s', as root",
			    path, option);
	file = procfs_open(path, why);
	if (!file)
		return -1;
	fclose(file);
	return fail(why, FAIL_SYSTEM, "cannot read /proc/%s", path);
}

int proc_text_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	struct snapshot *snap;
	const char *text;
	int ret = 0;

	snap = take_proc_text(session, options->vm ? PROC_TEXTS_BIT_VM :
						     PROC_TEXTS_BIT_SLABINFO, why);
	if (!snap)
		return -1;
	text = proc_texts_find(snap, options->vm ? PROC_TEXTS_VM : PROC_TEXTS_SLABINFO);
	if (!text)
		ret = no_text(session, options->vm ? "sys/vm" : "slabinfo",
			      options->vm ? "" : " --slab", why);
	else if (options->vm)
		vm_settings_show(text, options, session->out);
	else
		ret = slabs_show(text, options, session->out, why);
	snapshot_free(snap);
	return ret;
}
