/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users and cgroups on this machine.
 */
#ifndef READER_NAMES_H
#define READER_NAMES_H

#include "model/snapshot.h"

/**
 * struct known_name - a user or cgroup that was looked up
 * @id: its number
 * @text: its name; NULL if only its number is known; owned
 * @number: @id in decimal
 */
struct known_name {
	struct known_name *next;
	uint64_t id;
	char *text;
	char number[24];
};

#define KNOWN_BUCKETS	1024

/* A hash table of them; zeroed: empty. */
struct known_names {
	struct known_name *buckets[KNOWN_BUCKETS];
};

/* The entry of @id; a new one, with only its number, if there is none. */
struct known_name *known_names_get(struct known_names *names, uint64_t id);
void known_names_free(struct known_names *names);

/* Its name, or its number if @numeric or if it has no name. */
static inline const char *known_name_text(const struct known_name *name, bool numeric)
{
	return name->text && !numeric ? name->text : name->number;
}

/*
 * The name of user @uid, or its number in decimal if @numeric or if it has no
 * name.  Each is looked up once; the text is valid until names_forget().
 */
const char *user_name(uint64_t uid, bool numeric);

/* Gives @snap the names of this machine, valid until names_forget(). */
void names_live(struct snapshot *snap);
naming_fn name_live;

/* Frees them: a long-running program would keep the names of removed cgroups. */
void names_forget(void);

#endif /* READER_NAMES_H */
