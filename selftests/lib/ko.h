/* SPDX-License-Identifier: GPL-2.0 */
/* Loading and unloading the module, for tests that do it themselves. */
#ifndef _KO_H
#define _KO_H

#include <stdbool.h>

#define KO_LOADED	"/sys/module/memcensus"

/* The module's file, from $MEMCENSUS_KO; NULL where there is none to read. */
const char *ko_path(void);
/* 0 or -errno */
int ko_load(const char *params);
/* 0 or -errno; -EWOULDBLOCK: in use */
int ko_unload(void);
bool ko_is_loaded(void);
/* Unloads it, waiting for those who use it to let go; 0 or -errno. */
int ko_unload_patiently(unsigned int ms);

/*
 * Is @error, an errno, what a reader may get because the module is not there, or
 * comes or goes just now?
 */
bool ko_is_absence(int error);

#endif /* _KO_H */
