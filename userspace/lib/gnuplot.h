/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pictures by gnuplot, run as a child.
 *
 * Untrusted names are data to it, never script: they are in the file of
 * data alone, as gnuplot_name() makes them, and text in the script as
 * gnuplot_string() writes it.
 */
#ifndef READER_GNUPLOT_H
#define READER_GNUPLOT_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/failure.h"

/**
 * struct plot - a picture being made
 * @script: gnuplot's; the data is ARG1 in it
 * @data: fields with tabs between
 * @path: of the picture; of the caller
 * @svg: its kind, else PNG
 * @keep: script and data are kept beside it, as PATH.gp and PATH.dat
 * @dir: where they are, unless kept; owned
 * @script_path, @data_path: owned
 */
struct plot {
	FILE *script;
	FILE *data;
	const char *path;
	bool svg;
	bool keep;
	char *dir;
	char *script_path;
	char *data_path;
};

/* Whether pictures of the kind that @path ends in can be made. */
bool gnuplot_knows(const char *path, bool *svg);

/* 0, or -1 and @why.  gnuplot_close() in both cases. */
int gnuplot_open(struct plot *plot, const char *path, bool keep, struct failure *why);

/* The size of the picture, in pixels, with all that pictures have in common. */
void gnuplot_begin(struct plot *plot, unsigned int width, unsigned int height);

/* Runs it and writes the picture to @out, if it is one.  0, or -1 and @why. */
int gnuplot_run(struct plot *plot, FILE *out, struct failure *why);
void gnuplot_close(struct plot *plot);

/* @text as a string of the script. */
void gnuplot_string(FILE *script, const char *text);

/* @name as a field of the data, cut off where it is long; false without memory. */
bool gnuplot_name(FILE *data, const char *name);

#endif /* READER_GNUPLOT_H */
