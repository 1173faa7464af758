/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cgroups of the default hierarchy on this machine: their paths, processes and files.
 */
#ifndef READER_CGROUPS_H
#define READER_CGROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/process.h"

/*
 * The path of cgroup @id from the root of the hierarchy, which is "/".  Its number
 * in decimal if @numeric, or if it has no directory: it was removed, and was not known
 * before or another has its path now; or it lies outside of this cgroup namespace.
 * Reads the tree when a path is first missing, and again
 * after cgroups_renew().  The text is valid until cgroups_forget().
 */
const char *cgroup_path(uint64_t id, bool numeric);

/* A new census may have new cgroups: the next missing path reads the tree again. */
void cgroups_renew(void);

/* Frees all paths; see names_forget(). */
void cgroups_forget(void);

/**
 * struct cgroup_place - a cgroup of this machine
 * @id, @parent: its ID and that of the one above it; 0: it is the root
 * @dir: its directory
 * @fd: the same, open for reading; -1: it was removed
 * @path: the same from the root
 */
struct cgroup_place {
	uint64_t id;
	uint64_t parent;
	const char *dir;
	int fd;
	const char *path;
};

/*
 * Calls @each for the cgroup with the directory @dir, NULL: the root, and all below it, each after
 * the one above it.  Returns how many there are.
 */
size_t cgroups_each(const char *dir, void (*each)(const struct cgroup_place *place, void *context),
		    void *context);

/* Keeps the path of @place for cgroup_path(): of one who reads the tree anyway. */
void cgroup_known(const struct cgroup_place *place);

/* Why paths of this machine do not tell all cgroups apart; or NULL. */
const char *cgroups_lack(void);

/*
 * Whether the kernel charges no memory to cgroups of the hierarchy: it was started with
 * cgroup_disable=memory, or the controller is in a hierarchy of version 1.  False if unknown.
 */
bool cgroups_uncharged(void);

/* The mount point of the hierarchy; NULL: it is not mounted. */
const char *cgroups_mount(void);

/* Sets the mount point, for tests; call it before the first cgroup_path(). */
void cgroups_root(const char *dir);

/*
 * Adds the processes of the cgroup @path and of those below it.  @path is from the root of
 * the hierarchy, as the census shows it, or is its directory.  0, or -1 and @why: there is no
 * such cgroup, or it has no process.
 */
int cgroup_processes(struct ids *ids, const char *path, struct failure *why);

/*
 * Whether the root of the hierarchy has processes of another PID namespace: then this one is not
 * that of the machine, whose kernel threads are there.  False if unknown, and in a cgroup
 * namespace.
 */
bool cgroups_have_others(void);

/* The path of the cgroup that @pid is in, which the caller frees; NULL: it is gone, or unknown. */
char *cgroup_of_process(uint32_t pid);

/* 0, or -1 and @why: there is no such cgroup.  0 too if there is no default hierarchy. */
int cgroup_check(const char *path, struct failure *why);

/* Whether there is a cgroup @path; *@id: its number, else 0. */
bool cgroup_id(const char *path, uint64_t *id);

/* The name of @file of the cgroup, which the caller frees; NULL: there is no such cgroup. */
char *cgroup_file(const char *path, const char *file);

/* Reads it into @text of @size bytes, as text_of_file(); the length, 0 without a file. */
size_t cgroup_read(const char *path, const char *file, char *text, size_t size);

/* Reads its first line, as text_line(). */
bool cgroup_line(const char *path, const char *file, char *line, size_t size);

#endif /* READER_CGROUPS_H */
