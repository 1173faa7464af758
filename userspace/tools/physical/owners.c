// SPDX-License-Identifier: GPL-2.0
/* How many processes map the frames of each class. */
#include "report/warnings.h"
#include "tools/physical/owners.h"

static const char *const class_words[] = {
	[OWNED_ANON] = "anon",
	[OWNED_FILE] = "file",
	[OWNED_SHMEM] = "shmem",
	[OWNED_DEVICE] = "device",
};

/* Each class has OWNER_NUMBERS attributes, one after the other. */
_Static_assert(MEMCENSUS_SCAN_ANON_BY_10 == MEMCENSUS_SCAN_ANON_BY_1 + 3 &&
	       MEMCENSUS_SCAN_FILE_BY_1 == MEMCENSUS_SCAN_ANON_BY_1 + OWNER_NUMBERS &&
	       MEMCENSUS_SCAN_SHMEM_BY_1 == MEMCENSUS_SCAN_FILE_BY_1 + OWNER_NUMBERS &&
	       MEMCENSUS_SCAN_DEVICE_BY_1 == MEMCENSUS_SCAN_SHMEM_BY_1 + OWNER_NUMBERS,
	       "the order of attributes is another one");

static void read_owners(const struct scan *scan, struct figure_row *classes)
{
	const uint64_t bytes[OWNED_CLASSES][OWNER_NUMBERS] = {
		{ scan->anon_by_1, scan->anon_by_2, scan->anon_by_3, scan->anon_by_10 },
		{ scan->file_by_1, scan->file_by_2, scan->file_by_3, scan->file_by_10 },
		{ scan->shmem_by_1, scan->shmem_by_2, scan->shmem_by_3, scan->shmem_by_10 },
		{ scan->device_by_1, scan->device_by_2, scan->device_by_3, scan->device_by_10 },
	};
	unsigned int class, i;

	for (class = 0; class < OWNED_CLASSES; class++) {
		classes[class].name = class_words[class];
		for (i = 0; i < OWNER_NUMBERS; i++)
			classes[class].amounts[i] = (struct amount){
				KNOWN(scan, MEMCENSUS_SCAN_ANON_BY_1 + OWNER_NUMBERS * class + i),
				(int64_t)bytes[class][i],
			};
	}
}

int owners_take(struct session *session, struct figure_row *classes, struct failure *why)
{
	struct snapshot *snap;

	session->request = (struct request){
		.parts = MEMCENSUS_PART_TASKS,
		.basis = MEMCENSUS_BASIS_FRAMES,
	};
	if (session_take(session, &snap, why) != TAKE_DONE)
		return -1;
	read_owners(&snap->scan, classes);
	session->partial |= warnings_of_sums(stderr, snap);
	snapshot_free(snap);
	if (!classes[OWNED_ANON].amounts[0].known)
		return fail(why, FAIL_VERSION,
			    "the module sent no owners by class: load the memcensus.ko of the same release as this reader");
	return 0;
}

void owners_report(const struct figure_row *classes, struct report *report)
{
	struct figure_row sum = classes[0];
	unsigned int class, i;

	sum.name = "sum";
	for (class = 1; class < OWNED_CLASSES; class++)
		for (i = 0; i < FIGURE_AMOUNTS; i++)
			/* What is not mapped of drivers is memory of the kernel. */
			if (class != OWNED_DEVICE || i != OWNERS_UNMAPPED)
				sum.amounts[i] = amount_plus(sum.amounts[i],
							     classes[class].amounts[i]);
	REPORT(report,
	       { "owners", SECTION_KEYED, .type = &figure_rows, .sum = &sum,
		 .rows = ROWS(classes, OWNED_CLASSES),
		 .columns = "figure=Class 0=One 1=Two 2=Three 3=Ten 4=Mapped 5=Unmapped",
		 .members = "figure 0=by_1 1=by_2 2=by_3 3=by_10 4=mapped 5=unmapped",
		 .note = "\nOne to Ten: owners, by a census; Three: 3 to 9, Ten: 10 and more.\n"
			 "Mapped, Unmapped: by the pass over frames before it.\n" });
}
