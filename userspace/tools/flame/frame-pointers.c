// SPDX-License-Identifier: GPL-2.0
/* Counts the functions of a program that keep a frame pointer. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>

#include "lib/memory.h"
#include "tools/flame/frame-pointers.h"
#include "tools/flame/sandbox.h"

/* CPU time for one file. */
#define CPU_SECONDS	5

/* In the numbers of DWARF; and where a frame is from the stack pointer before it has one. */
#if defined(__aarch64__)
#define FRAME_POINTER	29
#define NO_FRAME	0
#define MACHINE		EM_AARCH64
#else
#define FRAME_POINTER	6
#define NO_FRAME	8
#define MACHINE		EM_X86_64
#endif

/* Bytes of .eh_frame_hdr before its table, and of an entry: a function and its unwind table. */
#define HEADER		12
#define ENTRY		8

/* A file has much of the code if it has this part of it. */
#define MUCH_CODE	10

/* At most so many functions of a file are looked at, evenly spread. */
#define SAMPLES		4096

/* The rest up to answer_frame_pointers() runs in the child. */

/**
 * struct functions - those of a file
 * @cfi: the unwind table
 * @framed: functions with a frame
 * @kept: of these, those that keep the frame pointer
 */
struct functions {
	Dwarf_CFI *cfi;
	size_t framed;
	size_t kept;
};

/* Looks at the frame of a function at @addr in its middle. */
static void see(struct functions *functions, uint64_t addr)
{
	Dwarf_Op *ops, space[3];
	Dwarf_Frame *frame;
	bool kept = false;
	size_t n;

	if (dwarf_cfi_addrframe(functions->cfi, addr, &frame))
		return;
	if (!dwarf_frame_cfa(frame, &ops, &n) && n == 1 && ops->atom == DW_OP_bregx) {
		kept = ops->number == FRAME_POINTER;
		functions->framed += kept || ops->number2 != NO_FRAME;
		/* There the frame pointer is part of the frame, which may be found otherwise. */
		if (MACHINE == EM_AARCH64 && ops->number2 != NO_FRAME)
			kept = !dwarf_frame_register(frame, FRAME_POINTER, space, &ops, &n) && n;
		functions->kept += kept;
	}
	free(frame);
}

/* Looks at functions in the sorted table of .eh_frame_hdr, which is at @base. */
static void see_all(struct functions *functions, const Elf_Data *data, uint64_t base)
{
	/* Version 1; a pointer of 4 bytes, an unsigned number, offsets from @base. */
	static const uint8_t expected[] = { 1, 0x1b, 0x03, 0x3b };
	const uint8_t *at = data ? data->d_buf : NULL;
	int32_t offsets[2];
	uint32_t n, i;

	if (!at || data->d_size < HEADER || memcmp(at, expected, sizeof(expected)))
		return;
	memcpy(&n, at + 8, sizeof(n));
	for (i = 0; i + 1 < n && HEADER + (i + 2ULL) * ENTRY <= data->d_size;
	     i += n / SAMPLES + 1) {
		memcpy(&offsets[0], at + HEADER + i * ENTRY, sizeof(offsets[0]));
		memcpy(&offsets[1], at + HEADER + (i + 1) * ENTRY, sizeof(offsets[1]));
		see(functions, base + (uint64_t)(((int64_t)offsets[0] + offsets[1]) / 2));
	}
}

static void see_main(struct functions *functions, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr part;
	GElf_Sym symbol;
	Elf_Data *data;
	const char *name;
	int i;

	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &part) || part.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		for (i = 0; data && gelf_getsym(data, i, &symbol); i++) {
			name = elf_strptr(elf, part.sh_link, symbol.st_name);
			if (name && !strcmp(name, "main"))
				see(functions, symbol.st_value + symbol.st_size / 2);
		}
	}
}

/* What the child answers; no bool, since it may send any value. */
struct found {
	char pointers;
	char is_static;
};

static struct found look_for_functions(Elf *elf)
{
	struct functions functions = { .cfi = elf ? dwarf_getcfi_elf(elf) : NULL };
	GElf_Phdr header, table = { .p_filesz = 0 };
	struct found found = { FRAME_POINTERS_UNKNOWN, true };
	GElf_Ehdr file;
	size_t n, i;

	if (!functions.cfi || !gelf_getehdr(elf, &file) || file.e_machine != MACHINE ||
	    elf_getphdrnum(elf, &n))
		return found;
	for (i = 0; i < n && gelf_getphdr(elf, (int)i, &header); i++) {
		found.is_static &= header.p_type != PT_INTERP && header.p_type != PT_DYNAMIC;
		if (header.p_type == PT_GNU_EH_FRAME)
			table = header;
	}
	/* Most functions of a static program are those of its libraries: main() is its own. */
	if (found.is_static)
		see_main(&functions, elf);
	else
		see_all(&functions, elf_getdata_rawchunk(elf, (int64_t)table.p_offset,
							 table.p_filesz, ELF_T_BYTE),
			table.p_vaddr);
	if (functions.framed)
		found.pointers = 2 * functions.kept < functions.framed ? FRAME_POINTERS_OMITTED :
									 FRAME_POINTERS_KEPT;
	return found;
}

static void answer_frame_pointers(int socket)
{
	struct found found;
	char ready;
	int fd;

	if (sandbox_receive(socket, &ready, 1, &fd) != 1 || fd < 0)
		return;
	elf_version(EV_CURRENT);
	found = look_for_functions(elf_begin(fd, ELF_C_READ, NULL));
	sandbox_send(socket, &found, sizeof(found), -1);
}

enum frame_pointers frame_pointers_of(int fd, bool *is_static)
{
	struct sandbox sandbox;
	struct failure none;
	struct found found = { FRAME_POINTERS_UNKNOWN, false };

	if (is_static)
		*is_static = false;
	if (sandbox_start(&sandbox, answer_frame_pointers, CPU_SECONDS, &none))
		return FRAME_POINTERS_UNKNOWN;
	if (!sandbox_send(sandbox.socket, "", 1, fd) ||
	    sandbox_receive(sandbox.socket, &found, sizeof(found), NULL) != sizeof(found))
		found.pointers = FRAME_POINTERS_UNKNOWN;
	sandbox_end(&sandbox);
	if (is_static)
		*is_static = found.is_static;
	return found.pointers == FRAME_POINTERS_KEPT || found.pointers == FRAME_POINTERS_OMITTED ?
	       (enum frame_pointers)found.pointers : FRAME_POINTERS_UNKNOWN;
}

static uint64_t code_bytes(const struct code_maps *maps, uint32_t object)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < maps->n; i++)
		if (maps->v[i].object == object)
			bytes += maps->v[i].end - maps->v[i].start;
	return bytes;
}

enum frame_pointers frame_pointers_of_process(const struct code_maps *maps,
					      const struct code_objects *objects,
					      const char **file)
{
	enum frame_pointers found = FRAME_POINTERS_UNKNOWN, of;
	uint64_t all = 0;
	uint32_t i;

	for (i = 0; i < maps->n; i++)
		all += maps->v[i].end - maps->v[i].start;
	for (i = 1; i < objects->n; i++) {
		if (objects->v[i].kind != CODE_FILE || objects->v[i].fd < 0 ||
		    code_bytes(maps, i) < all / MUCH_CODE)
			continue;
		of = frame_pointers_of(objects->v[i].fd, NULL);
		found = of == FRAME_POINTERS_UNKNOWN ? found : of;
		if (of != FRAME_POINTERS_OMITTED)
			continue;
		*file = objects->v[i].name;
		break;
	}
	return found;
}

/* Of the C library of this process; @file is set to its path. */
static enum frame_pointers of_libc(const char **file)
{
	enum frame_pointers found = FRAME_POINTERS_UNKNOWN;
	Dl_info info;
	int fd;

	if (!dladdr((void *)(uintptr_t)malloc, &info) || !info.dli_fname)
		return found;
	fd = open(info.dli_fname, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return found;
	*file = info.dli_fname;
	found = frame_pointers_of(fd, NULL);
	close(fd);
	return found;
}

enum frame_pointers frame_pointers_of_command(const char *word, const char **file)
{
	const int fd = frame_pointers_open_word(word);
	enum frame_pointers found;
	bool is_static;

	if (fd < 0)
		return FRAME_POINTERS_UNKNOWN;
	found = frame_pointers_of(fd, &is_static);
	close(fd);
	*file = word;
	if (found == FRAME_POINTERS_OMITTED || is_static)
		return found;
	return of_libc(file) == FRAME_POINTERS_OMITTED ? FRAME_POINTERS_OMITTED : found;
}

/* Opens the interpreter of the script @fd, which it closes; other files stay. */
static int follow_script(int fd)
{
	char line[256], *name = line + 2;
	const ssize_t size = fd < 0 ? -1 : pread(fd, line, sizeof(line) - 1, 0);

	if (size < 2 || memcmp(line, "#!", 2))
		return fd;
	close(fd);
	line[size] = '\0';
	name += strspn(name, " \t");
	name[strcspn(name, " \t\n")] = '\0';
	return open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int frame_pointers_open_word(const char *word)
{
	const char *path = strchr(word, '/') ? "" : getenv("PATH");
	char *name;
	size_t len;
	int fd = -1;

	for (path = path ? path : "/bin:/usr/bin"; fd < 0; path += len + 1) {
		len = strcspn(path, ":");
		name = xasprintf("%.*s%s%s", (int)len, path, len ? "/" : "", word);
		if (!access(name, X_OK))
			fd = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		free(name);
		if (!path[len])
			break;
	}
	return follow_script(fd);
}
