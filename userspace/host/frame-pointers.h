/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether the code of a program keeps frame pointers, as its unwind table says.
 *
 * A child without privileges parses the file: it is hostile input.
 */
#ifndef READER_FRAME_POINTERS_H
#define READER_FRAME_POINTERS_H

#include <stdint.h>

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

/* Looks into the ELF file @fd. */
enum frame_pointers frame_pointers_of(int fd);

/*
 * Opens the program of @pid; the one that @word names, as execvp(3) finds it, or the
 * interpreter of that script.  -1: it cannot be opened.
 */
int frame_pointers_open_pid(uint32_t pid);
int frame_pointers_open_word(const char *word);

#endif /* READER_FRAME_POINTERS_H */
