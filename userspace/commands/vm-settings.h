/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The settings of memory management, /proc/sys/vm, with their meaning.
 */
#ifndef READER_VM_SETTINGS_H
#define READER_VM_SETTINGS_H

#include <stdio.h>

#include "cli/options.h"
#include "lib/failure.h"

/* Prints the settings in @text, PROC_TEXTS_VM, as a table or JSON. 0, or -1 and @why. */
int vm_settings_show(const char *text, const struct options *options, FILE *out,
		     struct failure *why);

#endif /* READER_VM_SETTINGS_H */
