/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Draws the data of a chart by gnuplot.
 */
#ifndef READER_CHART_DRAW_H
#define READER_CHART_DRAW_H

#include "commands/chart.h"

void chart_draw(const struct chart *chart, struct plot *plot);

#endif /* READER_CHART_DRAW_H */
