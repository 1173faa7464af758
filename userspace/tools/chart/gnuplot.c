// SPDX-License-Identifier: GPL-2.0
/* Draws charts with gnuplot as a child process. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "tools/chart/gnuplot.h"

/* Longer names leave no room for the picture. */
#define NAME_LETTERS	40

bool gnuplot_knows(const char *path, bool *svg)
{
	const char *dot = strrchr(path, '.');

	*svg = dot && !strcmp(dot, ".svg");
	return *svg || (dot && !strcmp(dot, ".png"));
}

/* A file without a name, unless it is kept as @path with @end. */
static FILE *open_file(const char *path, const char *end, bool keep, struct failure *why)
{
	char *name = xasprintf("%s%s", path, end);
	FILE *file = keep ? fopen(name, "we") : tmpfile();

	if (!file)
		fail(why, FAIL_SYSTEM, "cannot write %s: %s", keep ? name : "a temporary file",
		     strerror(errno));
	free(name);
	return file;
}

int gnuplot_open(struct plot *plot, const char *path, bool keep, struct failure *why)
{
	*plot = (struct plot){ .script = open_file(path, ".gp", keep, why) };
	gnuplot_knows(path, &plot->svg);
	if (plot->script)
		plot->data = open_file(path, ".dat", keep, why);
	return plot->data ? 0 : -1;
}

void gnuplot_begin(struct plot *plot, unsigned int width, unsigned int height)
{
	FILE *script = plot->script;

	fprintf(script, "# gnuplot -d -c THIS DATA >PICTURE\n"
		"set terminal %s size %u,%u noenhanced background '#ffffff' font 'DejaVu Sans,%d'\n",
		plot->svg ? "svg" : "pngcairo", width, height, plot->svg ? 13 : 10);
	fputs("set encoding utf8\n"
	      "set datafile separator \"\\t\"\n"
	      "set style fill solid 1.0 noborder\n"
	      "set border 3 linecolor '#666666'\n"
	      "set grid linecolor '#dddddd'\n"
	      "set tics nomirror textcolor '#333333'\n", script);
}

void gnuplot_string(FILE *script, const char *text)
{
	putc('\'', script);
	for (; *text; text++) {
		if (*text == '\'')
			putc('\'', script);
		putc((unsigned char)*text < ' ' ? ' ' : *text, script);
	}
	putc('\'', script);
}

/*
 * Writes one character of a name. gnuplot interprets backslashes in quotes, and
 * fonts seldom have characters beyond the basic multilingual plane.
 */
static void put_letter(FILE *data, const char *at, size_t len, uint32_t c)
{
	size_t i;

	if (*at == '"')
		putc('\'', data);
	else if (*at == '\\')
		fputs("\\\\", data);
	else if (len && c <= 0xffff)
		fwrite(at, 1, len, data);
	else
		for (i = 0; i < (len ? len : 1); i++)
			fprintf(data, "\\\\x%02x", (unsigned char)at[i]);
}

void gnuplot_name(FILE *data, const char *name)
{
	char *text = text_printable(name), *at;
	size_t letters = 0, len;
	uint32_t c = 0;

	putc('"', data);
	for (at = text; *at && letters < NAME_LETTERS; letters++) {
		len = utf8_get(at, &c);
		put_letter(data, at, len, c);
		at += len ? len : 1;
	}
	/* gnuplot does not count an empty string as a field. */
	fputs(*at ? "..." : letters ? "" : " ", data);
	putc('"', data);
	free(text);
}

/* Reads the beginning of gnuplot's error output. */
static void read_error(int fd, char *buf, size_t size)
{
	ssize_t n;
	char *c;

	lseek(fd, 0, SEEK_SET);
	n = read(fd, buf, size - 1);
	buf[n > 0 ? n : 0] = '\0';
	for (c = buf; *c; c++)
		if (*c == '\n')
			*c = ' ';
}

static int run_child(struct plot *plot, int out, int errors, struct failure *why)
{
	const int script_fd = fileno(plot->script), data_fd = fileno(plot->data);
	char script[32], data[32], said[256];
	char *const argv[] = { "gnuplot", "-d", "-c", script, data, NULL };
	posix_spawn_file_actions_t actions;
	int error, status;
	pid_t pid;

	snprintf(script, sizeof(script), "/dev/fd/%d", script_fd);
	snprintf(data, sizeof(data), "/dev/fd/%d", data_fd);
	posix_spawn_file_actions_init(&actions);
	/* To itself: the child inherits it. */
	posix_spawn_file_actions_adddup2(&actions, script_fd, script_fd);
	posix_spawn_file_actions_adddup2(&actions, data_fd, data_fd);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error == ENOENT)
		return fail(why, FAIL_SYSTEM,
			    "gnuplot is not installed (apt install gnuplot-nox)");
	if (error)
		return fail(why, FAIL_SYSTEM, "cannot run gnuplot: %s", strerror(error));
	TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	read_error(errors, said, sizeof(said));
	return fail(why, FAIL_SYSTEM, "gnuplot failed: %s", said);
}

static int copy(FILE *from, FILE *to, struct failure *why)
{
	char buf[16384];
	size_t n;

	rewind(from);
	while ((n = fread(buf, 1, sizeof(buf), from)) > 0)
		fwrite(buf, 1, n, to);
	return ferror(from) ? fail(why, FAIL_SYSTEM, "cannot read what gnuplot wrote: %s",
				   strerror(errno)) : 0;
}

int gnuplot_run(struct plot *plot, FILE *out, struct failure *why)
{
	FILE *picture = tmpfile(), *errors = tmpfile();
	int ret = -1;

	if (!picture || !errors)
		fail(why, FAIL_SYSTEM, "cannot make a temporary file: %s", strerror(errno));
	else if (fflush(plot->script) || fflush(plot->data) || ferror(plot->script) ||
		 ferror(plot->data))
		fail(why, FAIL_SYSTEM, "cannot write what gnuplot reads: %s", strerror(errno));
	else
		ret = run_child(plot, fileno(picture), fileno(errors), why);
	/* A failed gnuplot leaves an incomplete picture. */
	if (!ret)
		ret = copy(picture, out, why);
	if (picture)
		fclose(picture);
	if (errors)
		fclose(errors);
	return ret;
}

void gnuplot_close(struct plot *plot)
{
	if (plot->script)
		fclose(plot->script);
	if (plot->data)
		fclose(plot->data);
}
