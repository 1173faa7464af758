// SPDX-License-Identifier: GPL-2.0
/* Finds debug files. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/memory.h"
#include "tools/flame/debug-files.h"

static char *put_id(char *at, const uint8_t *bytes, size_t n)
{
	while (n--)
		at += sprintf(at, "%02x", *bytes++);
	return at;
}

static int open_regular(const char *path)
{
	const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || (!fstat(fd, &st) && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	return -1;
}

/* The cache of the client of debuginfod, as its manual page says; NULL: none. */
static char *cache_directory(void)
{
	const char *path = getenv("DEBUGINFOD_CACHE_PATH");
	const char *home = getenv("HOME");

	if (path && *path)
		return xstrdup(path);
	path = getenv("XDG_CACHE_HOME");
	if (path && *path)
		return xasprintf("%s/debuginfod_client", path);
	return home ? xasprintf("%s/.cache/debuginfod_client", home) : NULL;
}

int debug_files_open(const uint8_t *id, size_t n)
{
	char path[64 + 2 * BUILD_ID_MAX], hex[2 * BUILD_ID_MAX + 1], *cache, *cached;
	int fd;

	if (n < 2)
		return -1;
	strcpy(put_id(path + sprintf(path, "/usr/lib/debug/.build-id/%02x/", id[0]), id + 1, n - 1),
	       ".debug");
	fd = open_regular(path);
	cache = fd < 0 ? cache_directory() : NULL;
	if (!cache)
		return fd;
	put_id(hex, id, n);
	cached = xasprintf("%s/%s/debuginfo", cache, hex);
	fd = open_regular(cached);
	free(cached);
	free(cache);
	return fd;
}
