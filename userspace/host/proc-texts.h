/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Texts beside a census: what the module cannot give, read in the moment
 * after it and kept with it, so that a record holds it too.
 *
 * A command reads them from the snapshot only; struct request says which it
 * needs.
 */
#ifndef READER_PROC_TEXTS_H
#define READER_PROC_TEXTS_H

#include "lib/failure.h"
#include "model/snapshot.h"

/* Bits by which a request asks for them; in the order of the list in beside.c. */
enum proc_texts_bit {
	PROC_TEXTS_BIT_MEMINFO = 1 << 0,
	PROC_TEXTS_BIT_VM = 1 << 1,
	PROC_TEXTS_BIT_SLABINFO = 1 << 2,
	PROC_TEXTS_BIT_ALL = (1 << 3) - 1,
};

/* Their names: the file /proc/meminfo as it is, */
#define PROC_TEXTS_MEMINFO	"meminfo"
/* the files of /proc/sys/vm, each a line "NAME VALUE", */
#define PROC_TEXTS_VM	"vm"
/* the file /proc/slabinfo as it is, */
#define PROC_TEXTS_SLABINFO	"slabinfo"
/* and, made when a census is recorded, lines "NUMBER NAME". */
#define PROC_TEXTS_USERS	"users"
#define PROC_TEXTS_CGROUPS	"cgroups"

/*
 * Reads those of @bits on this machine into @snap.  One that cannot be read is
 * left out, and so unknown.  0, or -1 and @why without memory.
 */
int proc_texts_read(struct snapshot *snap, unsigned int bits, struct failure *why);

/* Adds the first @len bytes of @text, up to a NUL. 0, or -1 and @why. */
int proc_texts_add(struct snapshot *snap, const char *name, const char *text,
		   size_t len, struct failure *why);

/* The text @name; NULL where there is none. */
const char *proc_texts_find(const struct snapshot *snap, const char *name);

/* Fills what @snap says by these texts: meminfo. 0, or -1 and @why. */
int proc_texts_apply(struct snapshot *snap, struct failure *why);

#endif /* READER_PROC_TEXTS_H */
