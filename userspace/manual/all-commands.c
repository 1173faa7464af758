// SPDX-License-Identifier: GPL-2.0
/* The commands of all programs. */
#include "cli/command.h"

const struct command *const commands[] = {
	&tasks_command, &brief_command, &map_command, &buddy_command,
	&kswapd_command, &system_command,
	&physical_command, &oom_command, &top_command, &watch_command, &record_command,
	&diff_command, &leak_command, &share_command, &held_command,
	&explain_command,
	&export_command, &flame_command, NULL
};
