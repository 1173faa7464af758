// SPDX-License-Identifier: GPL-2.0
/* What /proc says of a process of this machine. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "host/process.h"
#include "host/procfs.h"

/* The fields of /proc/PID/stat behind the state: the start, and the exit status. */
#define START_AFTER_STATE	19
#define EXIT_CODE_AFTER_STATE	49

struct process_state process_state(uint32_t pid)
{
	struct process_state state = { 0 };
	char path[32], line[2048], *at;
	struct failure gone;
	FILE *file;
	size_t n;
	int i;

	snprintf(path, sizeof(path), "%" PRIu32 "/stat", pid);
	file = procfs_open(path, &gone);
	if (!file)
		return state;
	n = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[n] = '\0';

	/* Its name, in parentheses, may hold any. */
	at = strrchr(line, ')');
	if (!at || at[1] != ' ' || !at[2])
		return state;
	at += 2;
	state.letter = *at;
	for (i = 0; at && i < EXIT_CODE_AFTER_STATE; i++) {
		if (i == START_AFTER_STATE)
			state.start = strtoull(at, NULL, 10);
		at = strchr(at, ' ');
		if (at)
			at++;
	}
	if (at && *at >= '0' && *at <= '9' && state.letter == 'Z') {
		state.status = (int)strtol(at, NULL, 10);
		state.has_status = true;
	}
	return state;
}

/* The number behind @format in /proc/@pid/status, or @other. */
static uint32_t status_number(uint32_t pid, const char *format, uint32_t other)
{
	char path[32], line[256];
	uint32_t number = other;
	struct failure gone;
	FILE *file;

	snprintf(path, sizeof(path), "%" PRIu32 "/status", pid);
	file = procfs_open(path, &gone);
	if (!file)
		return other;
	/* The name, above it, has its newlines escaped. */
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, format, &number) == 1)
			break;
	fclose(file);
	return number;
}

uint32_t process_own(void)
{
	char number[32];

	return procfs_link("self", number, sizeof(number)) ?
	       (uint32_t)strtoul(number, NULL, 10) : 0;
}

uint32_t process_of(uint32_t tid)
{
	return status_number(tid, "Tgid: %" SCNu32, tid);
}

uint32_t process_parent(uint32_t pid)
{
	return status_number(pid, "PPid: %" SCNu32, 0);
}

bool process_is_gone(uint32_t pid)
{
	char letter = process_state(pid).letter;

	return !letter || letter == 'Z' || letter == 'X';
}

bool process_address_limit(uint32_t pid, uint64_t *limit)
{
	struct rlimit rlimit;

	if (prlimit((pid_t)pid, RLIMIT_AS, NULL, &rlimit) ||
	    rlimit.rlim_cur == RLIM_INFINITY)
		return false;
	*limit = rlimit.rlim_cur;
	return true;
}
