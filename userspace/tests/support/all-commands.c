// SPDX-License-Identifier: GPL-2.0
/* The commands of all programs, for tests that look at each of them. */
#include "commands/commands.h"
#include "tools/buddy/buddy.h"
#include "tools/chart/chart.h"
#include "tools/diff/diff.h"
#include "tools/export/export.h"
#include "tools/flame/flame.h"
#include "tools/kswapd/kswapd.h"
#include "tools/leak/leak.h"
#include "tools/map/map.h"
#include "tools/oom/oom.h"
#include "tools/physical/physical.h"
#include "tools/record/record.h"
#include "tools/share/share.h"
#include "tools/system/system.h"
#include "tools/top/top.h"
#include "tools/trace/trace.h"
#include "tools/watch/watch.h"

const struct command *const commands[] = {
	&tasks_command, &map_command, &buddy_command, &kswapd_command, &system_command,
	&top_command, &watch_command, &record_command, &diff_command, &leak_command,
	&physical_command, &oom_command, &share_command, &chart_command, &export_command,
	&flame_command, &trace_command, NULL
};
