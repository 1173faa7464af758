// SPDX-License-Identifier: GPL-2.0
/*
 * json-check [lines] < FILE: checks with an independent parser that FILE is a
 * census, or has an object on each line: valid UTF-8, no duplicate names, no
 * integers of 2^63 or more.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define FLAGS	JSON_REJECT_DUPLICATES

/* At least one line; each is an object. */
static int check_lines(void)
{
	json_error_t error;
	char *line = NULL;
	size_t room = 0;
	int lines = 0;
	json_t *root;

	for (; getline(&line, &room, stdin) >= 0; lines++) {
		root = json_loads(line, FLAGS, &error);
		if (!json_is_object(root)) {
			printf("line %d: %s\n", lines + 1, error.text);
			return 1;
		}
		json_decref(root);
	}
	free(line);
	return !lines;
}

int main(int argc, char **argv)
{
	json_error_t error;
	json_t *root;

	(void)argv;
	if (argc > 1)
		return check_lines();
	root = json_loadf(stdin, FLAGS, &error);
	if (!root) {
		printf("line %d, column %d: %s\n", error.line, error.column,
		       error.text);
		return 1;
	}
	if (!json_is_object(root) || !json_object_get(root, "memcensus") ||
	    !json_object_get(root, "scan"))
		return 1;
	json_decref(root);
	return 0;
}
