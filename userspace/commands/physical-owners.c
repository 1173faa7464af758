// SPDX-License-Identifier: GPL-2.0
/* How many processes map the frames of each class. */
#include "commands/physical-owners.h"
#include "lib/table.h"
#include "model/listing.h"

static const char *const class_words[] = {
	[OWNED_ANON] = "anon",
	[OWNED_FILE] = "file",
	[OWNED_SHMEM] = "shmem",
};

static const char *const number_words[] = { "by_1", "by_2", "by_3", "by_10" };
_Static_assert(ARRAY_SIZE(number_words) == OWNER_NUMBERS, "a number of owners has no word");

/* Each class has OWNER_NUMBERS attributes, one after the other. */
_Static_assert(MEMCENSUS_SCAN_ANON_BY_10 == MEMCENSUS_SCAN_ANON_BY_1 + 3 &&
	       MEMCENSUS_SCAN_FILE_BY_1 == MEMCENSUS_SCAN_ANON_BY_1 + OWNER_NUMBERS &&
	       MEMCENSUS_SCAN_SHMEM_BY_1 == MEMCENSUS_SCAN_FILE_BY_1 + OWNER_NUMBERS,
	       "the order of attributes is another one");

static void read_owners(const struct scan *scan, struct class_owners *classes)
{
	const uint64_t bytes[OWNED_CLASSES][OWNER_NUMBERS] = {
		{ scan->anon_by_1, scan->anon_by_2, scan->anon_by_3, scan->anon_by_10 },
		{ scan->file_by_1, scan->file_by_2, scan->file_by_3, scan->file_by_10 },
		{ scan->shmem_by_1, scan->shmem_by_2, scan->shmem_by_3, scan->shmem_by_10 },
	};
	unsigned int class, i;

	for (class = 0; class < OWNED_CLASSES; class++)
		for (i = 0; i < OWNER_NUMBERS; i++)
			classes[class].by[i] = (struct amount){
				KNOWN(scan, MEMCENSUS_SCAN_ANON_BY_1 + OWNER_NUMBERS * class + i),
				(int64_t)bytes[class][i],
			};
}

int owners_take(struct session *session, struct class_owners *classes, struct failure *why)
{
	struct snapshot *snap;

	session->request = (struct request){
		.parts = MEMCENSUS_PART_TASKS,
		.basis = MEMCENSUS_BASIS_FRAMES,
	};
	if (session_take(session, &snap, why) != TAKE_DONE)
		return -1;
	read_owners(&snap->scan, classes);
	snapshot_free(snap);
	if (!classes[OWNED_ANON].by[0].known)
		return fail(why, FAIL_VERSION,
			    "the module sent no owners by class: load the memcensus.ko of the same release as this reader");
	return 0;
}

static void show_row(struct table *table, const char *name, const struct class_owners *c,
		     const struct units *units)
{
	unsigned int i;

	table_cell(table, name);
	for (i = 0; i < OWNER_NUMBERS; i++)
		cell_amount(table, c->by[i], units);
	cell_amount(table, c->mapped, units);
	cell_amount(table, c->unmapped, units);
}

void owners_show(const struct class_owners *classes, const struct view *view,
		 const struct options *options, FILE *out)
{
	const struct units units = command_units(view, options);
	struct table *table = table_new(command_look(options), out);
	struct class_owners sum = classes[0];
	unsigned int class, i;

	table_columns(table, "Class >One >Two >Three >Ten >Mapped >Unmapped");
	for (class = 0; class < OWNED_CLASSES; class++) {
		table_row(table);
		show_row(table, class_words[class], &classes[class], &units);
		if (!class)
			continue;
		for (i = 0; i < OWNER_NUMBERS; i++)
			sum.by[i] = amount_plus(sum.by[i], classes[class].by[i]);
		sum.mapped = amount_plus(sum.mapped, classes[class].mapped);
		sum.unmapped = amount_plus(sum.unmapped, classes[class].unmapped);
	}
	if (!options->raw) {
		table_total_row(table);
		show_row(table, "sum", &sum, &units);
	}
	table_finish(table);
	if (!options->raw)
		fputs("\nOne to Ten: owners, by a census; Three: 3 to 9, Ten: 10 and more.\n"
		      "Mapped, Unmapped: by the pass over frames before it.\n", out);
}

void owners_json(struct json *json, const struct class_owners *classes)
{
	unsigned int class, i;

	json_open(json, "owners", '{');
	for (class = 0; class < OWNED_CLASSES; class++) {
		const struct class_owners *c = &classes[class];

		json_open(json, class_words[class], '{');
		for (i = 0; i < OWNER_NUMBERS; i++)
			json_put_known(json, number_words[i], c->by[i].known, c->by[i].bytes);
		json_put_known(json, "mapped", c->mapped.known, c->mapped.bytes);
		json_put_known(json, "unmapped", c->unmapped.known, c->unmapped.bytes);
		json_close(json, '}');
	}
	json_close(json, '}');
}
