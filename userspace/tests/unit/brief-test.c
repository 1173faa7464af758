// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of 'brief': thresholds, order and commands; that Documentation/brief.rst has them as
 * they are; and what is read of files that this test makes.  'brief-test --page' prints the table
 * for the page, 'brief-test --commands' a line for each rule: the command that shows more.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "brief/facts.h"
#include "brief/kills.h"
#include "lib/memory.h"
#include "model/brief.h"
#include "os/kernel-log.h"
#include "tap.h"
#include "tools/export/brief.h"

#define PAGE	TESTS_DATA "/../../../Documentation/brief.rst"

#define MIB(n)	((uint64_t)(n) << 20)
#define GIB(n)	((uint64_t)(n) << 30)

static void put_bars(FILE *out)
{
	static const char bar[] = "====================================================";

	fprintf(out, "%.14s  %.7s  %.26s  %s\n", bar, bar, bar, bar);
}

/* The table of the page, in the widths of its columns. */
static char *page_table(void)
{
	size_t size, i;
	char *text;
	FILE *out = xopen_memstream(&text, &size);

	put_bars(out);
	fprintf(out, "%-14s  %-7s  %-26s  %s\n", "rule", "urgency", "from", "what it says");
	put_bars(out);
	for (i = 0; i < BRIEF_RULES; i++) {
		const struct brief_row *row = &brief_rules[i];
		char *from = brief_threshold(row);

		fprintf(out, "%-14s  %-7s  %-26s  %s\n", row->name, brief_urgencies[row->urgency],
			from, row->says);
		free(from);
	}
	put_bars(out);
	xfclose(out);
	return text;
}

static void put_commands(void)
{
	struct brief_fact fact = { .path = (char *)"/system.slice", .pid = 100 };
	char *more;

	for (fact.rule = 0; fact.rule < BRIEF_RULES; fact.rule++) {
		more = brief_more(&fact, "record");
		puts(more);
		free(more);
	}
}

static void test_page(void)
{
	static char page[65536];
	char *table = page_table();
	FILE *in = fopen(PAGE, "r");

	if (in) {
		page[fread(page, 1, sizeof(page) - 1, in)] = '\0';
		fclose(in);
	}
	ok(strstr(page, table), "brief.rst has the rules as they are (brief-test --page)");
	free(table);
}

static bool stands_out(enum brief_rule rule, uint64_t amount, uint64_t limit, uint64_t memory)
{
	const struct brief_fact fact = { .rule = rule, .amount = amount, .limit = limit };

	return brief_stands_out(&fact, memory);
}

static void test_thresholds(void)
{
	ok(!stands_out(BRIEF_DELETED, MIB(16) - 1, 0, GIB(1)) &&
	   stands_out(BRIEF_DELETED, MIB(16), 0, GIB(1)), "of 1 GiB: from 16 MiB");
	ok(!stands_out(BRIEF_DELETED, GIB(1) - 1, 0, GIB(100)) &&
	   stands_out(BRIEF_DELETED, GIB(1), 0, GIB(100)), "of 100 GiB: from 1%%");
	ok(stands_out(BRIEF_DELETED, MIB(16), 0, 0), "without MemTotal: from 16 MiB");
	ok(!stands_out(BRIEF_LIMIT, 89, 100, 0) && stands_out(BRIEF_LIMIT, 90, 100, 0),
	   "of a limit: from 90%%");
	ok(stands_out(BRIEF_LIMIT, UINT64_MAX - 1, UINT64_MAX, 0), "of the largest limit");
	ok(!stands_out(BRIEF_WAITING, 999, 0, 0) && stands_out(BRIEF_WAITING, 1000, 0, 0),
	   "of the time: from 10.00%%");
	ok(!stands_out(BRIEF_BUSY, 0, 0, 0) && stands_out(BRIEF_BUSY, 1, 0, 0), "a number: from 1");
}

static enum brief_urgency urgency(enum brief_rule rule, uint64_t amount, uint64_t limit,
				  bool lasts)
{
	const struct brief_fact fact = {
		.rule = rule, .amount = amount, .limit = limit, .lasts = lasts };

	return brief_urgency(&fact);
}

static void test_urgency(void)
{
	ok(urgency(BRIEF_LIMIT, 99, 100, false) == BRIEF_SOON, "a limit that is near: soon");
	ok(urgency(BRIEF_LIMIT, 100, 100, false) == BRIEF_URGENT, "one that is met: urgent");
	ok(urgency(BRIEF_LIMIT, 100, 100, true) == BRIEF_NOTE, "one that may last: a note");
	ok(urgency(BRIEF_HIGH, 200, 100, false) == BRIEF_SOON, "above memory.high: soon");
}

static void test_judge(void)
{
	const struct brief_fact small = {
		.rule = BRIEF_DELETED, .amount = MIB(1), .who = xstrdup("small") };
	struct brief brief = { .memory = GIB(1) };

	brief_add(&brief, &(struct brief_fact){ .rule = BRIEF_DELETED, .amount = MIB(20) });
	brief_add(&brief, &small);
	brief_add(&brief, &(struct brief_fact){ .rule = BRIEF_DELETED, .amount = MIB(30) });
	brief_add(&brief, &(struct brief_fact){ .rule = BRIEF_LIMIT, .amount = 95, .limit = 100 });
	brief_add(&brief, &(struct brief_fact){ .rule = BRIEF_MAPPINGS, .amount = 5, .limit = 5 });
	brief_judge(&brief);
	ok(brief.n == 4 && brief.facts[0].rule == BRIEF_MAPPINGS &&
	   brief.facts[1].rule == BRIEF_LIMIT && brief.facts[2].amount == MIB(30) &&
	   brief.facts[3].amount == MIB(20), "the most urgent first, then the largest");
	brief_free(&brief);
}

static void is_text(char *got, const char *expected)
{
	ok(!strcmp(got, expected), "%s: %s", expected, got);
	free(got);
}

static void test_texts(void)
{
	is_text(brief_more(&(struct brief_fact){ .rule = BRIEF_DELETED, .pid = 47 }, NULL),
		"memcensus held 47 --each -k");
	is_text(brief_more(&(struct brief_fact){ .rule = BRIEF_SHMEM, .path = (char *)"/a b'c" },
			   NULL),
		"memcensus share --if-stopped --cgroup '/a b'\\''c' -k");
	is_text(brief_more(&(struct brief_fact){ .rule = BRIEF_GROWN }, "/var/a b"),
		"memcensus leak -f '/var/a b'");
	is_text(brief_amount(&(struct brief_fact){ .rule = BRIEF_DELETED, .amount = MIB(64) }),
		"64.0M");
	is_text(brief_amount(&(struct brief_fact){ .rule = BRIEF_WAITING, .amount = 1234 }),
		"12.3%");
	is_text(brief_amount(&(struct brief_fact){ .rule = BRIEF_MAPPINGS, .amount = 65530 }),
		"65530");
}

static void add_deleted(struct brief *brief, unsigned int mib, uint64_t pid, const char *who)
{
	brief_add(brief, &(struct brief_fact){
		.rule = BRIEF_DELETED, .amount = MIB(mib), .pid = pid, .who = xstrdup(who) });
}

/* Of a rule three at most, each with labels of its own; no PID and no label that is long. */
static void test_metrics(void)
{
	static const char *const samples[] = {
		"bytes{rule=\"removed\",urgency=\"note\",who=\"(long)\"} 73400320",
		"bytes{rule=\"deleted\",urgency=\"note\",who=\"b c\"} 62914560",
		"bytes{rule=\"deleted\",urgency=\"note\",who=\"d\"} 41943040",
		"bytes{rule=\"deleted\",urgency=\"note\",who=\"e\"} 31457280",
		"ratio{rule=\"waiting\",urgency=\"soon\",who=\"\"} 0.125",
	};
	struct brief brief = { .memory = GIB(1) };
	struct exposition om = { 0 };
	char path[3000] = { 0 };
	size_t size, i;
	char *text;

	add_deleted(&brief, 20, 11, "11 a");
	add_deleted(&brief, 60, 12, "12 b c");
	add_deleted(&brief, 50, 13, "13 b c");
	add_deleted(&brief, 40, 14, "14 d");
	add_deleted(&brief, 30, 15, "15 e");
	brief_add(&brief, &(struct brief_fact){ .rule = BRIEF_WAITING, .amount = 1250 });
	memset(path, 'p', sizeof(path) - 1);
	brief_add(&brief, &(struct brief_fact){
		.rule = BRIEF_REMOVED, .amount = MIB(70), .who = xstrdup(path),
		.path = xstrdup(path) });
	brief_judge(&brief);
	om.out = xopen_memstream(&text, &size);
	export_brief(&om, &brief);
	xfclose(om.out);
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		ok(strstr(text, samples[i]), "metrics of rows: %s", samples[i]);
	ok(!strstr(text, "who=\"a\""), "and not of a fourth one of a rule");
	ok(strstr(text, "\nmemcensus_brief_rows{urgency=\"note\"} 6\n"), "all rows are counted");
	ok(!strstr(text, "brief_number"), "no row is a number");
	free(text);
	brief_free(&brief);
}

static void test_pressure(void)
{
	static const char text[] =
		"some avg10=12.34 avg60=1.00 avg300=0.00 total=12\n"
		"full avg10=0.05 avg60=0.00 avg300=0.00 total=1\n";
	uint64_t some = 0, full = 0;

	ok(facts_pressure(text, "some", &some) && some == 1234, "PSI some: %" PRIu64, some);
	ok(facts_pressure(text, "full", &full) && full == 5, "PSI full: %" PRIu64, full);
	ok(!facts_pressure("", "some", &some), "no PSI");
}

/* A file of one record, which one read gives as /dev/kmsg does. */
static void test_kills(void)
{
	char name[] = "/tmp/memcensus-XXXXXX";
	struct snapshot *snap = snapshot_new();
	struct brief brief = { .memory = GIB(1) };
	struct timespec now;
	uint64_t us;
	FILE *out;

	clock_gettime(CLOCK_MONOTONIC, &now);
	us = (uint64_t)now.tv_sec * 1000000;
	close(mkstemp(name));
	out = fopen(name, "w");
	if (!out)
		abort();
	fprintf(out, "6,1,%" PRIu64 ",-;%s\n", us,
		"Memory cgroup out of memory: Killed process 4711 (a) b) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0");
	fclose(out);
	kernel_log_file(name, 0);
	snap->totals.events.known |= 1ULL << EVENT_OOM_KILL;
	snap->totals.events.v[EVENT_OOM_KILL] = 3;
	facts_of_kills(&brief, snap);
	ok(brief.n == 1 && brief.facts[0].amount == 1 && brief.facts[0].who &&
	   !strcmp(brief.facts[0].who, "4711 a) b"), "a kill is found, by its whole name");
	ok(brief.looked[BRIEF_LOOK_KILLS].done && brief.looked[BRIEF_LOOK_KILLS].lacks,
	   "and two of three are not in the log");
	brief_free(&brief);
	kernel_log_file("/nonexistent", 0);
	facts_of_kills(&brief, snap);
	ok(!brief.n && brief.looked[BRIEF_LOOK_KILLS].failed, "a log that cannot be read");
	brief_free(&brief);
	unlink(name);
	snapshot_free(snap);
}

int main(int argc, char **argv)
{
	char *table;

	if (argc == 2 && !strcmp(argv[1], "--page")) {
		table = page_table();
		fputs(table, stdout);
		free(table);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--commands")) {
		put_commands();
		return 0;
	}
	test_page();
	test_thresholds();
	test_urgency();
	test_judge();
	test_texts();
	test_metrics();
	test_pressure();
	test_kills();
	return tap_done();
}
