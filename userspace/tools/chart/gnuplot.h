/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Draws charts with gnuplot as a child process.
 *
 * gnuplot must never run an untrusted name as script: names are only in the
 * data file, written by gnuplot_name(); text in the script is written by
 * gnuplot_string().
 */
#ifndef READER_GNUPLOT_H
#define READER_GNUPLOT_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/failure.h"

/**
 * struct plot - a chart under construction
 * @script: the gnuplot script; it reads the data file as ARG1
 * @data: the data file, with tabs between the fields
 * @svg: the picture is SVG, else PNG
 */
struct plot {
	FILE *script;
	FILE *data;
	bool svg;
};

/* Whether the suffix of @path names a supported format; @svg: it is SVG. */
bool gnuplot_knows(const char *path, bool *svg);

/*
 * Begins the picture @path.  @keep: keeps script and data beside it, as PATH.gp and
 * PATH.dat.  Returns 0, or -1 and @why.  The caller calls gnuplot_close() in both cases.
 */
int gnuplot_open(struct plot *plot, const char *path, bool keep, struct failure *why);

/* Writes the size of the picture in pixels and the settings of every chart. */
void gnuplot_begin(struct plot *plot, unsigned int width, unsigned int height);

/* Runs gnuplot; on success, writes the picture to @out.  Returns 0, or -1 and @why. */
int gnuplot_run(struct plot *plot, FILE *out, struct failure *why);
void gnuplot_close(struct plot *plot);

/* Writes @text as a string of the script. */
void gnuplot_string(FILE *script, const char *text);

/* Writes @name as a field of the data, truncated if long. */
void gnuplot_name(FILE *data, const char *name);

#endif /* READER_GNUPLOT_H */
