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

/* "PRIORITY,NUMBER,MICROSECONDS,..." */
static uint64_t time_of(const char *record)
{
	unsigned long long us;

	return sscanf(record, "%*u,%*u,%llu", &us) == 1 ? us * 1000 : 0;
}

/*
 * The next text of the kernel itself, and when it was; NULL: there is none, or @left records were
 * read.
 */
static const char *next_text(int fd, char record[RECORD_SIZE], unsigned int *left, uint64_t *when)
{
	const char *text = NULL;

	while (!text && *left) {
		const ssize_t n = read(fd, record, RECORD_SIZE - 1);

		--*left;
		/* EPIPE: what was next is overwritten. */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		*when = time_of(record);
		text = text_of(record);
	}
	return text;
}

bool kernel_log_close(int fd, const char *name, char *line, size_t size)
{
	char record[RECORD_SIZE];
	const size_t length = strlen(name);
	unsigned int left = RECORDS_MAX;
	bool found = false;
	const char *text;
	uint64_t when;

	if (fd < 0)
		return false;
	while ((text = next_text(fd, record, &left, &when))) {
		if (strncmp(text, name, length) || strncmp(text + length, ": ", 2))
			continue;
		snprintf(line, size, "%s", text + length + 2);
		found = true;
	}
	close(fd);
	return found;
}

bool kernel_log_each(void (*each)(void *context, uint64_t when, const char *text), void *context)
{
	const int fd = open(log_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	unsigned int left = LINES_MAX;
	char record[RECORD_SIZE];
	const char *text;
	uint64_t when;

	if (fd < 0)
		return false;
	while ((text = next_text(fd, record, &left, &when)))
		each(context, when, text);
	close(fd);
	return true;
}
