/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a reader may learn of a process: all of it if the process is in the PID namespace of the
 * reader or below it, as in its /proc, else nothing: no name, user, cgroup, time or figure of its
 * own.  All answers ask here, and no other file converts a struct pid to a number.
 */
#ifndef _CENSUS_VISIBLE_H
#define _CENSUS_VISIBLE_H

#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/types.h>

/**
 * census_visible_pid() - decide whether a reader may learn of a process
 * @pid: of the process, which may have exited; NULL: unknown
 * @ns: PID namespace of the reader
 *
 * Return: its number in @ns; 0: the reader may not learn of it.
 */
static inline pid_t census_visible_pid(struct pid *pid, struct pid_namespace *ns)
{
	return pid_nr_ns(pid, ns);
}

/* Checks whether a reader in @ns may learn of all processes, so of what cannot be told apart. */
static inline bool census_sees_all(const struct pid_namespace *ns)
{
	return ns == &init_pid_ns;
}

#endif /* _CENSUS_VISIBLE_H */
