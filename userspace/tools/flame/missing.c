// SPDX-License-Identifier: GPL-2.0
/* Says what would name code without names. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "tools/flame/missing.h"

/* Lines at most, and the least part of all bytes that is worth one. */
#define LINES		3
#define LEAST_PART	100

/* Runs python code in the interpreter; what names it where it can. */
#define PYTHON_LOOP	"_PyEval_EvalFrameDefault"
#define PYTHON_NAME	"py::"
/* The first Python 3 that writes a perf map. */
#define PYTHON_MINOR	12

static const char *file_of(const struct code_object *code)
{
	const char *slash = strrchr(code->name, '/');

	return slash ? slash + 1 : code->name;
}

void missing_name(char *name, const struct code_object *code)
{
	if (code->kind == CODE_NAMED)
		snprintf(name, MISSING_NAME_SIZE, "%s", code->name);
	else if (code->kind == CODE_JIT)
		snprintf(name, MISSING_NAME_SIZE, "[no name: generated code]");
	else
		snprintf(name, MISSING_NAME_SIZE, "[no symbol: %s]", file_of(code));
}

static bool is_missing(const struct flame_node *node, const char *name)
{
	if (name)
		return !strcmp(node->name, name);
	return !strncmp(node->name, "[no symbol: ", 12) || !strncmp(node->name, "[no name: ", 10);
}

/*
 * Bytes of the stacks through @node, at @depth below @above, that have a frame @name; NULL:
 * any without a name.  All stacks of a stripped program begin with such a frame, and main()
 * has one above it: these say nothing about the memory unless they touched it.
 */
static uint64_t sum(const struct flame_node *node, const struct flame_node *above,
		    unsigned int depth, unsigned int frames, const char *name)
{
	const bool missing = depth >= frames && is_missing(node, name);
	const struct flame_node *below;
	uint64_t bytes = 0, own = node->value;

	if (missing && depth > frames && strncmp(above->name, "__libc_start_main", 17))
		return node->value;
	for (below = node->first; below; below = below->next) {
		bytes += sum(below, node, depth + 1, frames, name);
		own -= below->value;
	}
	return missing ? bytes + own : bytes;
}

static int by_bytes(const void *a, const void *b)
{
	const struct missing *x = a, *y = b;

	return COMPARE(y->bytes, x->bytes);
}

/* Whether an object before @i has the same name. */
static bool is_known(const struct missing_list *list, const char *name)
{
	char other[MISSING_NAME_SIZE];
	size_t i;

	for (i = 0; i < list->n; i++) {
		missing_name(other, list->v[i].code);
		if (!strcmp(name, other))
			return true;
	}
	return false;
}

void missing_find(struct missing_list *list, const struct flame_node *root,
		  const struct code_objects *objects, const struct build_id *debug_files)
{
	char name[MISSING_NAME_SIZE];
	struct missing missing;
	size_t i;

	list->bytes = sum(root, NULL, 0, list->frames, NULL);
	for (i = 1; list->bytes && i < objects->n; i++) {
		missing = (struct missing){ &objects->v[i], &debug_files[i], 0 };
		if (missing.code->kind == CODE_NAMED)
			continue;
		missing_name(name, missing.code);
		if (is_known(list, name))
			continue;
		missing.bytes = sum(root, NULL, 0, list->frames, name);
		if (!missing.bytes)
			continue;
		list->v = array_grow(list->v, list->n, sizeof(missing));
		list->v[list->n++] = missing;
	}
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_bytes);
}

/* Whether the path of @code names the same file for this process: not that of a container. */
static bool is_here(const struct code_object *code)
{
	struct stat st;

	return !stat(code->name, &st) && st.st_ino == code->inode &&
	       st.st_dev == makedev(code->major, code->minor);
}

/* Writes what to install for @missing to @out. */
static void put_package(FILE *out, const struct missing *missing)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	char path[DEBUG_FILES_PATH], package[256];

	if (is_here(missing->code) &&
	    debug_files_package(package, sizeof(package), DEBUG_FILES_DPKG, missing->code->name)) {
		fprintf(out, "install %s", package);
	} else {
		debug_files_path(path, missing->debug_file);
		fprintf(out, "install its debug symbols, %s", path);
	}
	if (urls && *urls)
		fprintf(out, ", or run 'debuginfod-find debuginfo %s'", missing->code->name);
}

static void put_missing_line(const struct missing *missing, FILE *out)
{
	char size[NUMBER_SIZE], *text, *printable;
	size_t length;
	FILE *line;

	text_size(size, (double)missing->bytes);
	line = xopen_memstream(&text, &length);
	if (missing->code->kind == CODE_JIT) {
		fprintf(line, "generated code: %s without names: %s", size,
			"they come from /tmp/perf-PID.map (node --perf-basic-prof, jcmd PID Compiler.perfmap)");
	} else {
		fprintf(line, "%s: %s without names: ", file_of(missing->code), size);
		put_package(line, missing);
	}
	xfclose(line);
	/* A user chooses the names of files. */
	printable = text_printable(text);
	fprintf(out, "memcensus: %s\n", printable);
	free(printable);
	free(text);
}

/* Whether a frame of the tree is named as python names its code. */
static bool names_python(const struct flame_node *node)
{
	const struct flame_node *below;
	bool found = !strncmp(node->name, PYTHON_NAME, sizeof(PYTHON_NAME) - 1);

	for (below = node->first; below && !found; below = below->next)
		found = names_python(below);
	return found;
}

/* The minor version of the Python that @file is, as libpython3.13.so.1.0; 0: none. */
static unsigned int python_minor(const char *file)
{
	file += strncmp(file, "lib", 3) ? 0 : 3;
	if (strncmp(file, "python3.", 8) || !isdigit((unsigned char)file[8]))
		return 0;
	return (unsigned int)strtoul(file + 8, NULL, 10);
}

static void put_python(const struct missing_list *list, const struct flame_node *root,
		       const struct code_objects *objects, FILE *out)
{
	const uint64_t bytes = sum(root, NULL, 0, list->frames, PYTHON_LOOP);
	unsigned int minor = 0;
	char size[NUMBER_SIZE];
	size_t i;

	if (!bytes || bytes < root->value / LEAST_PART || names_python(root))
		return;
	for (i = 1; i < objects->n && !minor; i++)
		minor = python_minor(file_of(&objects->v[i]));
	text_size(size, (double)bytes);
	fprintf(out, "memcensus: python code: %s without names of its functions: ", size);
	if (minor && minor < PYTHON_MINOR)
		fprintf(out, "Python 3.%d and later have 'python3 -X perf', 3.%u has not\n",
			PYTHON_MINOR, minor);
	else
		fprintf(out, "run it as 'python3 -X perf', of Python 3.%d and later\n",
			PYTHON_MINOR);
}

void missing_print(const struct missing_list *list, const struct flame_node *root,
		   const struct code_objects *objects, FILE *out)
{
	const struct missing *missing;
	unsigned int lines = 0;
	size_t i;

	for (i = 0; i < list->n && lines < LINES; i++) {
		missing = &list->v[i];
		if (missing->bytes < root->value / LEAST_PART)
			break;
		/* What is there names all that it can; a file without a build ID has no other. */
		if (missing->code->kind == CODE_FILE ? !missing->debug_file->n :
						       missing->code->fd >= 0)
			continue;
		put_missing_line(missing, out);
		lines++;
	}
	put_python(list, root, objects, out);
}
