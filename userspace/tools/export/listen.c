// SPDX-License-Identifier: GPL-2.0
/* Serves metrics over HTTP with libmicrohttpd. */
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "tools/export/listen.h"

/*
 * Limits on the resources of clients.  Beyond CONNECTIONS_MAX that wait for no census, a new one
 * ends the oldest of these: a client that sends a byte at a time is never idle for TIMEOUT_SECONDS.
 * Beyond CONNECTIONS_MAX in all, an answer is the last one of its connection, which ends
 * TIMEOUT_SECONDS later: clients that ask again at once, or read a byte at a time, leave room for
 * others.
 */
#define CONNECTIONS_MAX	32
#define TIMEOUT_SECONDS	10

/* Those that wait for a census, and those that end, are more. */
#define CLIENTS_MAX	(2 * CONNECTIONS_MAX)

static const char older_type[] = "text/plain; version=0.0.4; charset=utf-8";
static const char newer_type[] = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/**
 * struct client - a connection
 * @fd: its socket, of libmicrohttpd
 * @turn: grows with each new connection and each answer
 * @end: when it ends, as of signals_now(), read or not: it has its last answer; 0: not yet
 * @open: it is one, and was not ended
 * @used: this element of the array has one
 * @waits: for a census, or has its answer made
 */
struct client {
	int fd;
	uint64_t turn;
	uint64_t end;
	bool open;
	bool used;
	bool waits;
};

/**
 * struct server - shared by the threads of all connections
 * @export: the caller owns it; only the thread that set @running uses it
 * @lock: protects the rest
 * @finished: signalled when @done grows
 * @begun: number of censuses started
 * @done: number of the last completed census
 * @running: a thread is taking a census
 * @failed: the last census failed, with @why
 * @documents: the last census; the index is @older of export_write()
 * @clients: all connections
 * @turns: the last one of a client
 */
struct server {
	struct export *export;
	pthread_mutex_t lock;
	pthread_cond_t finished;
	uint64_t begun;
	uint64_t done;
	bool running;
	bool failed;
	struct failure why;
	struct {
		char *text;
		size_t len;
	} documents[2];
	struct client clients[CLIENTS_MAX];
	uint64_t turns;
};

/* Whether there are more connections than those that are kept; called with the lock held. */
static bool is_full(const struct server *server)
{
	unsigned int i, n = 0;

	for (i = 0; i < CLIENTS_MAX; i++)
		n += server->clients[i].open;
	return n > CONNECTIONS_MAX;
}

static void end_client(struct client *client)
{
	client->open = false;
	shutdown(client->fd, SHUT_RDWR);
}

/* Ends clients that had time to read their last answer. */
static void end_late(struct server *server)
{
	struct client *client;

	pthread_mutex_lock(&server->lock);
	for (client = server->clients; client < server->clients + CLIENTS_MAX; client++)
		if (client->open && client->end && client->end <= signals_now())
			end_client(client);
	pthread_mutex_unlock(&server->lock);
}

/* @client gets an answer.  Returns true if it is the last one of this connection. */
static bool end_turn(struct server *server, struct client *client)
{
	bool last;

	pthread_mutex_lock(&server->lock);
	client->waits = false;
	client->turn = ++server->turns;
	last = is_full(server);
	if (last)
		client->end = signals_now() + TIMEOUT_SECONDS * NSEC_PER_SEC;
	pthread_mutex_unlock(&server->lock);
	return last;
}

/* Ends the oldest of too many connections that wait for no census; called with the lock held. */
static void make_room(struct server *server)
{
	struct client *client, *oldest = NULL;
	unsigned int n = 0;

	for (client = server->clients; client < server->clients + CLIENTS_MAX; client++) {
		if (!client->open || client->waits)
			continue;
		n++;
		if (!oldest || client->turn < oldest->turn)
			oldest = client;
	}
	if (n > CONNECTIONS_MAX)
		end_client(oldest);
}

/* Called by libmicrohttpd for each connection, before and after. */
static void notice(void *context, struct MHD_Connection *connection, void **client_of,
		   enum MHD_ConnectionNotificationCode what)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct server *server = context;
	struct client *client = *client_of;

	pthread_mutex_lock(&server->lock);
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		for (client = server->clients; client->used; client++)
			;
		*client = (struct client){
			.fd = info->connect_fd, .turn = ++server->turns,
			.open = true, .used = true,
		};
		*client_of = client;
		make_room(server);
	} else {
		client->open = false;
		client->used = false;
	}
	pthread_mutex_unlock(&server->lock);
}

/* Takes a census; called with the lock held, which it drops during the census. */
static void run_census(struct server *server)
{
	struct failure why = { .kind = FAIL_NONE };
	char *text[2] = { NULL, NULL };
	size_t len[2] = { 0, 0 };
	bool failed;
	FILE *out;
	int older;

	server->running = true;
	server->begun++;
	pthread_mutex_unlock(&server->lock);
	failed = export_take(server->export, &why);
	for (older = 0; !failed && older < 2; older++) {
		out = xopen_memstream(&text[older], &len[older]);
		export_write(server->export, older, out);
		xfclose(out);
	}
	if (failed)
		fprintf(stderr, "memcensus: %s\n", why.text);
	pthread_mutex_lock(&server->lock);
	for (older = 0; older < 2; older++) {
		free(server->documents[older].text);
		server->documents[older].text = text[older];
		server->documents[older].len = len[older];
	}
	server->failed = failed;
	server->why = why;
	server->done = server->begun;
	server->running = false;
	pthread_cond_broadcast(&server->finished);
}

/*
 * Creates the response for @client from a census that starts after this call.  It waits until
 * end_turn().
 */
static struct MHD_Response *new_metrics(struct server *server, struct client *client, bool older,
					unsigned int *status)
{
	struct MHD_Response *response;
	char line[sizeof(server->why.text) + 2];
	uint64_t wanted;

	pthread_mutex_lock(&server->lock);
	wanted = server->begun + 1;
	client->waits = true;
	while (server->done < wanted) {
		if (server->running)
			pthread_cond_wait(&server->finished, &server->lock);
		else
			run_census(server);
	}
	*status = server->failed ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK;
	snprintf(line, sizeof(line), "%s\n", server->why.text);
	response = server->failed ?
		MHD_create_response_from_buffer(strlen(line), line, MHD_RESPMEM_MUST_COPY) :
		MHD_create_response_from_buffer(server->documents[older].len,
						server->documents[older].text,
						MHD_RESPMEM_MUST_COPY);
	pthread_mutex_unlock(&server->lock);
	if (response)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
					*status != MHD_HTTP_OK ? "text/plain; charset=utf-8" :
					older ? older_type : newer_type);
	return response;
}

static struct MHD_Response *new_text(const char *text)
{
	return MHD_create_response_from_buffer(strlen(text), (void *)text,
					       MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection,
			      const char *url, const char *method, const char *version,
			      const char *upload, size_t *upload_size, void **state)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	static int headers_seen;
	struct MHD_Response *response;
	const char *accept;
	unsigned int status;
	enum MHD_Result result;

	(void)version;
	(void)upload;
	if (!*state) {
		*state = &headers_seen;
		return MHD_YES;
	}
	/* Ignore the body of a request. */
	if (*upload_size) {
		*upload_size = 0;
		return MHD_YES;
	}
	accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD)) {
		status = MHD_HTTP_METHOD_NOT_ALLOWED;
		response = new_text("only GET and HEAD\n");
		if (response)
			MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	} else if (strcmp(url, "/metrics")) {
		status = MHD_HTTP_NOT_FOUND;
		response = new_text("memcensus: metrics are at /metrics\n");
	} else {
		response = new_metrics(context, info->socket_context, !accept ||
				       !strstr(accept, "application/openmetrics-text"), &status);
	}
	if (!response)
		return MHD_NO;
	if (end_turn(context, info->socket_context))
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* Resolves @address; a port alone means loopback. */
static int look_up(const char *address, struct addrinfo **info, struct failure *why)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	const char *colon = strrchr(address, ':');
	const char *port = colon ? colon + 1 : address;
	size_t len = colon ? colon - address : 0;
	char host[64];
	char *end;
	long number;
	int error;

	if (len > 1 && address[0] == '[' && colon[-1] == ']') {
		address++;
		len -= 2;
	} else if (memchr(address, ':', len)) {
		return fail(why, FAIL_USAGE,
			    "'%.60s' is not an address: write an IPv6 address in brackets, [::1]:PORT",
			    address);
	}
	number = strtol(port, &end, 10);
	if (*end || end == port || number < 0 || number > 65535 || len >= sizeof(host))
		return fail(why, FAIL_USAGE,
			    "'%.60s' is not an address: use PORT, ADDRESS:PORT or [ADDRESS]:PORT",
			    address);
	snprintf(host, sizeof(host), "%.*s", (int)len, address);
	error = getaddrinfo(len ? host : "127.0.0.1", port, &hints, info);
	if (error)
		return fail(why, FAIL_USAGE, "'%.60s' is not an address: %s", host,
			    gai_strerror(error));
	return 0;
}

int export_set_listen(struct options *options, const char *address, struct failure *why)
{
	struct addrinfo *info;

	(void)options;
	if (look_up(address, &info, why))
		return -1;
	freeaddrinfo(info);
	return 0;
}

/* Opens the socket here to get the reason of a failure: libmicrohttpd gives none. */
static int listen_at(const char *address, struct failure *why)
{
	struct addrinfo *info;
	const int on = 1;
	int fd;

	if (look_up(address, &info, why))
		return -1;
	fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, info->ai_addr, info->ai_addrlen) || listen(fd, CONNECTIONS_MAX)) {
		fail(why, FAIL_SYSTEM, "cannot listen at '%.60s': %s", address, strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(info);
	return fd;
}

/* Prints the address of the server: for port 0, the kernel chose the port. */
static void say_where(int fd)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	char host[64], port[16];

	if (!getsockname(fd, (struct sockaddr *)&at, &len) &&
	    !getnameinfo((struct sockaddr *)&at, len, host, sizeof(host), port, sizeof(port),
			 NI_NUMERICHOST | NI_NUMERICSERV))
		fprintf(stderr, "memcensus: serving http://%s%s%s:%s/metrics\n",
			strchr(host, ':') ? "[" : "", host, strchr(host, ':') ? "]" : "", port);
}

int export_listen(const char *address, struct export *export, struct failure *why)
{
	struct server server = {
		.export = export,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.finished = PTHREAD_COND_INITIALIZER,
	};
	struct MHD_Daemon *daemon;
	sigset_t all, before;
	int fd = listen_at(address, why);

	if (fd < 0)
		return -1;
	signals_catch();
	signal(SIGPIPE, SIG_IGN);
	/* Block signals in the server's threads, so that this thread gets them. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD |
				  MHD_USE_THREAD_PER_CONNECTION, 0, NULL, NULL,
				  answer, &server, MHD_OPTION_LISTEN_SOCKET, fd,
				  MHD_OPTION_CONNECTION_LIMIT, CLIENTS_MAX,
				  MHD_OPTION_NOTIFY_CONNECTION, notice, &server,
				  MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_SECONDS,
				  MHD_OPTION_END);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!daemon) {
		close(fd);
		return fail(why, FAIL_SYSTEM, "cannot start the HTTP server at '%.60s'", address);
	}
	say_where(fd);
	while (signals_sleep_until(signals_now() + NSEC_PER_SEC))
		end_late(&server);
	MHD_stop_daemon(daemon);
	free(server.documents[false].text);
	free(server.documents[true].text);
	return 0;
}
