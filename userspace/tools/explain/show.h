/* SPDX-License-Identifier: GPL-2.0 */
/* Shows what 'explain' gathered. */
#ifndef READER_EXPLAIN_SHOW_H
#define READER_EXPLAIN_SHOW_H

#include "tools/explain/gather.h"

/* The cgroup, a row of its memory, a file in memory, and the verdict. */
extern const struct row_type explained_rows;
extern const struct row_type explain_row_rows;
extern const struct row_type explain_file_rows;
extern const struct row_type explain_verdict_rows;

void explaining_show(const struct explaining *x, struct session *session);

#endif /* READER_EXPLAIN_SHOW_H */
