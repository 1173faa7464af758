// SPDX-License-Identifier: GPL-2.0
/* Which file's code is at an address of a process. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults/code-maps.h"
#include "lib/memory.h"
#include "os/process.h"
#include "os/procfs.h"

/* A process may have at most this many executable mappings here. */
#define MAPS_MAX	65536

/*
 * The link of the mapping is the file itself, but needs a live process.  Its path in the
 * process's root, or in ours, may have been replaced, so the inode must be the same.
 */
static int open_object(const struct code_mapping *mapping)
{
	static const char *const roots[] = { "/proc/%" PRIu32 "/root%s", "%.0" PRIu32 "%s" };
	char path[4096 + 64];
	struct statx stat;
	size_t i;
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/map_files/%" PRIx64 "-%" PRIx64,
		 mapping->pid, mapping->start, mapping->end);
	fd = procfs_reopen(open(path, O_PATH | O_CLOEXEC), &stat);
	for (i = 0; fd < 0 && i < 2 && mapping->name[0] == '/'; i++) {
		snprintf(path, sizeof(path), roots[i], i ? 0 : mapping->pid, mapping->name);
		fd = procfs_reopen(open(path, O_PATH | O_CLOEXEC), &stat);
		if (fd >= 0 && (stat.stx_ino != mapping->inode ||
				(i && (stat.stx_dev_major != mapping->major ||
				       stat.stx_dev_minor != mapping->minor)))) {
			close(fd);
			fd = -1;
		}
	}
	return fd;
}

static enum code_kind kind_of(const struct code_mapping *mapping)
{
	if (mapping->inode)
		return CODE_FILE;
	if (!strcmp(mapping->name, "[vdso]") || !strcmp(mapping->name, "[vsyscall]") ||
	    !strcmp(mapping->name, "[uprobes]"))
		return CODE_NAMED;
	return CODE_JIT;
}

static bool is_object(const struct code_object *object, enum code_kind kind,
		      const struct code_mapping *mapping)
{
	if (object->kind != kind)
		return false;
	if (kind == CODE_JIT)
		return object->pid == mapping->pid;
	return object->inode == mapping->inode && object->major == mapping->major &&
	       object->minor == mapping->minor && !strcmp(object->name, mapping->name);
}

static void append(struct code_objects *objects, struct code_object object)
{
	objects->v = array_grow(objects->v, objects->n, sizeof(object));
	objects->v[objects->n++] = object;
}

/* The number of the object of @mapping; CODE_UNKNOWN: there are too many. */
static uint32_t find_object(struct code_objects *objects, const struct code_mapping *mapping)
{
	struct code_object object = {
		.kind = kind_of(mapping), .fd = -1, .pid = mapping->pid,
		.major = mapping->major, .minor = mapping->minor, .inode = mapping->inode,
	};
	const struct code_object unknown = { .kind = CODE_NAMED, .fd = -1, .name = NULL };
	size_t i;

	if (!objects->n)
		append(objects, unknown);
	for (i = 1; i < objects->n; i++)
		if (is_object(&objects->v[i], object.kind, mapping))
			return (uint32_t)i;
	if (i == CODE_OBJECTS_MAX)
		return CODE_UNKNOWN;
	object.name = xstrdup(object.kind == CODE_JIT ? "[JIT]" : mapping->name);
	if (object.kind == CODE_FILE)
		object.fd = open_object(mapping);
	append(objects, object);
	return (uint32_t)i;
}

static void insert(struct code_maps *maps, size_t at, struct code_map map)
{
	struct code_map *v;

	if (maps->n == MAPS_MAX)
		return;
	maps->v = array_grow(maps->v, maps->n, sizeof(map));
	v = maps->v;
	memmove(v + at + 1, v + at, (maps->n++ - at) * sizeof(*v));
	v[at] = map;
}

/* Index of the first mapping that ends above @addr. */
static size_t first_above(const struct code_maps *maps, uint64_t addr)
{
	return FIRST_NOT(maps->n, i, maps->v[i].end <= addr);
}

void code_maps_add(struct code_maps *maps, struct code_objects *objects,
		   const struct code_mapping *mapping)
{
	static uint64_t generations;
	const struct code_map map = {
		mapping->start, mapping->end, mapping->offset, find_object(objects, mapping),
	};
	size_t at = first_above(maps, mapping->start);
	struct code_map *old, rest;

	maps->generation = ++generations;
	while (at < maps->n && maps->v[at].start < map.end) {
		old = &maps->v[at];
		rest = *old;
		if (old->start < map.start) {
			old->end = map.start;
			at++;
		} else {
			memmove(old, old + 1, (--maps->n - at) * sizeof(*old));
		}
		if (rest.end > map.end) {
			rest.offset += map.end - rest.start;
			rest.start = map.end;
			insert(maps, at, rest);
		}
	}
	insert(maps, at, map);
}

int code_maps_read(struct code_maps *maps, struct code_objects *objects, uint32_t pid,
		   struct failure *why)
{
	struct code_mapping mapping = { .pid = pid };
	char mode[5], path[32], *line = NULL, *name;
	unsigned int major, minor;
	size_t size = 0;
	FILE *file;
	int at;

	snprintf(path, sizeof(path), "%" PRIu32 "/maps", pid);
	file = procfs_open(path, why);
	if (!file)
		return -1;
	/* A path may be longer than PATH_MAX: the kernel writes a newline as \012. */
	while (getline(&line, &size, file) > 0) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 "%n",
			   &mapping.start, &mapping.end, mode, &mapping.offset,
			   &major, &minor, &mapping.inode, &at) != 7 || mode[2] != 'x')
			continue;
		mapping.major = major;
		mapping.minor = minor;
		name = line + at + strspn(line + at, " ");
		name[strcspn(name, "\n")] = '\0';
		mapping.name = name;
		code_maps_add(maps, objects, &mapping);
	}
	free(line);
	fclose(file);
	return 0;
}

void code_maps_copy(struct code_maps *to, const struct code_maps *from)
{
	size_t i;

	*to = (struct code_maps){ .generation = from->generation };
	for (i = 0; i < from->n; i++)
		insert(to, i, from->v[i]);
}

const struct code_map *code_maps_find(const struct code_maps *maps, uint64_t addr)
{
	const size_t at = first_above(maps, addr);

	return at < maps->n && maps->v[at].start <= addr ? &maps->v[at] : NULL;
}

void code_maps_free(struct code_maps *maps)
{
	free(maps->v);
	*maps = (struct code_maps){ .n = 0 };
}

/* The PID of @pid in its own namespace: the last of NSpid. */
static uint32_t own_pid(uint32_t pid)
{
	char text[4096], *line, *tab;

	if (!process_read(pid, "status", text, sizeof(text)))
		return pid;
	line = strstr(text, "\nNSpid:");
	if (!line)
		return pid;
	line[1 + strcspn(line + 1, "\n")] = '\0';
	tab = strrchr(line, '\t');
	return tab ? (uint32_t)strtoul(tab + 1, NULL, 10) : pid;
}

void code_object_open_jit(struct code_object *object)
{
	char path[80];
	struct statx stat;
	uint32_t user;

	if (object->kind != CODE_JIT || object->fd >= 0)
		return;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/root/tmp/perf-%" PRIu32 ".map",
		 object->pid, own_pid(object->pid));
	object->fd = procfs_reopen(open(path, O_PATH | O_CLOEXEC), &stat);
	/* Anybody can write to /tmp: only the process's user, or root, may name its code. */
	if (object->fd < 0 || !stat.stx_uid ||
	    (process_user(object->pid, &user) && user == stat.stx_uid))
		return;
	close(object->fd);
	object->fd = -1;
}

void code_objects_free(struct code_objects *objects)
{
	size_t i;

	for (i = 0; i < objects->n; i++) {
		free(objects->v[i].name);
		if (objects->v[i].fd >= 0)
			close(objects->v[i].fd);
	}
	free(objects->v);
	*objects = (struct code_objects){ .n = 0 };
}
