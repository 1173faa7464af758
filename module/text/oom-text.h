/* SPDX-License-Identifier: GPL-2.0 */
/* OOM events as a text file. */
#ifndef _CENSUS_OOM_TEXT_H
#define _CENSUS_OOM_TEXT_H

#include "text/view.h"

extern const struct census_file census_oom_text;

#endif /* _CENSUS_OOM_TEXT_H */
