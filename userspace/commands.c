// SPDX-License-Identifier: GPL-2.0
/* The table of all commands. */
#include "cli/command.h"

const struct command_slot command_slots[] = {
	{ "tasks", &tasks_command },
	{ "map", &map_command },
	{ "buddy", &buddy_command },
	{ "kswapd", &kswapd_command },
	{ "system", &system_command },
	{ "top", &top_command },
	{ "watch", &watch_command },
	{ "record", &record_command },
	{ "diff", &diff_command },
	{ "leak", &leak_command },
	{ "chart", &chart_command },
	{ "export", &export_command },
	{ "flame", &flame_command },
	{ "trace", &trace_command },
	{ NULL, NULL }
};
