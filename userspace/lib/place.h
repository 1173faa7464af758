/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The place of a file that a program writes: a name in a directory that is held open, so that
 * who renames directories meanwhile does not move the place.
 *
 * The functions return 0 or an error number.
 */
#ifndef READER_PLACE_H
#define READER_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct place - a name in a directory
 * @dir: the directory, O_PATH
 * @name: without a slash; owned
 */
struct place {
	int dir;
	char *name;
};

/* Opens the directory of @path; the name need not exist. */
int place_open(struct place *place, const char *path);
void place_close(struct place *place);

/*
 * Opens what the name means, a link followed, as the kernel permits: with O_CREAT, without which
 * fs.protected_regular and fs.protected_fifos do not act.  ENOLINK: it is a link to nothing.
 */
int place_open_file(const struct place *place, int flags, int *fd);

/* Makes a new file of that name, which no link redirects. EEXIST: there is one. */
int place_make(const struct place *place, const char *name, int flags, mode_t mode, int *fd);

/* Gives the name to the file @from of the same directory; EEXIST: @keep, and the name is used. */
int place_take(const struct place *place, const char *from, bool keep);

/* Whether the name is that of the open file @fd, not by a link: 0, ESTALE, or ENOENT if unused. */
int place_check(const struct place *place, int fd);

/* Writes the directory to the disk, so that a crash does not undo the new name. */
void place_sync(const struct place *place);

/* Copies the bytes from @at up to @end of the file @from to the offset of @to. */
int file_copy(int to, int from, off_t at, off_t end);

#endif /* READER_PLACE_H */
