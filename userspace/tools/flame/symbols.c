// SPDX-License-Identifier: GPL-2.0
/* Names of functions: what a child without privileges finds in a file. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <elfutils/libdwfl.h>
#include <gelf.h>

#include "lib/memory.h"
#include "tools/flame/sandbox.h"
#include "tools/flame/symbols.h"

/* CPU time for one file. */
#define CPU_SECONDS	20

/* Longest build ID: that of SHA-512. */
#define BUILD_ID_MAX	64

/* A map of a JIT may have this many bytes. */
#define JIT_BYTES	(64UL << 20)

/* First byte of a message from the child. */
enum answer {
	ANSWER_NAMES = 'N',
	ANSWER_BUILD_ID = 'B',
};

/**
 * struct answers - names on their way to the parent
 * @socket: where they go
 * @text: the next message
 * @size: its bytes
 */
struct answers {
	int socket;
	char text[SANDBOX_MESSAGE];
	size_t size;
};

static void flush(struct answers *answers)
{
	if (answers->size > 1 && !sandbox_send(answers->socket, answers->text, answers->size, -1))
		_exit(1);
	answers->text[0] = ANSWER_NAMES;
	answers->size = 1;
}

/* Adds a length and a name; unknown names have no length. */
static void put_symbol_name(struct answers *answers, const char *name, size_t len)
{
	uint16_t bytes = (uint16_t)(len < SYMBOL_BYTES ? len : SYMBOL_BYTES);

	if (answers->size + sizeof(bytes) + bytes > sizeof(answers->text))
		flush(answers);
	memcpy(answers->text + answers->size, &bytes, sizeof(bytes));
	answers->size += sizeof(bytes);
	if (bytes)
		memcpy(answers->text + answers->size, name, bytes);
	answers->size += bytes;
}

/* The child's socket, for the callback of libdwfl; -1: there is none. */
static int asks_at = -1;

/* The parent opens the debug file of the build ID, if one is installed. */
static int find_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
			  const char *file, const char *link, GElf_Word crc, char **found)
{
	char question[1 + BUILD_ID_MAX], reply;
	const unsigned char *id;
	GElf_Addr place;
	int len, fd;

	(void)data;
	(void)name;
	(void)base;
	(void)file;
	(void)link;
	(void)crc;
	(void)found;
	len = dwfl_module_build_id(module, &id, &place);
	if (asks_at < 0 || len <= 1 || len > BUILD_ID_MAX)
		return -1;
	question[0] = ANSWER_BUILD_ID;
	memcpy(question + 1, id, (size_t)len);
	if (!sandbox_send(asks_at, question, (size_t)len + 1, -1) ||
	    sandbox_receive(asks_at, &reply, 1, &fd) != 1)
		_exit(1);
	return fd;
}

struct Dwfl *symbols_dwfl(void)
{
	static const Dwfl_Callbacks callbacks = {
		.find_debuginfo = find_debuginfo,
		.section_address = dwfl_offline_section_address,
	};

	return dwfl_begin(&callbacks);
}

bool symbols_address(struct Elf *elf, uint64_t offset, uint64_t *addr)
{
	GElf_Phdr header;
	size_t n, i;

	if (elf_getphdrnum(elf, &n))
		return false;
	for (i = 0; i < n; i++) {
		/* Mappings begin at whole pages, before the segment's first byte. */
		if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_LOAD ||
		    offset < (header.p_offset & ~4095ULL) ||
		    offset >= header.p_offset + header.p_filesz)
			continue;
		*addr = header.p_vaddr + (offset - header.p_offset);
		return true;
	}
	return false;
}

/**
 * struct symbol - a function
 * @addr: its address, as the ELF file wants it
 * @size: bytes; 0: unknown, so it ends where the next one begins
 * @rank: of those at the same address the lowest counts: global, weak, local
 * @name: in the file's string table
 */
struct symbol {
	uint64_t addr;
	uint64_t size;
	int rank;
	const char *name;
};

static int by_addr(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	if (!x->size != !y->size)
		return x->size ? -1 : 1;
	return x->rank - y->rank;
}

/* Reads all functions once, in order: libdwfl itself searches all for each address. */
static struct symbol *read_symbols(Dwfl_Module *module, GElf_Addr bias, size_t *n)
{
	const int all = dwfl_module_getsymtab(module);
	struct symbol *v = calloc(all > 0 ? (size_t)all : 1, sizeof(*v));
	GElf_Addr addr;
	GElf_Sym symbol;
	const char *name;
	int i;

	*n = 0;
	for (i = 1; v && i < all; i++) {
		name = dwfl_module_getsym_info(module, i, &symbol, &addr, NULL, NULL, NULL);
		if (!name || !*name || symbol.st_shndx == SHN_UNDEF ||
		    (GELF_ST_TYPE(symbol.st_info) != STT_FUNC &&
		     GELF_ST_TYPE(symbol.st_info) != STT_GNU_IFUNC &&
		     GELF_ST_TYPE(symbol.st_info) != STT_NOTYPE))
			continue;
		v[(*n)++] = (struct symbol){
			addr - bias, symbol.st_size,
			GELF_ST_BIND(symbol.st_info) == STB_GLOBAL ? 0 :
			GELF_ST_BIND(symbol.st_info) == STB_WEAK ? 1 : 2, name };
	}
	if (v)
		qsort(v, *n, sizeof(*v), by_addr);
	return v;
}

/* The function at @addr: the nearest one at or before it that does not end before it. */
static const char *symbol_name(const struct symbol *v, size_t n, uint64_t addr)
{
	const size_t after = FIRST_NOT(n, i, v[i].addr <= addr);
	size_t first;

	if (!after)
		return NULL;
	/* The first of those at this address is the best one. */
	for (first = after - 1; first && v[first - 1].addr == v[after - 1].addr; first--)
		;
	return v[first].size && addr - v[first].addr >= v[first].size ? NULL : v[first].name;
}

static void name_elf(struct answers *answers, int fd, const uint64_t *addrs, size_t n)
{
	Dwfl *dwfl = symbols_dwfl();
	Dwfl_Module *module;
	struct symbol *symbols = NULL;
	GElf_Addr bias = 0;
	size_t i, n_symbols = 0;
	Elf *elf = NULL;
	const char *name;
	uint64_t addr;

	if (!dwfl)
		return;
	dwfl_report_begin(dwfl);
	module = dwfl_report_elf(dwfl, "object", "object", fd, 0, true);
	dwfl_report_end(dwfl, NULL, NULL);
	if (module)
		elf = dwfl_module_getelf(module, &bias);
	if (elf)
		symbols = read_symbols(module, bias, &n_symbols);
	for (i = 0; i < n; i++) {
		name = symbols && symbols_address(elf, addrs[i], &addr) ?
		       symbol_name(symbols, n_symbols, addr) : NULL;
		/* Without the version of the symbol, which debug files add: name@@VERSION. */
		put_symbol_name(answers, name, name ? strcspn(name, "@") : 0);
	}
}

/* Sets the name of each address from @start up to @end: later lines replace earlier ones. */
static void name_range(const uint64_t *addrs, size_t n, uint64_t start, uint64_t end,
		       const char *name, const char **names)
{
	size_t at = FIRST_NOT(n, i, addrs[i] < start);

	for (; at < n && addrs[at] < end; at++)
		names[at] = name;
}

/* Lines "START SIZE NAME", hexadecimal; other lines are ignored. */
static void name_jit(struct answers *answers, int fd, const uint64_t *addrs, size_t n)
{
	const char **names = calloc(n, sizeof(*names));
	char *text = malloc(JIT_BYTES + 1), *line, *end, *next;
	uint64_t start, bytes;
	size_t size = 0, i;
	ssize_t got;

	if (!text || !names)
		return;
	while (size < JIT_BYTES && (got = read(fd, text + size, JIT_BYTES - size)) > 0)
		size += (size_t)got;
	text[size] = '\0';
	for (line = text; line < text + size; line = next) {
		end = memchr(line, '\n', (size_t)(text + size - line));
		end = end ? end : text + size;
		next = end + 1;
		*end = '\0';
		start = strtoull(line, &end, 16);
		if (end == line || *end != ' ')
			continue;
		line = end + 1;
		bytes = strtoull(line, &end, 16);
		if (end == line || *end != ' ' || !end[1] || start + bytes < start)
			continue;
		name_range(addrs, n, start, start + bytes, end + 1, names);
	}
	for (i = 0; i < n; i++)
		put_symbol_name(answers, names[i], names[i] ? strlen(names[i]) : 0);
}

/* What the child, a copy of this process, has to find. */
static const struct symbols_query *asked;

/* All of this runs in the child. */
static void answer_symbols(int socket)
{
	static struct answers answers;
	char ready;
	int fd;

	if (sandbox_receive(socket, &ready, 1, &fd) != 1 || fd < 0)
		return;
	asks_at = socket;
	answers.socket = socket;
	flush(&answers);
	elf_version(EV_CURRENT);
	if (asked->kind == SYMBOLS_ELF)
		name_elf(&answers, fd, asked->addrs, asked->n);
	else
		name_jit(&answers, fd, asked->addrs, asked->n);
	flush(&answers);
}

static char *put_id(char *at, const uint8_t *bytes, size_t n)
{
	while (n--)
		at += sprintf(at, "%02x", *bytes++);
	return at;
}

static int open_regular(const char *path)
{
	const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || (!fstat(fd, &st) && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	return -1;
}

/* The cache of the client of debuginfod, as its manual page says; NULL: none. */
static char *cache_directory(void)
{
	const char *path = getenv("DEBUGINFOD_CACHE_PATH");
	const char *home = getenv("HOME");

	if (path && *path)
		return xstrdup(path);
	path = getenv("XDG_CACHE_HOME");
	if (path && *path)
		return xasprintf("%s/debuginfod_client", path);
	return home ? xasprintf("%s/.cache/debuginfod_client", home) : NULL;
}

/*
 * Opens the debug file of a build ID of @n bytes: the installed one, or that which
 * debuginfod-find(1) has put into its cache.  -1: there is none.
 */
static int open_debug_file(const uint8_t *id, size_t n)
{
	char path[64 + 2 * BUILD_ID_MAX], hex[2 * BUILD_ID_MAX + 1], *cache, *cached;
	int fd;

	if (n < 2)
		return -1;
	strcpy(put_id(path + sprintf(path, "/usr/lib/debug/.build-id/%02x/", id[0]), id + 1, n - 1),
	       ".debug");
	fd = open_regular(path);
	cache = fd < 0 ? cache_directory() : NULL;
	if (!cache)
		return fd;
	put_id(hex, id, n);
	cached = xasprintf("%s/%s/debuginfo", cache, hex);
	fd = open_regular(cached);
	free(cached);
	free(cache);
	return fd;
}

/* Sends the debug file of a build ID, or none. */
static bool send_debug_file(int socket, const char *id, size_t n)
{
	const int fd = open_debug_file((const uint8_t *)id, n);
	const bool sent = sandbox_send(socket, "", 1, fd);

	if (fd >= 0)
		close(fd);
	return sent;
}

/* Takes the names of one message; false: it is malformed. */
static bool parse_names(struct symbols_query *query, size_t *have, const char *text, size_t size)
{
	uint16_t len;

	for (; size; text += len, size -= len) {
		if (size < sizeof(len) || *have == query->n)
			return false;
		memcpy(&len, text, sizeof(len));
		text += sizeof(len);
		size -= sizeof(len);
		if (len > size || len > SYMBOL_BYTES)
			return false;
		if (len)
			query->names[*have] = xasprintf("%.*s", (int)len, text);
		++*have;
	}
	return true;
}

int symbols_find(struct symbols_query *query, struct failure *why)
{
	static char message[SANDBOX_MESSAGE];
	struct sandbox sandbox;
	size_t have = 0;
	ssize_t got;
	bool good;

	if (!query->n)
		return 0;
	asked = query;
	if (sandbox_start(&sandbox, answer_symbols, CPU_SECONDS, why))
		return -1;
	good = sandbox_send(sandbox.socket, "", 1, query->fd);
	while (good && have < query->n) {
		got = sandbox_receive(sandbox.socket, message, sizeof(message), NULL);
		if (got <= 0)
			good = false;
		else if (message[0] == ANSWER_BUILD_ID && got > 1 && got <= 1 + BUILD_ID_MAX)
			good = send_debug_file(sandbox.socket, message + 1, (size_t)got - 1);
		else
			good = message[0] == ANSWER_NAMES &&
			       parse_names(query, &have, message + 1, (size_t)got - 1);
	}
	sandbox_end(&sandbox);
	if (good)
		return 0;
	return fail(why, FAIL_SYSTEM,
		    "the symbols of '%.200s' cannot be read: the file is damaged, or too large; its code has no names",
		    query->name);
}
