// SPDX-License-Identifier: GPL-2.0
/* Finds debug files, and the packages that have them. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/debug-files.h"

static char *put_id(char *at, const uint8_t *bytes, size_t n)
{
	while (n--)
		at += sprintf(at, "%02x", *bytes++);
	return at;
}

void debug_files_path(char *path, const struct build_id *id)
{
	path += sprintf(path, "/usr/lib/debug/.build-id/%02x/", id->bytes[0]);
	strcpy(put_id(path, id->bytes + 1, id->n - 1), ".debug");
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

int debug_files_open(const struct build_id *id)
{
	char path[DEBUG_FILES_PATH], hex[2 * BUILD_ID_MAX + 1], *cache, *cached;
	int fd;

	if (id->n < 2)
		return -1;
	debug_files_path(path, id);
	fd = open_regular(path);
	cache = fd < 0 ? cache_directory() : NULL;
	if (!cache)
		return fd;
	put_id(hex, id->bytes, id->n);
	cached = xasprintf("%s/%s/debuginfo", cache, hex);
	fd = open_regular(cached);
	free(cached);
	free(cache);
	return fd;
}

/* Whether the list @name in @dir has the line @path. */
static bool list_has(int dir, const char *name, const char *path)
{
	const int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	FILE *list = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (list && !found && getline(&line, &size, list) > 0) {
		line[strcspn(line, "\n")] = '\0';
		found = !strcmp(line, path);
	}
	free(line);
	if (list)
		fclose(list);
	return found;
}

/* Most packages have one of this name; these have had theirs for longer. */
static void name_package(char *name, size_t size, const char *package)
{
	const char *python = strncmp(package, "lib", 3) ? package : package + 3;
	size_t length;

	if (!strcmp(package, "libc6")) {
		snprintf(name, size, "libc6-dbg");
	} else if (!strncmp(python, "python3.", 8)) {
		length = 8 + strspn(python + 8, "0123456789");
		snprintf(name, size, "%.*s-dbg", (int)length, python);
	} else {
		snprintf(name, size, "%s-dbgsym", package);
	}
}

bool debug_files_package(char *name, size_t size, const char *lists, const char *path)
{
	/* Where /lib is a link to /usr/lib, a list may have either path. */
	const char *other = strncmp(path, "/usr/", 5) ? path : path + 4;
	DIR *dir = opendir(lists);
	const struct dirent *entry;
	bool found = false;
	char *package;
	size_t length;

	while (dir && !found && (entry = readdir(dir))) {
		length = strlen(entry->d_name);
		if (length < 5 || strcmp(entry->d_name + length - 5, ".list") ||
		    (!list_has(dirfd(dir), entry->d_name, path) &&
		     !list_has(dirfd(dir), entry->d_name, other)))
			continue;
		package = xstrdup(entry->d_name);
		package[strcspn(package, ":")] = '\0';
		if (strlen(package) == length)
			package[length - 5] = '\0';
		name_package(name, size, package);
		free(package);
		found = true;
	}
	if (dir)
		closedir(dir);
	return found;
}
