// SPDX-License-Identifier: GPL-2.0
/* What stands out, as metrics. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/columns.h"
#include "tools/export/brief.h"

/* A longer text is no label: who makes cgroups and mounts chooses it. */
#define LABEL_MOST	2000

/**
 * struct sample - rows with the same labels
 * @fact: the first of them, which has the largest amount
 * @who: whose it is
 */
struct sample {
	const struct brief_fact *fact;
	const char *who;
};

/*
 * Whose a row is, without what changes from one file to the next: a PID makes new series with each
 * process.
 */
static const char *label_of(const struct brief_fact *fact)
{
	const char *name = "";

	if (fact->path)
		name = fact->path;
	else if (fact->pid && fact->who && strchr(fact->who, ' '))
		name = strchr(fact->who, ' ') + 1;
	else if (fact->rule == BRIEF_LIMIT && fact->who)
		name = fact->who;
	return exposition_length(name) > LABEL_MOST ? "(long)" : name;
}

/* Whether @who is none of the last @of_rule samples, which are of the same rule and urgency. */
static bool is_shown(const struct sample *v, size_t n, size_t of_rule, const char *who)
{
	size_t i;

	for (i = n - of_rule; i < n; i++)
		if (!strcmp(v[i].who, who))
			return false;
	return of_rule < BRIEF_OF_RULE;
}

/* Chooses samples, each with labels of its own; the caller frees them. */
static struct sample *choose(const struct brief *brief, size_t *n)
{
	struct sample *v = xcalloc(brief->n + 1, sizeof(*v));
	size_t of_rule[BRIEF_URGENCIES][BRIEF_RULES] = { 0 }, *shown, i;

	*n = 0;
	for (i = 0; i < brief->n; i++) {
		const struct brief_fact *fact = &brief->facts[i];
		const char *who = label_of(fact);

		/* They are sorted by urgency, then by rule. */
		shown = &of_rule[brief_urgency(fact)][fact->rule];
		if (!is_shown(v, *n, *shown, who))
			continue;
		v[(*n)++] = (struct sample){ fact, who };
		(*shown)++;
	}
	return v;
}

static void put_unit(struct exposition *om, const struct metric *metric, enum brief_unit unit,
		     const struct sample *v, size_t n)
{
	size_t i;

	exposition_metric(om, metric);
	for (i = 0; i < n; i++) {
		const struct brief_fact *fact = v[i].fact;
		const struct brief_row *rule = &brief_rules[fact->rule];
		const struct label labels[] = {
			{ "rule", rule->name },
			{ "urgency", brief_urgencies[brief_urgency(fact)] },
			{ "who", v[i].who },
		};

		if (rule->unit != unit)
			continue;
		if (unit == BRIEF_PERCENT)
			exposition_real(om, labels, ARRAY_SIZE(labels),
					(double)fact->amount / 10000);
		else
			exposition_unsigned(om, labels, ARRAY_SIZE(labels), fact->amount);
	}
}

/* The number of rows of each urgency, and what was looked at. */
static void put_sums(struct exposition *om, const struct brief *brief)
{
	static const struct metric rows = {
		.name = "memcensus_brief_rows", .help = "rows that stand out, by urgency" };
	static const struct metric looked = {
		.name = "memcensus_brief_looked", .help = "whether rules looked at it" };
	uint64_t n[BRIEF_URGENCIES] = { 0 };
	size_t i;

	for (i = 0; i < brief->n; i++)
		n[brief_urgency(&brief->facts[i])]++;
	exposition_metric(om, &rows);
	for (i = 0; i < BRIEF_URGENCIES; i++) {
		const struct label label = { "urgency", brief_urgencies[i] };

		exposition_unsigned(om, &label, 1, n[i]);
	}
	exposition_metric(om, &looked);
	for (i = 0; i < BRIEF_LOOKS; i++) {
		const struct label label = { "what", brief_look_names[i] };

		exposition_unsigned(om, &label, 1, brief->looked[i].done);
	}
}

void export_brief(struct exposition *om, const struct brief *brief)
{
	static const struct metric bytes = {
		.name = "memcensus_brief", .unit = "bytes",
		.help = "what stands out, as 'memcensus brief' says: how much memory" };
	static const struct metric number = {
		.name = "memcensus_brief_number",
		.help = "what stands out, as 'memcensus brief' says: how many" };
	static const struct metric ratio = {
		.name = "memcensus_brief", .unit = "ratio",
		.help = "what stands out, as 'memcensus brief' says: how much of the time" };
	struct sample *v;
	size_t n;

	v = choose(brief, &n);
	put_sums(om, brief);
	put_unit(om, &bytes, BRIEF_BYTES, v, n);
	put_unit(om, &number, BRIEF_NUMBER, v, n);
	put_unit(om, &ratio, BRIEF_PERCENT, v, n);
	free(v);
}
