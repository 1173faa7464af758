/* SPDX-License-Identifier: GPL-2.0 */
/* memcensus oom, for tests. */
#ifndef READER_OOM_H
#define READER_OOM_H

/* Replaces the record of memcensus-record.service. */
void oom_record(const char *path);

#endif /* READER_OOM_H */
