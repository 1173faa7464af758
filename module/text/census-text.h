/* SPDX-License-Identifier: GPL-2.0 */
/* A census as text files. Only reads a const snapshot. */
#ifndef _CENSUS_CENSUS_TEXT_H
#define _CENSUS_CENSUS_TEXT_H

#include "text/view.h"

/* The first is the summary, which /proc has too. */
#define CENSUS_TEXTS 6
extern const struct census_file census_texts[CENSUS_TEXTS];

#endif /* _CENSUS_CENSUS_TEXT_H */
