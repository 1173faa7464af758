/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel module of this machine. */
#ifndef READER_MODULE_H
#define READER_MODULE_H

#include <stdbool.h>

/* Loads the installed module, as root; false if it is not loaded afterwards. */
bool module_load(void);

#endif /* READER_MODULE_H */
