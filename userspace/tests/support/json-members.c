// SPDX-License-Identifier: GPL-2.0
/*
 * json-members: prints the members that the arrays of columns give to JSON, for
 * scripts/schema: a line for each with the record, the name, the type, the words of a WORD
 * or -, and the help, separated by tabs.
 */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "model/breakdown.h"
#include "model/explain.h"
#include "model/kill.h"
#include "tools/brief/brief.h"
#include "tools/explain/show.h"
#include "tools/held/files.h"
#include "tools/held/held.h"
#include "tools/oom/killers.h"
#include "tools/physical/directories.h"
#include "tools/share/file.h"
#include "tools/share/stopped.h"
#include "tools/system/swaps.h"
#include "tools/watch/peak.h"

static const char *type_of(const struct column *column)
{
	switch (column->kind) {
	case KIND_BYTES:
		return column->sign ? "signed_bytes" : "bytes";
	case KIND_KIB:
		return "bytes";
	case KIND_COUNT:
		return "count";
	case KIND_ID:
		return "id";
	case KIND_TEXT:
		return "text";
	case KIND_WORD:
		return "word";
	case KIND_BOOL:
		return "bool";
	case KIND_SINCE_BOOT:
		return "boottime_ns";
	case KIND_REALTIME:
		return "realtime_ns";
	case KIND_DURATION:
	case KIND_SECONDS:
		return "ns";
	case KIND_ADDRESS:
		return "address";
	case KIND_PERCENT:
		return "percent";
	case KIND_REAL:
		return "real";
	case KIND_LIST:
		return "numbers";
	case KIND_BLOCKS:
		return "blocks";
	case KIND_INDEXES:
		return "thousandths";
	case KIND_ON_NODES:
		return column->name[0] == 'n' ? "on_nodes" : "hugetlb_on_nodes";
	case KIND_NEST:
		break;
	}
	return NULL;
}

static void put_words(const struct column *column)
{
	unsigned int i;

	for (i = 0; i < column->n_words; i++)
		if (column->words[i])
			printf("%s%s", i ? "," : "", column->words[i]);
	if (!column->n_words)
		putchar('-');
}

/* What JSON has in bytes has a help that names KiB. */
static const char *help_of(const char *help, bool kib)
{
	return !help ? "" : kib ? help + strlen("KiB ") : help;
}

static void put_column(const char *record, const struct column *column)
{
	const char *type = type_of(column);
	const bool kib = column->kind == KIND_KIB;

	if (!column->name || !type)
		return;
	printf("%s\t", record);
	if (kib)
		printf("%.*s_bytes\t%s\t", (int)(strlen(column->name) - strlen("_kib")),
		       column->name, type);
	else
		printf("%s\t%s\t", column->name, type);
	put_words(column);
	printf("\t%s\n", help_of(column->help, kib));
}

static void put_set(const char *record, const struct column_set *set)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		put_column(record, &set->columns[i]);
}

static void put_record(const char *record, const struct row_type *type)
{
	put_set(record, &type->fields);
	put_set(record, &type->derived);
	put_set(record, &type->figures);
}

/* The sums that a document has beside its rows. */
static void put_totals(const struct row_type *type)
{
	const struct column *column;
	unsigned int i;

	for (i = 0; (column = column_at(type, i)); i++)
		if (column->total == TOTAL_SUM)
			printf("totals\t%s\t%s\t-\tsum of all rows\n", column->name,
			       type_of(column));
}

int main(void)
{
	static const struct {
		const char *name;
		const struct row_type *type;
	} records[] = {
		{ "module", &info_rows }, { "scan", &scan_rows },
		{ "task", &task_rows }, { "group", &group_rows }, { "vma", &vma_rows },
		{ "mapping", &mapping_rows },
		{ "zone", &zone_rows },
		{ "node", &node_rows },
		{ "owners", &owners_rows }, { "pair", &pair_rows },
		{ "payer", &payer_rows },
		{ "physical_pass", &physical_rows }, { "frame_cgroup", &frame_cgroup_rows },
		{ "frame_system", &frame_system_rows }, { "frame_file", &frame_file_rows },
		{ "directory", &directory_type_rows },
		{ "oom_event", &kill_rows }, { "oom_killed", &kill_victim_rows },
		{ "oom_killer", &killer_rows },
		{ "if_stopped", &stopped_sum_rows }, { "stopped_file", &stopped_file_rows },
		{ "stopped_each", &stopped_each_rows }, { "swap_device", &swap_rows },
		{ "brief_row", &brief_shown_rows }, { "brief_looked", &brief_seen_rows },
		{ "open_kind", &open_kind_rows }, { "open_file", &open_file_rows },
		{ "memory_file", &memory_file_rows }, { "memory_system", &memory_system_rows },
		{ "explained", &explained_rows }, { "explain_file", &explain_file_rows },
		{ "explain_verdict", &explain_verdict_rows },
		{ "mapped_file", &mapped_file_rows },
		{ "file_mapper", &file_mapper_rows },
		{ "peak", &peak_rows }, { "peak_holder", &peak_holder_rows },
		{ "peak_run", &peak_run_rows },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(records); i++)
		put_record(records[i].name, records[i].type);
	put_totals(&task_rows);
	put_totals(&group_rows);
	put_totals(&mapping_rows);
	put_record("changed_task", command_find("diff")->rows.type);
	put_set("system_bytes", &bytes_rows.figures);
	put_set("physical_zone", &physical_zone_rows.fields);
	put_set("frame_classes", &physical_zone_rows.figures);
	put_set("frame_states", &physical_state_rows.figures);
	put_set("events", &events_rows.figures);
	for (i = 0; i < bytes_rows.figures.n; i++)
		if (bytes_rows.figures.columns[i].name)
			printf("system_change\t%s\tsigned_bytes\t-\t%s\n",
			       bytes_rows.figures.columns[i].name,
			       bytes_rows.figures.columns[i].help);
	for (i = 0; i < EXPLAIN_ROWS; i++)
		printf("explain_memory\t%s\tsigned_bytes\t-\t%s\n", explain_rows[i].name,
		       explain_rows[i].help);
	for (i = 0; i < BREAKDOWN_ROWS; i++)
		printf("balance\t%s\tsigned_bytes\t-\t%s\n", breakdown_rows[i].name,
		       breakdown_rows[i].help);
	return 0;
}
