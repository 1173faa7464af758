// SPDX-License-Identifier: GPL-2.0
/* What happened to a process between two censuses. */
#include <string.h>

#include "analysis/delta.h"

#define UNKNOWN_FAULTS	UINT64_MAX

static const char *const words[] = { "reserved", "touched", "swapped", "released" };

#define N_WORDS	(sizeof(words) / sizeof(words[0]))

struct delta_sample delta_of_task(const struct task *task, const struct scan *scan)
{
	const struct figures *f = &task->figures;
	struct delta_sample sample = {
		.has_amounts = KNOWN(f, MEMCENSUS_F_VSS) && KNOWN(f, MEMCENSUS_F_RSS) &&
			       KNOWN(f, MEMCENSUS_F_SWAP),
		.vss = f->v[MEMCENSUS_F_VSS],
		.used = f->v[MEMCENSUS_F_RSS] + f->v[MEMCENSUS_F_SWAP],
		.swap = f->v[MEMCENSUS_F_SWAP],
		.min_faults = KNOWN(task, MEMCENSUS_TASK_MIN_FAULTS) ?
			      task->min_faults : UNKNOWN_FAULTS,
		.maj_faults = KNOWN(task, MEMCENSUS_TASK_MAJ_FAULTS) ?
			      task->maj_faults : UNKNOWN_FAULTS,
		.moment = KNOWN(scan, MEMCENSUS_SCAN_BOOTTIME_NS) ? scan->boottime : 0,
	};

	if (KNOWN(f, MEMCENSUS_F_HUGETLB))
		sample.used += f->v[MEMCENSUS_F_HUGETLB];
	return sample;
}

static struct rate rate_of(uint64_t then, uint64_t now, double seconds)
{
	struct rate rate = {
		.known = then != UNKNOWN_FAULTS && now != UNKNOWN_FAULTS &&
			 now >= then && seconds > 0,
	};

	if (rate.known)
		rate.value = (now - then) / seconds;
	return rate;
}

struct delta delta_between(const struct delta_sample *then, const struct delta_sample *now)
{
	struct delta delta = { .known = false };
	int64_t used, reserved;
	double seconds;

	if (!then)
		return delta;
	seconds = then->moment && now->moment > then->moment ?
		  (now->moment - then->moment) / 1e9 : 0;
	delta.min_faults = rate_of(then->min_faults, now->min_faults, seconds);
	delta.maj_faults = rate_of(then->maj_faults, now->maj_faults, seconds);
	delta.known = then->has_amounts && now->has_amounts;
	if (!delta.known)
		return delta;

	used = (int64_t)(now->used - then->used);
	reserved = (int64_t)(now->vss - then->vss);
	if (reserved > 0 && reserved > used)
		delta.kinds |= DELTA_RESERVED;
	if (used > 0)
		delta.kinds |= DELTA_TOUCHED;
	if (now->swap > then->swap)
		delta.kinds |= DELTA_SWAPPED;
	if (used < 0 || reserved < 0)
		delta.kinds |= DELTA_RELEASED;
	return delta;
}

const char *delta_text(char *buf, const struct delta *delta)
{
	char *end = buf;
	size_t i;

	if (!delta->known)
		return NULL;
	for (i = 0; i < N_WORDS; i++) {
		if (!(delta->kinds >> i & 1))
			continue;
		if (end > buf)
			*end++ = ',';
		end = stpcpy(end, words[i]);
	}
	if (end == buf)
		strcpy(buf, "steady");
	return buf;
}

void delta_json(struct json *json, const char *key, const struct delta *delta)
{
	size_t i;

	if (!delta->known) {
		json_put_null(json, key);
		return;
	}
	json_open(json, key, '[');
	for (i = 0; i < N_WORDS; i++)
		if (delta->kinds >> i & 1)
			json_put_string(json, NULL, words[i]);
	json_close(json, ']');
}
