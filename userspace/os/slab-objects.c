// SPDX-License-Identifier: GPL-2.0
/* Sizes of the kernel's objects. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/slab-objects.h"

#define SLABS		"/sys/kernel/slab"
#define CACHES_MOST	32
/* The kernel keeps a pointer to the cgroup for each charged object, and charges it too. */
#define CHARGE_BYTES	8
/* A larger one is of pages. */
#define KMALLOC_MOST	8192

struct cache {
	char *name;
	struct amount size;
};

static struct amount read_size(const char *name)
{
	char *path = xasprintf(SLABS "/%s/slab_size", name), text[32];
	struct amount size = { false, 0 };
	uint64_t bytes;

	if (text_line(path, text, sizeof(text))) {
		size.known = text_number(text, strlen(text), &bytes);
		size.bytes = size.known ? (int64_t)bytes + CHARGE_BYTES : 0;
	} else {
		size.known = errno == ENOENT && !access(SLABS, F_OK);
	}
	free(path);
	return size;
}

struct amount object_of(const char *name)
{
	static struct cache caches[CACHES_MOST];
	static size_t n;
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(caches[i].name, name))
			return caches[i].size;
	if (n == CACHES_MOST)
		return read_size(name);
	caches[n] = (struct cache){ xstrdup(name), read_size(name) };
	return caches[n++].size;
}

/* @prefix: of the caches for what is charged, or for all else. */
static struct amount object_of_class(const char *prefix, uint64_t class)
{
	const bool kib = class >= 1024;
	char name[48];

	snprintf(name, sizeof(name), "%s-%" PRIu64 "%s", prefix, kib ? class / 1024 : class,
		 kib ? "k" : "");
	return object_of(name);
}

uint64_t own_pages(uint64_t bytes)
{
	return whole_pages(bytes, (uint64_t)sysconf(_SC_PAGESIZE));
}

struct amount object_of_size(uint64_t bytes)
{
	uint64_t class = 64;
	struct amount size;

	if (bytes > KMALLOC_MOST)
		return amount_of(true, own_pages(bytes));
	while (class < bytes)
		class *= 2;
	if (bytes > 128 && bytes <= 192)
		class = 192;
	size = object_of_class("kmalloc-cg", class);
	/* A kernel without cgroups for memory has only these. */
	return size.known && !size.bytes ? object_of_class("kmalloc", class) : size;
}
