// SPDX-License-Identifier: GPL-2.0
/* hold MIB [map FILE|read FILE|write FILE|names N|grow]...: holds memory of known kinds. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB	1048576UL

static char buffer[MIB];

static void touch(size_t bytes)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at != MAP_FAILED)
		memset(at, 1, bytes);
}

static void map_file(const char *name)
{
	const int fd = open(name, O_RDONLY);
	volatile char sum = 0;
	const char *at;
	struct stat st;
	off_t i;

	if (fd < 0 || fstat(fd, &st))
		exit(1);
	at = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	for (i = 0; i < st.st_size; i += 4096)
		sum += at[i];
}

static void read_file(const char *name)
{
	const int fd = open(name, O_RDONLY);

	if (fd < 0)
		exit(1);
	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	close(fd);
}

/* 40 MiB of it, so that a limit can be met later. */
static void write_file(const char *name)
{
	const int fd = open(name, O_WRONLY | O_CREAT, 0600);
	int i;

	for (i = 0; i < 40; i++)
		if (write(fd, buffer, sizeof(buffer)) < 0)
			exit(1);
}

/* Names that are not there: the kernel keeps a dentry of each. */
static void look_up(long n)
{
	char name[64];
	struct stat st;

	while (n--) {
		snprintf(name, sizeof(name), "/scratch/no-such-file-%ld", n);
		stat(name, &st);
	}
}

int main(int argc, char **argv)
{
	int i;

	touch(strtoul(argv[1], NULL, 10) * MIB);
	for (i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "grow"))
			for (;;) {
				touch(MIB);
				usleep(100000);
			}
		if (i + 1 == argc)
			return 2;
		if (!strcmp(argv[i], "map"))
			map_file(argv[++i]);
		else if (!strcmp(argv[i], "read"))
			read_file(argv[++i]);
		else if (!strcmp(argv[i], "write"))
			write_file(argv[++i]);
		else if (!strcmp(argv[i], "names"))
			look_up(strtol(argv[++i], NULL, 10));
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
