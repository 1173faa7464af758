/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names that were looked up, each once, by number.
 */
#ifndef READER_KNOWN_NAMES_H
#define READER_KNOWN_NAMES_H

#include <stdbool.h>
#include <stdint.h>

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

#endif /* READER_KNOWN_NAMES_H */
