// SPDX-License-Identifier: GPL-2.0
/*
 * The only program of the containers: makes the memory that its arguments name, and waits.
 *
 *	anon=MIB	private memory
 *	forks=N,MIB	children that each write so much of what anon wrote
 *	read=FILE	reads a file once
 *	map=FILE	maps a file and reads it
 *	fill=FILE,MIB	writes a file
 *	sockets=MIB	TCP connections, with so much that waits to be read
 *	names=DIR,N	looks for names that DIR does not have
 *	ready=FILE	the end of the above: FILE has the bytes of sockets, as the kernel says
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/sock_diag.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB	1048576UL
#define PAGE	4096UL
#define BLOCK	65536UL

static char *own;
static size_t own_size;
static uint64_t in_sockets;

static void need(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

/* The number behind the comma of @word, which ends there. */
static size_t number_in(char *word)
{
	char *comma = strrchr(word, ',');

	need(!!comma, word);
	*comma = '\0';
	return strtoul(comma + 1, NULL, 0);
}

static void write_pages(char *at, size_t size)
{
	size_t i;

	for (i = 0; i < size; i += PAGE)
		at[i]++;
}

static void have_anon(char *word)
{
	own_size = strtoul(word, NULL, 0) * MIB;
	own = mmap(NULL, own_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(own != MAP_FAILED, "mmap");
	madvise(own, own_size, MADV_NOHUGEPAGE);
	write_pages(own, own_size);
}

/* Returns when all have written. */
static void have_forks(char *word)
{
	const size_t size = number_in(word) * MIB;
	size_t n = strtoul(word, NULL, 0);
	int ends[2];
	char byte;

	need(size <= own_size && !pipe(ends), "forks");
	while (n--) {
		const pid_t pid = fork();

		need(pid >= 0, "fork");
		if (!pid) {
			write_pages(own, size);
			need(write(ends[1], "", 1) == 1, "write");
			for (;;)
				pause();
		}
		need(read(ends[0], &byte, 1) == 1, "read");
	}
	close(ends[0]);
	close(ends[1]);
}

static void have_read(char *word)
{
	static char block[BLOCK];
	const int fd = open(word, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	need(fd >= 0, word);
	while ((n = read(fd, block, sizeof(block))) > 0)
		;
	need(!n, word);
	close(fd);
}

static void have_map(char *word)
{
	const int fd = open(word, O_RDONLY | O_CLOEXEC);
	volatile const char *at;
	struct stat st;
	off_t i;

	need(fd >= 0 && !fstat(fd, &st), word);
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	need(at != MAP_FAILED, word);
	for (i = 0; i < st.st_size; i += (off_t)PAGE)
		(void)at[i];
	close(fd);
}

static void have_file(char *word)
{
	static char block[BLOCK];
	size_t left = number_in(word) * MIB;
	const int fd = open(word, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	need(fd >= 0, word);
	for (; left; left -= sizeof(block))
		need(write(fd, block, sizeof(block)) == sizeof(block), word);
	close(fd);
}

/* What a cgroup is charged for a socket: its queues, and what it has in advance. */
static uint64_t memory_of(int fd)
{
	uint32_t v[SK_MEMINFO_VARS];
	socklen_t len = sizeof(v);

	need(!getsockopt(fd, SOL_SOCKET, SO_MEMINFO, v, &len), "SO_MEMINFO");
	return (uint64_t)v[SK_MEMINFO_RMEM_ALLOC] + v[SK_MEMINFO_WMEM_QUEUED] +
	       v[SK_MEMINFO_FWD_ALLOC];
}

static uint64_t memory_of_all(const int *ends, size_t n)
{
	uint64_t sum = 0;

	while (n--)
		sum += memory_of(ends[n]);
	return sum;
}

/* One connection, with as much to read as it takes. */
static void fill_connection(int listening, const struct sockaddr_in *address, int *from, int *to)
{
	static char block[BLOCK];

	*from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(*from >= 0 && !connect(*from, (const void *)address, sizeof(*address)), "connect");
	*to = accept(listening, NULL, NULL);
	need(*to >= 0, "accept");
	fcntl(*from, F_SETFL, O_NONBLOCK);
	while (write(*from, block, sizeof(block)) > 0)
		;
	need(errno == EAGAIN, "write");
}

/* The same, once nothing is on the way any more. */
static uint64_t settled_memory(const int *ends, size_t n)
{
	uint64_t sum = memory_of_all(ends, n), now;
	unsigned int same = 0;

	while (same < 10) {
		usleep(100000);
		now = memory_of_all(ends, n);
		same = now == sum ? same + 1 : 0;
		sum = now;
	}
	return sum;
}

static void have_sockets(char *word)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	const uint64_t wanted = strtoul(word, NULL, 0) * MIB;
	const struct rlimit limit = { 4096, 4096 };
	const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(address);
	int *ends = NULL;
	size_t n = 0;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	need(listening >= 0 && !bind(listening, (void *)&address, sizeof(address)) &&
	     !listen(listening, 16) && !getsockname(listening, (void *)&address, &len), "listen");
	setrlimit(RLIMIT_NOFILE, &limit);
	while (in_sockets < wanted) {
		ends = realloc(ends, (n + 2) * sizeof(*ends));
		need(!!ends, "realloc");
		fill_connection(listening, &address, &ends[n], &ends[n + 1]);
		n += 2;
		in_sockets = memory_of_all(ends, n);
		if (in_sockets >= wanted)
			in_sockets = settled_memory(ends, n);
	}
}

static void have_names(char *word)
{
	const size_t n = number_in(word);
	char path[256];
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/missing%zu", word, i);
		need(access(path, F_OK) && errno == ENOENT, path);
	}
}

static void say_ready(char *word)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s.new", word);
	out = fopen(path, "w");
	need(out && fprintf(out, "%" PRIu64 "\n", in_sockets) > 0 && !fclose(out), path);
	need(!rename(path, word), word);
}

static const struct {
	const char *name;
	void (*make)(char *word);
} kinds[] = {
	{ "anon=", have_anon },
	{ "forks=", have_forks },
	{ "read=", have_read },
	{ "map=", have_map },
	{ "fill=", have_file },
	{ "sockets=", have_sockets },
	{ "names=", have_names },
	{ "ready=", say_ready },
};

int main(int argc, char **argv)
{
	const size_t n = sizeof(kinds) / sizeof(kinds[0]);
	size_t k;
	int i;

	for (i = 1; i < argc; i++) {
		for (k = 0; k < n && strncmp(argv[i], kinds[k].name, strlen(kinds[k].name)); k++)
			;
		errno = EINVAL;
		need(k < n, argv[i]);
		kinds[k].make(argv[i] + strlen(kinds[k].name));
	}
	for (;;)
		pause();
}
