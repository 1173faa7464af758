// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/kernel-log.h"

/* A record of /dev/kmsg, and how many are read: others write there too. */
#define RECORD_SIZE	8192
#define RECORDS_MAX	10000

/* And of the whole log, which has as many bytes as the machine's administrator chose. */
#define LINES_MAX	1000000

static const char *log_name = "/dev/kmsg";

void kernel_log_file(const char *name)
{
	log_name = name;
}

int kernel_log_open(void)
{
	const int fd = open(log_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/*
 * The text of a record, "PRIORITY,...;TEXT\n" and more; NULL if a program wrote it, whose facility
 * is in the bits above the three of the level.
 */
static char *text_of(char *record)
{
	char *end, *text = strchr(record, ';');
	const unsigned long priority = strtoul(record, &end, 10);

	if (!text || *end != ',' || priority >> 3)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text + 1;
}

bool kernel_log_close(int fd, const char *name, char *line, size_t size)
{
	char record[RECORD_SIZE];
	const size_t length = strlen(name);
	bool found = false;
	unsigned int i;

	for (i = 0; fd >= 0 && i < RECORDS_MAX; i++) {
		const ssize_t n = read(fd, record, sizeof(record) - 1);
		const char *text;

		/* EPIPE: what was next is overwritten. */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		text = text_of(record);
		if (!text || strncmp(text, name, length) || strncmp(text + length, ": ", 2))
			continue;
		snprintf(line, size, "%s", text + length + 2);
		found = true;
	}
	if (fd >= 0)
		close(fd);
	return found;
}

/* "PRIORITY,NUMBER,MICROSECONDS,..." */
static uint64_t time_of(const char *record)
{
	unsigned long long us;

	return sscanf(record, "%*u,%*u,%llu", &us) == 1 ? us * 1000 : 0;
}

bool kernel_log_each(void (*each)(void *context, uint64_t when, const char *text), void *context)
{
	const int fd = open(log_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[RECORD_SIZE];
	unsigned int i;

	if (fd < 0)
		return false;
	for (i = 0; i < LINES_MAX; i++) {
		const ssize_t n = read(fd, record, sizeof(record) - 1);
		const char *text;
		uint64_t when;

		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		when = time_of(record);
		text = text_of(record);
		if (text)
			each(context, when, text);
	}
	close(fd);
	return true;
}
