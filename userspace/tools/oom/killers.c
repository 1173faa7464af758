// SPDX-License-Identifier: GPL-2.0
/* Kills by systemd-oomd and earlyoom, by the journal. */
#include <endian.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "os/bounded.h"
#include "tools/oom/killers.h"

/* For a journal of any size: users write to it. */
#define PATIENCE	(5 * NSEC_PER_SEC)
#define BYTES_MAX	1048576UL
#define MESSAGES	"100"

/*
 * The services, and how a message about a kill begins.  journald sets _SYSTEMD_UNIT by the cgroup
 * of who writes: no user can, who can write any message.
 */
static const struct {
	const char *unit;
	const char *begin;
} services[] = {
	{ "systemd-oomd.service", "Killed " },
	{ "earlyoom.service", "sending SIG" },
};

static const char *program = "journalctl";

void killers_program(const char *name)
{
	program = name;
}

static int run_journalctl(void *unused, int to)
{
	(void)unused;
	dup2(to, STDOUT_FILENO);
	dup2(open("/dev/null", O_RDWR | O_CLOEXEC), STDIN_FILENO);
	dup2(STDIN_FILENO, STDERR_FILENO);
	signal(SIGPIPE, SIG_DFL);
	execlp(program, program, "-o", "export", "--output-fields=MESSAGE,_SYSTEMD_UNIT", "-q",
	       "--no-pager", "-n", MESSAGES, "_SYSTEMD_UNIT=systemd-oomd.service", "+",
	       "_SYSTEMD_UNIT=earlyoom.service", NULL);
	return 127;
}

static bool tells_kill(const char *unit, const char *message)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(services); i++)
		if (!strcmp(unit, services[i].unit))
			return !strncmp(message, services[i].begin, strlen(services[i].begin));
	return false;
}

/* What is read of an entry of the journal. */
static const char *const field_names[] = { "_SYSTEMD_UNIT", "MESSAGE", "__REALTIME_TIMESTAMP" };

#define FIELDS	ARRAY_SIZE(field_names)

static void add_entry(struct killers *killers, char *const fields[FIELDS])
{
	uint64_t us;

	if (!fields[0] || !fields[1] || !fields[2] || !tells_kill(fields[0], fields[1]) ||
	    !text_number(fields[2], strlen(fields[2]), &us) || us >= UINT64_MAX / 1000)
		return;
	killers->v = array_grow(killers->v, killers->n, sizeof(*killers->v));
	killers->v[killers->n++] = (struct killer){ us * 1000, fields[0], fields[1] };
}

/*
 * Reads "NAME=TEXT\n", or "NAME\n", the length in 64 bits, any bytes and "\n", as a message with
 * the name of a cgroup may need; an empty line ends an entry.
 */
static void read_entries(struct killers *killers, char *at, const char *end)
{
	char *fields[FIELDS] = { NULL }, *line, *value;
	uint64_t len;
	size_t i;

	for (; at < end && (line = memchr(at, '\n', (size_t)(end - at))); at = value + len + 1) {
		value = memchr(at, '=', (size_t)(line - at)) ?: line;
		*value++ = '\0';
		len = UINT64_MAX;
		if (value <= line) {
			len = (uint64_t)(line - value);
		} else if (line == at) {
			add_entry(killers, fields);
			memset(fields, 0, sizeof(fields));
			value = line;
			len = 0;
		} else if ((size_t)(end - value) > sizeof(len)) {
			memcpy(&len, value, sizeof(len));
			len = le64toh(len);
			value += sizeof(len);
		}
		if (len >= (uint64_t)(end - value))
			return;
		value[len] = '\0';
		for (i = 0; i < FIELDS; i++)
			if (!strcmp(at, field_names[i]))
				fields[i] = value;
	}
}

struct killers killers_read(void)
{
	const uint64_t deadline = signals_now() + PATIENCE;
	struct killers killers = { .text = xcalloc(BYTES_MAX + 1, 1) };
	struct bounded child;
	size_t len = 0;
	ssize_t n = -1;
	int status;

	if (program && bounded_start(&child, run_journalctl, NULL)) {
		while (len < BYTES_MAX && (n = bounded_read(&child, killers.text + len,
							    BYTES_MAX - len, deadline)) > 0)
			len += (size_t)n;
		status = bounded_end(&child);
		killers.failed = n || (status && status != 127);
	}
	read_entries(&killers, killers.text, killers.text + len);
	return killers;
}

static const struct column killer_columns[] = {
	MEMBER(killer, "realtime_ns", "Time", realtime, REALTIME, "when, since 1970"),
	MEMBER(killer, "unit", "Unit", unit, TEXT, "the service"),
	MEMBER(killer, "message", "Message", message, TEXT, "what it said"),
};

const struct row_type killer_rows = ROWS_OF("kill by a service", killer_columns);

static const char lacks[] =
	"\nThe journal could not be read: whom systemd-oomd or earlyoom killed is unknown.\n";

void killers_report(const struct killers *killers, struct report *report)
{
	REPORT(report,
	       { "killers", .title = killers->n ? "Not by the kernel, as the journal says" : NULL,
		 .type = &killer_rows, .rows = ROWS(killers->v, killers->n),
		 .columns = killers->n ? "realtime_ns unit message" : NULL });
	if (killers->failed)
		REPORT(report, { .note = lacks });
}

void killers_free(struct killers *killers)
{
	free(killers->v);
	free(killers->text);
	*killers = (struct killers){ .v = NULL };
}
