// SPDX-License-Identifier: GPL-2.0
/* The commands that there are. */
#include "cli/command.h"

const struct command *const commands[] = {
	&tasks_command,
	&map_command,
	&buddy_command,
	&kswapd_command,
	&system_command,
	&top_command,
	&watch_command,
	&record_command,
	&diff_command,
	&leak_command,
	&chart_command,
	&export_command,
	NULL
};
