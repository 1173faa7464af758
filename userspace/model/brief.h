/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands out on a machine: the rules of 'brief', in one table, and the facts that they judge.
 * brief/ gathers the facts, of this machine or of a record.  A fact is a figure that was counted;
 * what could not be read is no fact, and struct brief says that it was not looked at.
 */
#ifndef READER_BRIEF_H
#define READER_BRIEF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How soon a person should see to it. */
enum brief_urgency {
	BRIEF_URGENT,		/* something fails or stands still now, or was killed */
	BRIEF_SOON,		/* it will */
	BRIEF_NOTE,		/* memory that one would not expect there */
	BRIEF_URGENCIES,
};

enum brief_unit {
	BRIEF_BYTES,
	BRIEF_NUMBER,
	BRIEF_PERCENT,		/* in hundredths of a percent */
};

/* What the threshold of a rule is compared with. */
enum brief_test {
	BRIEF_OF_MEMORY,	/* percent of MemTotal, and BRIEF_LEAST at least */
	BRIEF_OF_LIMIT,		/* percent of the limit of the fact; 100 is urgent */
	BRIEF_FROM,		/* a number, or percent */
};

/* Rows of one rule that are shown unless all are asked for: others should be seen too. */
#define BRIEF_OF_RULE	3

/* Less is nothing that stands out, on a small machine either: bytes. */
#define BRIEF_LEAST	(16ULL << 20)

/*
 * Each row: RULE(its number, name, urgency, unit, test, threshold, what it says, more), where
 * "PID" and "PATH" in the command @more are those of the fact, "FILE" is the record.  The most
 * urgent first.
 */
#define BRIEF_RULES_OF(RULE)								\
	RULE(OOM_KILL, "oom_kill", URGENT, NUMBER, FROM, 1,				\
	     "OOM kills of the last day", "oom")					\
	RULE(THROTTLED, "throttled", URGENT, PERCENT, FROM, 10,				\
	     "above memory.high, and its tasks wait for memory", "-g --forest -k")	\
	RULE(STALLED, "stalled", URGENT, PERCENT, FROM, 5,				\
	     "all tasks wait for memory at once (PSI full)", "kswapd 1")		\
	RULE(LIMIT, "limit", SOON, BYTES, OF_LIMIT, 90,					\
	     "of a limit is used", "leak --for 1m")					\
	RULE(MAPPINGS, "mappings", SOON, NUMBER, OF_LIMIT, 90,				\
	     "mappings, of vm.max_map_count", "map PID")				\
	RULE(WAITING, "waiting", SOON, PERCENT, FROM, 10,				\
	     "some tasks wait for memory (PSI some)", "kswapd 1")			\
	RULE(BUSY, "busy", SOON, NUMBER, FROM, 1,					\
	     "the lock of its memory was held during the census", "-c pid,comm,state")	\
	RULE(HIGH, "high", SOON, BYTES, OF_LIMIT, 101,					\
	     "above memory.high", "-g --forest -k")					\
	RULE(GROWN, "grown", NOTE, BYTES, OF_MEMORY, 1,					\
	     "more since the record began", "leak -f FILE")				\
	RULE(SWAPPED, "swapped", NOTE, BYTES, OF_MEMORY, 1,				\
	     "more of the swap is used than when the record began", "leak -f FILE")	\
	RULE(REMOVED, "removed", NOTE, BYTES, OF_MEMORY, 1,				\
	     "charged by removed cgroups", "physical --by cgroup -k")			\
	RULE(SHMEM, "shmem", NOTE, BYTES, OF_MEMORY, 1,					\
	     "shared memory that its processes do not map, at least",			\
	     "share --if-stopped --cgroup PATH -k")						\
	RULE(UNMAPPED, "unmapped", NOTE, BYTES, OF_MEMORY, 2,				\
	     "shared memory that no process maps", "physical --files --holders -k")	\
	RULE(SEGMENT, "segment", NOTE, BYTES, OF_MEMORY, 1,				\
	     "System V segment that no process maps", "physical --files -k")		\
	RULE(DELETED, "deleted", NOTE, BYTES, OF_MEMORY, 1,				\
	     "deleted file that is open", "held PID --each -k")				\
	RULE(BUFFERS, "buffers", NOTE, BYTES, OF_MEMORY, 1,				\
	     "by descriptors alone", "held PID --each -k")				\
	RULE(WAITS, "waits", NOTE, NUMBER, FROM, 1,					\
	     "descriptors wait unread in a socket", "share --if-stopped PID -k")	\
	RULE(LOCKED, "locked", NOTE, BYTES, OF_MEMORY, 1,				\
	     "locked: never reclaimed", "-k -c pid,comm,mlocked -s mlocked")	\
	RULE(PINNED, "pinned", NOTE, BYTES, OF_MEMORY, 1,				\
	     "pinned, mapped or not", "-k -c pid,comm,pinned -s pinned")		\
	RULE(INCOMPRESSIBLE, "incompressible", NOTE, BYTES, OF_MEMORY, 1,		\
	     "swap in zram that does not compress", "system -k")			\
	RULE(AWAY, "away", NOTE, BYTES, OF_MEMORY, 1,					\
	     "on nodes whose CPUs it may not use", "--pid PID -c +nodes,policy")	\
	RULE(OUTSIDE, "outside", NOTE, BYTES, OF_MEMORY, 1,				\
	     "of a cgroup on nodes without a CPU of its cpuset",				\
	     "--cgroup PATH -k -c +nodes,policy")					\
	RULE(MERGED, "merged", NOTE, BYTES, OF_MEMORY, 1,				\
	     "saved by KSM: switched off, it is needed",				\
	     "-k -c +ksm_merged -s ksm_merged")						\
	RULE(UNUSED, "unused", NOTE, BYTES, OF_MEMORY, 1,				\
	     "huge pages that nobody uses", "system -k")				\
	RULE(DENTRIES, "dentries", NOTE, BYTES, OF_MEMORY, 1,				\
	     "negative dentries: can be reclaimed", "system -k")			\
	RULE(KERNEL, "kernel", NOTE, BYTES, OF_MEMORY, 1,				\
	     "objects of the kernel that cannot be reclaimed", "held --cgroup PATH -k")		\
	RULE(UNACCOUNTED, "unaccounted", NOTE, BYTES, OF_MEMORY, 5,			\
	     "in no counter of the kernel", "physical -k")

#define BRIEF_RULE_NUMBER(id, ...)	BRIEF_##id,
enum brief_rule {
	BRIEF_RULES_OF(BRIEF_RULE_NUMBER)
	BRIEF_RULES,
};

/**
 * struct brief_row - a rule
 * @name: for JSON, metrics and the page of the rules
 * @urgency: of what it finds
 * @unit: of amounts and of numbers that they are compared with
 * @test, @threshold: from where on it stands out
 * @says: what it is
 * @more: the command that shows more, without "memcensus"
 */
struct brief_row {
	const char *name;
	enum brief_urgency urgency;
	enum brief_unit unit;
	enum brief_test test;
	uint64_t threshold;
	const char *says;
	const char *more;
};

extern const struct brief_row brief_rules[BRIEF_RULES];
extern const char *const brief_urgencies[BRIEF_URGENCIES];

/**
 * struct brief_fact - a figure that a rule judges
 * @rule: which
 * @amount: in its unit
 * @limit: what @amount is a part of; 0: none
 * @what: more exact than what the rule says; NULL: that; owned
 * @who: process, cgroup, mount ...; NULL: the machine; owned
 * @path: of the cgroup, for the command; NULL: none; owned
 * @pid: process; 0: none
 * @since: since when, or when, ns since 1970; 0: unknown
 * @uncounted: this memory is in no counter of the kernel
 * @lasts: of a limit: to meet it is no fault, so it is never urgent
 * @order: number of the fact
 */
struct brief_fact {
	enum brief_rule rule;
	uint64_t amount;
	uint64_t limit;
	char *what;
	char *who;
	char *path;
	uint64_t pid;
	uint64_t since;
	bool uncounted;
	bool lasts;
	size_t order;
};

/* What is looked at. */
enum brief_look {
	BRIEF_LOOK_PROCESSES,
	BRIEF_LOOK_CGROUPS,
	BRIEF_LOOK_LIMITS,
	BRIEF_LOOK_KILLS,
	BRIEF_LOOK_PRESSURE,
	BRIEF_LOOK_SEGMENTS,
	BRIEF_LOOK_DESCRIPTORS,
	BRIEF_LOOK_ZRAM,
	BRIEF_LOOK_NODES,
	BRIEF_LOOK_KSM,
	BRIEF_LOOK_HUGEPAGES,
	BRIEF_LOOK_DENTRIES,
	BRIEF_LOOK_RECORD,
	BRIEF_LOOKS,
};

extern const char *const brief_look_names[BRIEF_LOOKS];

/**
 * struct brief_looked - whether it was looked at
 * @done: all of it, or as much as there is
 * @lacks: what of it was not, and why; NULL: nothing; owned
 * @failed: it could not be read; else it was left out to be quick
 * @more: the command that looks, without "memcensus"; NULL: none
 */
struct brief_looked {
	bool done;
	char *lacks;
	bool failed;
	const char *more;
};

/**
 * struct brief - the facts of a machine
 * @memory: MemTotal, bytes
 * @facts: @n of them, owned; after brief_judge() only those that stand out, the most urgent first
 * @looked: by enum brief_look
 */
struct brief {
	uint64_t memory;
	struct brief_fact *facts;
	size_t n;
	struct brief_looked looked[BRIEF_LOOKS];
};

/* Takes over the texts of @fact. */
void brief_add(struct brief *brief, const struct brief_fact *fact);

/* It was looked at @look, but not at what @lacks says, which it takes over; NULL: at all. */
void brief_look(struct brief *brief, enum brief_look look, char *lacks, const char *more);

/* It cannot be read, which @lacks says. */
void brief_look_failed(struct brief *brief, enum brief_look look, char *lacks);

/* Keeps the facts that stand out, and sorts them. */
void brief_judge(struct brief *brief);

enum brief_urgency brief_urgency(const struct brief_fact *fact);

/* Whether it stands out on a machine of @memory bytes. */
bool brief_stands_out(const struct brief_fact *fact, uint64_t memory);

/* The command that shows more, with "memcensus", which the caller frees.  @file: the record. */
char *brief_more(const struct brief_fact *fact, const char *file);

/* The amount as text: "64.0M", "65530", "12.3%"; the caller frees it. */
char *brief_amount(const struct brief_fact *fact);

/* The threshold of a rule as text: "1% of MemTotal, at least 16M"; the caller frees it. */
char *brief_threshold(const struct brief_row *row);

void brief_free(struct brief *brief);

#endif /* READER_BRIEF_H */
