/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether the code of a program keeps frame pointers, as its unwind table says.
 *
 * A child without privileges parses the file: it is hostile input.
 */
#ifndef READER_FRAME_POINTERS_H
#define READER_FRAME_POINTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "faults/code-maps.h"

/**
 * enum frame_pointers - of most functions of a file that have a frame; of a static one, which
 *	has its libraries in it, of main()
 * @FRAME_POINTERS_UNKNOWN: it is no ELF file of this machine, has no unwind table, or is
 *	static and stripped
 */
enum frame_pointers {
	FRAME_POINTERS_UNKNOWN,
	FRAME_POINTERS_KEPT,
	FRAME_POINTERS_OMITTED,
};

/* Looks into the ELF file @fd.  @is_static may be NULL. */
enum frame_pointers frame_pointers_of(int fd, bool *is_static);

/*
 * Opens the program that @word names, as execvp(3) finds it, or the interpreter of that
 * script.  -1: it cannot be opened.
 */
int frame_pointers_open_word(const char *word);

/*
 * Those of a whole process: omitted if any file with much of its code omits them, because its
 * functions break the chain of all callers.  @maps, @objects: its code.  Of a command that is
 * not running, its program and the C library of this process count; unless it is static.
 * @file is set to the name of a file that omits them.
 */
enum frame_pointers frame_pointers_of_process(const struct code_maps *maps,
					      const struct code_objects *objects,
					      const char **file);
enum frame_pointers frame_pointers_of_command(const char *word, const char **file);

#endif /* READER_FRAME_POINTERS_H */
