/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What 'map' and its picture of pages share.
 */
#ifndef READER_MAP_COMMAND_H
#define READER_MAP_COMMAND_H

#include "cli/command.h"

/**
 * struct map_options - the options of 'map' alone
 * @pages: shows where the pages are, from address @start to @end; 0: to the last
 */
struct map_options {
	bool smaps;
	bool pages;
	uint64_t start;
	uint64_t end;
};

#endif /* READER_MAP_COMMAND_H */
