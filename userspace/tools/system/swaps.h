/* SPDX-License-Identifier: GPL-2.0 */
/* The swap devices, and what the swap in use is of. */
#ifndef READER_SYSTEM_SWAPS_H
#define READER_SYSTEM_SWAPS_H

#include "report/report.h"

extern const struct row_type swap_rows;

/* Reports the swap devices, if they are known; text has no empty table of them. */
void swaps_report(struct report *report);

/* Reports what of the swap in use processes have, and what none has. */
void swaps_report_use(struct report *report);

/* Swap in use that no process of @snap has; unknown without all processes. */
struct amount swaps_of_none(const struct snapshot *snap);

#endif /* READER_SYSTEM_SWAPS_H */
