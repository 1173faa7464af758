/* SPDX-License-Identifier: GPL-2.0 */
/* Loads and unloads the module. */
#ifndef _KO_H
#define _KO_H

#include <stdbool.h>

#define KO_LOADED	"/sys/module/memcensus"

/* The module's file, from $MEMCENSUS_KO; NULL if it is not readable. */
const char *ko_path(void);
/* 0 or -errno */
int ko_load(const char *params);
/* 0 or -errno; -EWOULDBLOCK: in use */
int ko_unload(void);
bool ko_is_loaded(void);
/* Unloads it, and waits up to @ms while it is in use; 0 or -errno. */
int ko_unload_patiently(unsigned int ms);
/* Loads it anew, with other parameters; 0 or -errno. */
int ko_reload(const char *params);

/*
 * May a reader get @error, an errno, because the module is not loaded, or is
 * being loaded or unloaded?
 */
bool ko_is_absence(int error);

/* Opens the driver of selftests/leaky, which is beside the program; -1: there is none. */
int ko_open_leaky(void);

#endif /* _KO_H */
