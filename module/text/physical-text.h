/* SPDX-License-Identifier: GPL-2.0 */
/* One pass over all frames as a text file. */
#ifndef _CENSUS_PHYSICAL_TEXT_H
#define _CENSUS_PHYSICAL_TEXT_H

#include "text/view.h"

extern const struct census_file census_physical_text;

#endif /* _CENSUS_PHYSICAL_TEXT_H */
