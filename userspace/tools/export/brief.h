/* SPDX-License-Identifier: GPL-2.0 */
/* What stands out, as metrics. */
#ifndef READER_EXPORT_BRIEF_H
#define READER_EXPORT_BRIEF_H

#include "lib/exposition.h"
#include "model/brief.h"

/* Writes what brief_judge() left in @brief, of each rule BRIEF_OF_RULE samples at most. */
void export_brief(struct exposition *om, const struct brief *brief);

#endif /* READER_EXPORT_BRIEF_H */
