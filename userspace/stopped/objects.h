/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What fdinfo alone does not say of the objects that processes hold: rings of sockets, and which
 * pages that an io_uring pins nothing maps.
 */
#ifndef READER_OBJECTS_H
#define READER_OBJECTS_H

#include "stopped/stopping.h"

/* Asks for all objects that descriptors of the groups are of.  0, or -1 and @why. */
int objects_ask(struct stopping *s, struct failure *why);

#endif /* READER_OBJECTS_H */
