/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users, and of cgroups of the default hierarchy, on this machine.
 */
#ifndef READER_NAMES_H
#define READER_NAMES_H

#include "lib/failure.h"
#include "model/snapshot.h"

/**
 * struct known_name - a user or cgroup that was looked up
 * @id: its number; first, for compare_u64()
 * @text: its name; NULL if only its number is known; owned
 * @number: @id in decimal
 */
struct known_name {
	uint64_t id;
	char *text;
	char number[24];
};

/*
 * The entry of @id in the tree @names of tsearch(3), NULL if empty; a new one, with only
 * its number, if there is none.
 */
struct known_name *known_names_get(void **names, uint64_t id);
void known_names_free(void **names);

/* Its name, or its number if @numeric or if it has no name. */
static inline const char *known_name_text(const struct known_name *name, bool numeric)
{
	return name->text && !numeric ? name->text : name->number;
}

/* Gives @snap the names of this machine, by name_live(). */
void names_live(struct snapshot *snap);

/* Each name is looked up once, and valid until names_forget().  Needs no snapshot. */
naming_fn name_live;

/* Frees them: a long-running program would keep the names of removed cgroups. */
void names_forget(void);

#endif /* READER_NAMES_H */
