/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runtimes of containers say of the cgroups of this machine, by the files that they keep:
 * without their programs, their sockets, and a network.
 *
 * These files have what users choose.  Each is read up to a bound, without waiting and without
 * following a link; those below the home of a user by a child with the rights of that user, for a
 * second at most, and only for cgroups in the slice of that user.
 */
#ifndef READER_CONTAINERS_H
#define READER_CONTAINERS_H

#include <stdint.h>

/*
 * Facts of the container or pod that cgroup @id with @path is of, see model/cgroup-name.h; "":
 * it is of none, or nothing is known of it.  Each cgroup is looked up once.  Valid until
 * containers_forget().
 */
const char *container_facts(uint64_t id, const char *path);

/* A new census may have new cgroups: lists of containers are read again for these. */
void containers_renew(void);

/* Frees all facts; see names_forget(). */
void containers_forget(void);

/* Sets where the root of this machine is mounted; NULL, the default: at /. */
void containers_root(const char *dir);

#endif /* READER_CONTAINERS_H */
