// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/signals.h"
#include "os/kernel-log.h"

/* A record of /dev/kmsg, and how many are read: others write there too. */
#define RECORD_SIZE	8192
#define RECORDS_MAX	10000

/* And of the whole log, which has as many bytes as the machine's administrator chose. */
#define LINES_MAX	1000000

static const char *log_name = "/dev/kmsg";

static uint64_t log_boot;

void kernel_log_file(const char *name, uint64_t boot)
{
	log_name = name;
	log_boot = boot;
}

uint64_t kernel_log_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return log_boot ? signals_realtime() - log_boot :
	       (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
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

/* Of a file instead of the log, lines after the first record remain to be read. */
static void give_back(int fd, char *record, ssize_t n)
{
	const char *end = record;

	/* Lines of a record that begin with a blank have its properties. */
	do
		end = strchrnul(end, '\n') + 1;
	while (*end == ' ');
	if (end < record + n)
		lseek(fd, end - (record + n), SEEK_CUR);
}

/* "PRIORITY,NUMBER,MICROSECONDS,..."; the clock of the log stands while the machine sleeps. */
static bool head_of(const char *record, struct kernel_line *line)
{
	unsigned long long number, us;

	if (sscanf(record, "%*u,%llu,%llu", &number, &us) != 2)
		return false;
	line->sequence = number;
	line->stamp = us * 1000;
	line->boottime = line->stamp + (log_boot ? 0 : kernel_log_now() - signals_now());
	line->realtime = line->stamp + (log_boot ?: signals_realtime() - signals_now());
	return true;
}

/*
 * The next line of the kernel itself; NULL: there is none, or @left records were read, which it
 * then is 0.
 */
static const char *next_text(int fd, char record[RECORD_SIZE], unsigned int *left,
			     struct kernel_line *line)
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
		give_back(fd, record, n);
		if (head_of(record, line))
			text = text_of(record);
	}
	line->text = text;
	return text;
}

bool kernel_log_close(int fd, const char *name, char *line, size_t size)
{
	char record[RECORD_SIZE];
	const size_t length = strlen(name);
	unsigned int left = RECORDS_MAX;
	struct kernel_line last;
	bool found = false;
	const char *text;

	if (fd < 0)
		return false;
	while ((text = next_text(fd, record, &left, &last))) {
		if (strncmp(text, name, length) || strncmp(text + length, ": ", 2))
			continue;
		snprintf(line, size, "%s", text + length + 2);
		found = true;
	}
	close(fd);
	return found;
}

int kernel_log_follow(void)
{
	return open(log_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

bool kernel_log_next(int fd, unsigned int most,
		     void (*each)(void *context, const struct kernel_line *line), void *context)
{
	char record[RECORD_SIZE];
	struct kernel_line line;

	while (next_text(fd, record, &most, &line))
		each(context, &line);
	return most;
}

bool kernel_log_each(void (*each)(void *context, const struct kernel_line *line), void *context)
{
	const int fd = kernel_log_follow();

	if (fd < 0)
		return false;
	kernel_log_next(fd, LINES_MAX, each, context);
	close(fd);
	return true;
}
