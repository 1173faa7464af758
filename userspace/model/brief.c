// SPDX-License-Identifier: GPL-2.0
/* What stands out on a machine: rules, and the facts that they judge. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/brief.h"

#define ROW_OF(id, name_, urgency_, unit_, test_, threshold_, says_, more_)		\
	[BRIEF_##id] = { name_, BRIEF_##urgency_, BRIEF_##unit_, BRIEF_##test_, threshold_, \
			 says_, more_ },
const struct brief_row brief_rules[BRIEF_RULES] = {
	BRIEF_RULES_OF(ROW_OF)
};

const char *const brief_urgencies[BRIEF_URGENCIES] = {
	[BRIEF_URGENT] = "urgent", [BRIEF_SOON] = "soon", [BRIEF_NOTE] = "note",
};

const char *const brief_look_names[BRIEF_LOOKS] = {
	[BRIEF_LOOK_PROCESSES] = "processes",
	[BRIEF_LOOK_CGROUPS] = "cgroups",
	[BRIEF_LOOK_LIMITS] = "limits",
	[BRIEF_LOOK_KILLS] = "kernel log",
	[BRIEF_LOOK_PRESSURE] = "pressure",
	[BRIEF_LOOK_SEGMENTS] = "System V segments",
	[BRIEF_LOOK_DESCRIPTORS] = "descriptors",
	[BRIEF_LOOK_ZRAM] = "zram",
	[BRIEF_LOOK_NODES] = "NUMA nodes",
	[BRIEF_LOOK_KSM] = "KSM",
	[BRIEF_LOOK_HUGEPAGES] = "huge pages",
	[BRIEF_LOOK_DENTRIES] = "dentries",
	[BRIEF_LOOK_RECORD] = "the record",
};

static void free_fact(const struct brief_fact *fact)
{
	free(fact->what);
	free(fact->who);
	free(fact->path);
}

void brief_add(struct brief *brief, const struct brief_fact *fact)
{
	brief->facts = array_grow(brief->facts, brief->n, sizeof(*brief->facts));
	brief->facts[brief->n] = *fact;
	brief->facts[brief->n].order = brief->n;
	brief->n++;
}

void brief_look(struct brief *brief, enum brief_look look, char *lacks, const char *more)
{
	free(brief->looked[look].lacks);
	brief->looked[look] = (struct brief_looked){ .done = true, .lacks = lacks, .more = more };
}

void brief_look_failed(struct brief *brief, enum brief_look look, char *lacks)
{
	free(brief->looked[look].lacks);
	brief->looked[look] = (struct brief_looked){ .lacks = lacks, .failed = true };
}

/* @amount in percent of @whole, rounded down; a limit of 0 is used up. */
static uint64_t percent(uint64_t amount, uint64_t whole)
{
	return whole ? (uint64_t)((long double)amount * 100 / (long double)whole) : 100;
}

bool brief_stands_out(const struct brief_fact *fact, uint64_t memory)
{
	const struct brief_row *row = &brief_rules[fact->rule];

	switch (row->test) {
	case BRIEF_OF_MEMORY:
		return fact->amount >= BRIEF_LEAST &&
		       percent(fact->amount, memory) >= row->threshold;
	case BRIEF_OF_LIMIT:
		return percent(fact->amount, fact->limit) >= row->threshold;
	case BRIEF_FROM:
		return fact->amount >= row->threshold * (row->unit == BRIEF_PERCENT ? 100 : 1);
	}
	return false;
}

enum brief_urgency brief_urgency(const struct brief_fact *fact)
{
	const struct brief_row *row = &brief_rules[fact->rule];

	if (row->test == BRIEF_OF_LIMIT && row->threshold < 100 && fact->amount >= fact->limit)
		return fact->lasts ? BRIEF_NOTE : BRIEF_URGENT;
	return fact->lasts ? BRIEF_NOTE : row->urgency;
}

static int compare_facts(const void *untyped_a, const void *untyped_b)
{
	const struct brief_fact *a = untyped_a, *b = untyped_b;

	return COMPARE(brief_urgency(a), brief_urgency(b)) ?: COMPARE(a->rule, b->rule) ?:
	       COMPARE(b->amount, a->amount) ?: COMPARE(a->order, b->order);
}

void brief_judge(struct brief *brief)
{
	size_t i, n = 0;

	for (i = 0; i < brief->n; i++) {
		if (brief_stands_out(&brief->facts[i], brief->memory))
			brief->facts[n++] = brief->facts[i];
		else
			free_fact(&brief->facts[i]);
	}
	brief->n = n;
	if (n)
		qsort(brief->facts, n, sizeof(*brief->facts), compare_facts);
}

/* Writes @path for a shell. */
static void put_path(FILE *out, const char *path)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-@:+";

	if (!path[strspn(path, plain)]) {
		fputs(path, out);
		return;
	}
	putc('\'', out);
	for (; *path; path++) {
		if (*path == '\'')
			fputs("'\\''", out);
		else
			putc(*path, out);
	}
	putc('\'', out);
}

char *brief_more(const struct brief_fact *fact, const char *file)
{
	const char *more = brief_rules[fact->rule].more;
	size_t size;
	char *text;
	FILE *out = xopen_memstream(&text, &size);

	fputs("memcensus ", out);
	while (*more) {
		if (!strncmp(more, "PID", 3)) {
			fprintf(out, "%" PRIu64, fact->pid);
			more += 3;
		} else if (!strncmp(more, "PATH", 4)) {
			put_path(out, fact->path ?: "/");
			more += 4;
		} else if (!strncmp(more, "FILE", 4)) {
			put_path(out, file ?: "FILE");
			more += 4;
		} else {
			putc(*more++, out);
		}
	}
	xfclose(out);
	return text;
}

char *brief_amount(const struct brief_fact *fact)
{
	char text[NUMBER_SIZE];

	switch (brief_rules[fact->rule].unit) {
	case BRIEF_BYTES:
		text_size(text, (double)fact->amount);
		return xstrdup(text);
	case BRIEF_NUMBER:
		return xasprintf("%" PRIu64, fact->amount);
	case BRIEF_PERCENT:
		return xasprintf("%.1f%%", (double)fact->amount / 100);
	}
	return xstrdup("");
}

char *brief_threshold(const struct brief_row *row)
{
	switch (row->test) {
	case BRIEF_OF_MEMORY:
		return xasprintf("%" PRIu64 "%% of MemTotal, and %lluM", row->threshold,
				 BRIEF_LEAST >> 20);
	case BRIEF_OF_LIMIT:
		return xasprintf("%" PRIu64 "%% of the limit", row->threshold);
	case BRIEF_FROM:
		return xasprintf("%" PRIu64 "%s", row->threshold,
				 row->unit == BRIEF_PERCENT ? "%" : "");
	}
	return xstrdup("");
}

void brief_free(struct brief *brief)
{
	size_t i;

	for (i = 0; i < brief->n; i++)
		free_fact(&brief->facts[i]);
	for (i = 0; i < BRIEF_LOOKS; i++)
		free(brief->looked[i].lacks);
	free(brief->facts);
	*brief = (struct brief){ .memory = 0 };
}
