// SPDX-License-Identifier: GPL-2.0
/* The window that a document of JSON is about. */
#include "model/format.h"
#include "report/document.h"

struct document_point document_point_of(const struct snapshot *snap)
{
	struct document_point point = { };

	if (!snap)
		return point;
	point.seq = snap->seq;
	point.realtime = time_of(&snap->scan);
	if (KNOWN(&snap->scan, MEMCENSUS_SCAN_BOOTTIME_NS))
		point.boottime = snap->scan.boottime;
	return point;
}

static void put_point(struct json *json, const char *key, const struct document_point *point)
{
	if (!point) {
		json_put_null(json, key);
		return;
	}
	json_open(json, key, '{');
	json_put_known(json, "seq", point->seq, (int64_t)point->seq);
	json_put_realtime(json, "realtime_ns", point->realtime);
	json_put_boottime(json, "boottime_ns", point->boottime);
	json_close(json, '}');
}

void document_between(struct json *json, const char *command,
		      const struct document_point *from, const struct document_point *to)
{
	document_open(json, command);
	document_window(json, from, to);
	json_close(json, '}');
}

void document_window(struct json *json, const struct document_point *from,
		     const struct document_point *to)
{
	json_open(json, "window", '{');
	put_point(json, "from", from);
	put_point(json, "to", to);
}
