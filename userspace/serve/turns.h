/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the connections of a user have in common: their number, and turns for their requests, so
 * that a user costs the same with one connection as with many.
 */
#ifndef SERVE_TURNS_H
#define SERVE_TURNS_H

#include <stdint.h>
#include <sys/types.h>

/* Connections of a user at a time. */
#define TURNS_CONNECTIONS	8

/* How often the time that a request took passes until the next one. */
#define TURNS_REST		4

/**
 * struct turns - a connection of a user
 * @file: of all users
 * @uid: the user
 * @begun: ns of CLOCK_MONOTONIC, of this turn
 */
struct turns {
	int file;
	uid_t uid;
	uint64_t begun;
};

/*
 * Counts a connection of the user @uid until this process ends.  @dir: directory that keeps it.
 * Returns NULL, or what is wrong.
 */
const char *turns_connect(struct turns *turns, const char *dir, uid_t uid);

/* Waits until it is the turn of this connection.  Returns NULL, or what is wrong. */
const char *turns_begin(struct turns *turns);

/* Waits, in a turn, until another user may be alone.  Returns NULL, or what is wrong. */
const char *turns_alone(struct turns *turns);

/* Another user may be alone, after @pause ns. */
void turns_join(struct turns *turns, uint64_t pause);

/* The next turn begins after a request that takes @ns from now, however this process ends. */
void turns_owe(struct turns *turns, uint64_t ns);

/* The next turn begins after @pause ns, or after TURNS_REST times what this one took. */
void turns_pay(struct turns *turns, uint64_t pause);

/* As turns_pay(), and ends the turn. */
void turns_end(struct turns *turns, uint64_t pause);

#endif /* SERVE_TURNS_H */
