/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random requests, and a check of the answers.
 *
 * fuzz_build.c makes a datagram from random numbers; fuzz_expect.c derives the
 * expected answers from its bytes alone; fuzz_talk.c sends it and checks each
 * answer. The same seed makes the same datagram.
 */
#ifndef _FUZZ_H
#define _FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/abi_table.h"
#include "client/client.h"

/* A pseudo-random sequence, reproducible from its seed. */
struct fuzz_random {
	uint64_t state;
};

uint64_t fuzz_mix(uint64_t a, uint64_t b);
uint64_t fuzz_next(struct fuzz_random *r);
/* 0 to @n - 1 */
uint32_t fuzz_below(struct fuzz_random *r, uint32_t n);
/* True with probability 1/@n. */
bool fuzz_one_in(struct fuzz_random *r, uint32_t n);

/**
 * struct fuzz_target - the family, and processes to request
 * @family: number of the family
 * @subjects: that the module was built with, MEMCENSUS_SUBJECT_*
 * @alive: processes that live until the end
 * @kthread: a kernel thread
 * @zombie: a process that has exited
 */
struct fuzz_target {
	uint16_t family;
	uint32_t subjects;
	uint32_t alive[3], kthread, zombie;
};

/* The longest datagram. An answer is no longer: an error contains its request. */
#define FUZZ_ROOM	524288

/* Makes a datagram of messages in @buf of FUZZ_ROOM bytes; returns its length. */
size_t fuzz_build(struct fuzz_random *r, const struct fuzz_target *target,
		  unsigned char *buf);

/* Documented errors, as bits. */
enum fuzz_errors {
	FUZZ_EINVAL = 1,
	FUZZ_ERANGE = 2,
	FUZZ_EOPNOTSUPP = 4,
	FUZZ_EBUSY = 8,
	FUZZ_ENOENT = 16,
	FUZZ_NONE = 32,
};

/* The bit of @error, a positive errno; 0 if it is not documented. */
unsigned int fuzz_error_bit(int error);

/**
 * enum fuzz_what - answer to a message
 * @FUZZ_ACK: an acknowledgment, or an error
 * @FUZZ_INFO: INFO
 * @FUZZ_DUMP: INFO and the rest of a dump; or the end of a dump with an error
 */
enum fuzz_what {
	FUZZ_ACK,
	FUZZ_INFO,
	FUZZ_DUMP,
};

/**
 * struct fuzz_expect - one expected answer
 * @what: &enum fuzz_what
 * @seq: sequence number
 * @errors: allowed &enum fuzz_errors; FUZZ_NONE: success
 * @text: an error has a message
 * @request: options of a dump; its PIDS are in the datagram
 * @parts_given: the request has PARTS
 * @strange: the request has PIDS that may or may not exist, or a reader who may see some
 * @reader: the request has a reader, who gets no sums
 * @physical: a PHYSICAL dump, which is no census
 */
struct fuzz_expect {
	enum fuzz_what what;
	uint32_t seq;
	unsigned int errors;
	bool text;
	struct census_request request;
	bool parts_given, strange, reader, physical;
};

#define FUZZ_EXPECTS_MAX	256

/* Expected answers to @len bytes, in order; returns how many, up to FUZZ_EXPECTS_MAX. */
unsigned int fuzz_expect(const struct fuzz_target *target,
			 const unsigned char *buf, size_t len,
			 struct fuzz_expect *expects);

/**
 * struct fuzz_counts - numbers of messages sent and received
 * @scans: dumps of processes that were read to the end
 * @torn: rounds whose answers a small buffer truncated
 * @closed: sockets closed during a dump
 */
struct fuzz_counts {
	uint64_t messages, datagrams, infos, dumps, scans, answers, acks;
	uint64_t errors[6], torn, peeks, closed;
};

/**
 * struct fuzz_failure - the first error
 * @text: "" if there was none
 */
struct fuzz_failure {
	char text[512];
	unsigned int worker;
	uint64_t round;
	size_t len;
	unsigned char datagram[256];
};

/**
 * struct fuzz_worker - a process that sends and receives
 * @seed: seed of the run
 * @number: number of the worker
 * @counts: shared with the parent, as @failure
 */
struct fuzz_worker {
	uint64_t seed;
	unsigned int number;
	struct fuzz_target target;
	struct fuzz_counts *counts;
	struct fuzz_failure *failure;
};

/* Sets up a worker; the resources end with its process. */
void fuzz_worker_begin(struct fuzz_worker *w);
/* One datagram and its answers; false if these were wrong. */
bool fuzz_round(struct fuzz_worker *w, uint64_t round);
/* Threads send and receive on one socket, and one of them closes it. */
bool fuzz_crowd(struct fuzz_worker *w, uint64_t round);

/* @n operations on one text file: NULL, or the error. */
const char *fuzz_file(const char *path, uint64_t seed, unsigned int n);

#endif /* _FUZZ_H */
