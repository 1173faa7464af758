// SPDX-License-Identifier: GPL-2.0
/* Serves metrics over HTTP with libmicrohttpd, in one thread, which also takes the censuses. */
#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "tools/export/listen.h"

/* The least time between two censuses; a client has at least as long to read a document. */
#define AGE_SECONDS	5

/*
 * What clients can use.  All clients on loopback have one address, so there is no limit by
 * address.  A slow reader costs CONNECTION_MEMORY, and SEND_BUFFER in the kernel.
 * libmicrohttpd counts TIMEOUT_SECONDS from the last byte: who sends one now and then stays.
 */
#define CONNECTIONS_MAX		1000
#define TIMEOUT_SECONDS		10
#define CONNECTION_MEMORY	(16 << 10)
static const int send_buffer = 128 << 10;

/**
 * struct document - a census as text, for all who ask for it
 * @fd: a file in memory; empty: dropped, and clients that have not read all of it are
 *	disconnected
 * @response: owns @fd; NULL: there is none
 */
struct document {
	int fd;
	struct MHD_Response *response;
};

/**
 * struct server - the newest census, and the one before it
 * @due: when the newest is too old, as of signals_now()
 * @taken: there is a newest one
 * @failed: it failed, with @why
 * @newest, @previous: the index is @older of export_write()
 */
struct server {
	struct export *export;
	uint64_t due;
	bool taken;
	bool failed;
	struct failure why;
	struct document newest[2];
	struct document previous[2];
};

/* Makes the newest documents the previous ones, and drops those. */
static void make_old(struct server *server)
{
	struct document document;
	int older;

	for (older = 0; older < 2; older++) {
		document = server->previous[older];
		server->previous[older] = server->newest[older];
		server->newest[older] = (struct document){ .response = NULL };
		if (!document.response)
			continue;
		/* Clients that read it keep the response, but not the text. */
		if (ftruncate(document.fd, 0))
			perror("memcensus: ftruncate");
		MHD_destroy_response(document.response);
	}
	server->taken = false;
	server->due = signals_now() + AGE_SECONDS * NSEC_PER_SEC;
}

/* Makes the census of @export a document; 0, or -1 and @why. */
static int make_document(struct document *document, const struct export *export, bool older,
			 struct failure *why)
{
	const int fd = memfd_create("metrics", MFD_CLOEXEC);
	/* The response closes one of two descriptors of the file. */
	FILE *file = fd < 0 ? NULL : fdopen(dup(fd), "w");
	bool written;

	if (file)
		export_write(export, older, file);
	written = file && !fflush(file) && !ferror(file);
	if (!written)
		fail(why, FAIL_SYSTEM, "cannot write the metrics: %s", strerror(errno));
	if (file)
		fclose(file);
	if (!written) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	document->fd = fd;
	document->response = MHD_create_response_from_fd((size_t)lseek(fd, 0, SEEK_END), fd);
	if (!document->response)
		memory_failed();
	MHD_add_response_header(document->response, MHD_HTTP_HEADER_CONNECTION, "close");
	MHD_add_response_header(document->response, MHD_HTTP_HEADER_CONTENT_TYPE, older ?
				"text/plain; version=0.0.4; charset=utf-8" :
				"application/openmetrics-text; version=1.0.0; charset=utf-8");
	return 0;
}

/* Takes a census for all requests of the next AGE_SECONDS. */
static void take_census(struct server *server)
{
	struct failure *why = &server->why;
	int older;

	server->failed = export_take(server->export, why);
	for (older = 0; older < 2 && !server->failed; older++)
		server->failed = make_document(&server->newest[older], server->export, older, why);
	if (server->failed && !signals_stopped())
		fprintf(stderr, "memcensus: %s\n", why->text);
	export_drop(server->export);
	malloc_trim(0);
	server->taken = true;
	/* A record does not change. */
	server->due = server->export->session->source->ops->live ?
		      signals_now() + AGE_SECONDS * NSEC_PER_SEC : UINT64_MAX;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned int status,
				   const char *text)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				"text/plain; charset=utf-8");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_metrics(struct MHD_Connection *connection, struct server *server)
{
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_ACCEPT);
	const bool older = !accept || !strstr(accept, "application/openmetrics-text");

	if (!server->taken)
		take_census(server);
	if (server->failed)
		return answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, server->why.text);
	return MHD_queue_response(connection, MHD_HTTP_OK, server->newest[older].response);
}

static enum MHD_Result answer(void *server, struct MHD_Connection *connection,
			      const char *url, const char *method, const char *version,
			      const char *upload, size_t *upload_size, void **state)
{
	static int headers_seen;

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
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
	if (strcmp(url, "/metrics"))
		return answer_text(connection, MHD_HTTP_NOT_FOUND,
				   "memcensus: metrics are at /metrics\n");
	return answer_metrics(connection, server);
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
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer)) ||
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
	struct server server = { .export = export };
	struct MHD_Daemon *daemon;
	int fd = listen_at(address, why);

	if (fd < 0)
		return -1;
	signals_catch();
	signal(SIGPIPE, SIG_IGN);
	daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, &server,
				  MHD_OPTION_LISTEN_SOCKET, fd,
				  MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
				  MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
				  MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_SECONDS,
				  MHD_OPTION_END);
	if (!daemon) {
		close(fd);
		return fail(why, FAIL_SYSTEM, "cannot start the HTTP server at '%.60s'", address);
	}
	say_where(fd);
	while (!signals_stopped()) {
		MHD_run_wait(daemon, 1000);
		if (signals_now() >= server.due)
			make_old(&server);
	}
	make_old(&server);
	make_old(&server);
	MHD_stop_daemon(daemon);
	return 0;
}
