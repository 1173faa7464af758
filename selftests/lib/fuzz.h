/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests that no program writes, and whether the answers are right.
 *
 * A datagram is made from random numbers (fuzz_build.c), what the kernel must
 * answer to it is said from its bytes alone (fuzz_expect.c), then it is sent and
 * each answer is held against that (fuzz_talk.c). The same seed makes the same
 * datagram.
 */
#ifndef _FUZZ_H
#define _FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi_table.h"
#include "client.h"

/* A stream of numbers that its seed makes again. */
struct fuzz_random {
	uint64_t state;
};

uint64_t fuzz_mix(uint64_t a, uint64_t b);
uint64_t fuzz_next(struct fuzz_random *r);
/* 0 to @n - 1 */
uint32_t fuzz_below(struct fuzz_random *r, uint32_t n);
/* True once in @n times. */
bool fuzz_one_in(struct fuzz_random *r, uint32_t n);

/**
 * struct fuzz_target - who is asked, and for whom
 * @family: number of the family
 * @alive: processes that live until the end
 * @kthread: a kernel thread
 * @zombie: a process that has exited
 */
struct fuzz_target {
	uint16_t family;
	uint32_t alive[3], kthread, zombie;
};

/* The longest datagram, and so the longest answer: an error holds its request. */
#define FUZZ_ROOM	524288

/* A datagram of one message or more in @buf of FUZZ_ROOM bytes: its length. */
size_t fuzz_build(struct fuzz_random *r, const struct fuzz_target *target,
		  unsigned char *buf);

/* Errors that are documented, as bits. */
enum fuzz_errors {
	FUZZ_EINVAL = 1,
	FUZZ_ERANGE = 2,
	FUZZ_EOPNOTSUPP = 4,
	FUZZ_EBUSY = 8,
	FUZZ_ENOENT = 16,
	FUZZ_NONE = 32,
};

/* The bit of @error, positive; 0 where it is none of them. */
unsigned int fuzz_error_bit(int error);

/**
 * enum fuzz_what - what comes next for a message
 * @FUZZ_ACK: an acknowledgment, or an error
 * @FUZZ_INFO: INFO
 * @FUZZ_DUMP: INFO and all that follows; or the end of a dump with an error
 */
enum fuzz_what {
	FUZZ_ACK,
	FUZZ_INFO,
	FUZZ_DUMP,
};

/**
 * struct fuzz_expect - one answer
 * @what: &enum fuzz_what
 * @seq: its number
 * @errors: &enum fuzz_errors that it may be; FUZZ_NONE: good
 * @text: an error comes with words
 * @request: of a dump, what was asked for; its PIDS are in the datagram
 * @parts_given: PARTS were named
 * @strange: PIDS that may or may not be processes
 */
struct fuzz_expect {
	enum fuzz_what what;
	uint32_t seq;
	unsigned int errors;
	bool text;
	struct census_request request;
	bool parts_given, strange;
};

#define FUZZ_EXPECTS_MAX	256

/* Answers to @len bytes, in their order: how many, FUZZ_EXPECTS_MAX at most. */
unsigned int fuzz_expect(const struct fuzz_target *target,
			 const unsigned char *buf, size_t len,
			 struct fuzz_expect *expects);

/**
 * struct fuzz_counts - what was sent and what came
 * @scans: dumps read to their end that looked at processes
 * @torn: rounds whose answers were cut by a small buffer
 * @closed: sockets closed with a dump under way
 */
struct fuzz_counts {
	uint64_t messages, datagrams, infos, dumps, scans, answers, acks;
	uint64_t errors[6], torn, peeks, closed;
};

/**
 * struct fuzz_failure - the first thing that was wrong
 * @text: "" where nothing was
 */
struct fuzz_failure {
	char text[512];
	unsigned int worker;
	uint64_t round;
	size_t len;
	unsigned char datagram[256];
};

/**
 * struct fuzz_worker - one who sends and receives
 * @seed: of the run
 * @number: of the worker
 * @counts: shared with the process that sums up; so @failure
 */
struct fuzz_worker {
	uint64_t seed;
	unsigned int number;
	struct fuzz_target target;
	struct fuzz_counts *counts;
	struct fuzz_failure *failure;
};

/* Opens what a worker needs; it ends with its process. */
void fuzz_worker_begin(struct fuzz_worker *w);
/* One datagram and its answers; false where they were wrong. */
bool fuzz_round(struct fuzz_worker *w, uint64_t round);
/* Threads that send and receive on one socket, which one of them closes. */
bool fuzz_crowd(struct fuzz_worker *w, uint64_t round);

/* One text file, @n operations on it: NULL, or what was wrong. */
const char *fuzz_file(const char *path, uint64_t seed, unsigned int n);

#endif /* _FUZZ_H */
