/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which file's code is at an address of a process.
 *
 * Files are opened when they are first seen, through /proc/PID: the file that the process
 * mapped, in its own root, also if it is deleted later.  The number of files is bounded.
 */
#ifndef READER_CODE_MAPS_H
#define READER_CODE_MAPS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"

/* Maximum number of objects. */
#define CODE_OBJECTS_MAX	4096
/* Object of an address that is in no executable mapping. */
#define CODE_UNKNOWN		0

/**
 * enum code_kind - what has the symbols of an object
 * @CODE_FILE: an ELF file
 * @CODE_JIT: no file; a map in the target's /tmp may name the code
 * @CODE_NAMED: nothing; the name says all
 */
enum code_kind {
	CODE_FILE,
	CODE_JIT,
	CODE_NAMED,
};

/**
 * struct code_object - something with code
 * @kind: where its symbols are
 * @name: path as the process sees it; owned
 * @fd: the open file, or the map of a CODE_JIT; -1: none
 * @pid: process of a CODE_JIT
 * @major, @minor, @inode: of the file
 */
struct code_object {
	enum code_kind kind;
	char *name;
	int fd;
	uint32_t pid;
	uint32_t major;
	uint32_t minor;
	uint64_t inode;
};

/**
 * struct code_objects - all objects of a run
 * @v, @n: index 0 is CODE_UNKNOWN; owned
 */
struct code_objects {
	struct code_object *v;
	size_t n;
};

/**
 * struct code_map - an executable mapping
 * @start, @end: its addresses
 * @offset: of @start in the file
 */
struct code_map {
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	uint32_t object;
};

/**
 * struct code_maps - the executable mappings of a process; all 0: none
 * @v, @n: in the order of addresses; owned
 * @generation: differs after each change, from all other maps too
 */
struct code_maps {
	struct code_map *v;
	size_t n;
	uint64_t generation;
};

/**
 * struct code_mapping - an executable mapping that appears
 * @start, @end, @offset: as struct code_map
 * @major, @minor, @inode: its file; inode 0: none
 */
struct code_mapping {
	uint32_t pid;
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	uint32_t major;
	uint32_t minor;
	uint64_t inode;
	const char *name;
};

/* Adds a mapping, which replaces what was there. */
void code_maps_add(struct code_maps *maps, struct code_objects *objects,
		   const struct code_mapping *mapping);

/* Adds the executable mappings that @pid has now. 0, or -1 and @why. */
int code_maps_read(struct code_maps *maps, struct code_objects *objects, uint32_t pid,
		   struct failure *why);

void code_maps_copy(struct code_maps *to, const struct code_maps *from);

/* The mapping of @addr; NULL: none is known. */
const struct code_map *code_maps_find(const struct code_maps *maps, uint64_t addr);

void code_maps_free(struct code_maps *maps);

/* Opens the map that a JIT of the process wrote, if any; to be called late. */
void code_object_open_jit(struct code_object *object);

void code_objects_free(struct code_objects *objects);

#endif /* READER_CODE_MAPS_H */
