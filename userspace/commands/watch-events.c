// SPDX-License-Identifier: GPL-2.0
/* Prints the events between the rows of watch. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "commands/watch-events.h"
#include "lib/text.h"
#include "model/timefmt.h"

/* Prints @text and frees it; to stderr if scripts read raw rows on stdout. */
static int put_text(const struct session *session, const struct watched *process,
		    uint64_t realtime, char *text, struct failure *why)
{
	bool raw = session->options->raw;
	FILE *out = raw ? stderr : session->out;
	char time[TIME_SIZE];

	if (!text)
		return fail_memory(why);
	time_text(time, realtime, raw);
	fprintf(out, "%s%-*s %7" PRIu32 " %s\n", raw ? "memcensus: " : "",
		TIME_WIDTH, time, process->pid, text);
	free(text);
	return 0;
}

/* Returns NULL if memory runs out. */
__attribute__((format(printf, 1, 2)))
static char *format_text(const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	return n < 0 ? NULL : text;
}

static void json_begin(struct json *json, const struct watched *process,
		       uint64_t realtime, const char *event)
{
	json_open(json, NULL, '{');
	json_put_known(json, "time", realtime, (int64_t)realtime);
	json_put_unsigned(json, "pid", process->pid);
	json_put_string(json, "event", event);
	json_put_string(json, "comm", process->comm);
}

int events_put_name(const struct session *session, struct watched *process,
		    uint64_t realtime, const char *comm, bool first,
		    bool executed, struct failure *why)
{
	struct json json = { .out = session->out, .line = true };
	char *name, *text = NULL, date[TIME_SIZE];

	if (!first && !executed && !strcmp(process->comm, comm))
		return 0;
	snprintf(process->comm, sizeof(process->comm), "%s", comm);
	if (session->options->json) {
		json_begin(&json, process, realtime,
			   first ? "begin" : executed ? "exec" : "renamed");
		json_close(&json, '}');
		return 0;
	}
	time_text(date, realtime, true);
	name = text_printable(process->comm);
	if (name && first)
		text = format_text("is %s, on %.10s", name, date);
	else if (name)
		text = format_text(executed ? "has executed %s" :
				   "is called %s now: another program, or name", name);
	free(name);
	return put_text(session, process, realtime, text, why);
}

int events_put_end(const struct session *session, const struct watched *process,
		   uint64_t realtime, const struct exit_status *exited, const char *heir,
		   struct failure *why)
{
	struct json json = { .out = session->out, .line = true };
	char how[EXIT_STATUS_SIZE], from[TIME_SIZE], to[TIME_SIZE];
	char *name, *text = NULL;

	if (session->options->json) {
		json_begin(&json, process, realtime, "ended");
		json_put_known(&json, "after", process->seen, (int64_t)process->seen);
		json_put_known(&json, "at", exited->realtime, (int64_t)exited->realtime);
		json_put_known(&json, "exit_status", exited->known && WIFEXITED(exited->status),
			       WEXITSTATUS(exited->status));
		json_put_known(&json, "signal", exited->known && WIFSIGNALED(exited->status),
			       WTERMSIG(exited->status));
		json_put_bool(&json, "oom_killed", exited->oom);
		if (heir)
			json_put_string(&json, "reused_by", heir);
		json_close(&json, '}');
		return 0;
	}
	exit_status_text(how, exited);
	time_text(from, exited->realtime ? exited->realtime : process->seen, false);
	time_text(to, realtime, false);
	name = text_printable(heir ? heir : "");
	if (name)
		text = format_text("ended %s %s%s%s: %s%s%s",
				   exited->realtime ? "at" : "between", from,
				   exited->realtime ? "" : " and ",
				   exited->realtime ? "" : to, how,
				   heir ? "; its number has now " : "", name);
	free(name);
	return put_text(session, process, realtime, text, why);
}
