// SPDX-License-Identifier: GPL-2.0
/* Counts the functions of a program that keep a frame pointer. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>

#include "host/frame-pointers.h"
#include "host/sandbox.h"
#include "lib/memory.h"

/* CPU time for one file. */
#define CPU_SECONDS	5

/* The register that is the frame pointer, in the numbers of DWARF. */
#if defined(__aarch64__)
#define FRAME_POINTER	29
#define MACHINE		EM_AARCH64
#else
#define FRAME_POINTER	6
#define MACHINE		EM_X86_64
#endif

/* The rest up to answer() runs in the child. */

/**
 * struct table - reads the rows of a function
 * @at, @end: bytes that are left
 * @framed: it has a frame
 * @kept: its frame pointer is set
 */
struct table {
	const uint8_t *at;
	const uint8_t *end;
	bool framed;
	bool kept;
};

static uint64_t next_leb(struct table *table)
{
	uint64_t value = 0;
	unsigned int shift = 0;
	uint8_t byte = 0x80;

	for (; table->at < table->end && byte & 0x80; shift += 7) {
		byte = *table->at++;
		value |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
	}
	return value;
}

static void skip(struct table *table, uint64_t bytes)
{
	table->at = bytes < (uint64_t)(table->end - table->at) ? table->at + bytes : table->end;
}

/* With a frame pointer, the frame is found by it; on arm64, it is part of the frame. */
static void see_register(struct table *table, uint64_t number, bool saved)
{
#if defined(__aarch64__)
	table->kept |= saved && number == FRAME_POINTER;
#else
	table->kept |= !saved && number == FRAME_POINTER;
#endif
	table->framed |= saved;
}

/* One instruction; false: an unknown one. */
static bool next_row(struct table *table)
{
	const uint8_t code = *table->at++;

	switch (code & 0xc0 ? code & 0xc0 : code) {
	case DW_CFA_advance_loc:
	case DW_CFA_restore:
	case DW_CFA_nop:
	case DW_CFA_remember_state:
	case DW_CFA_restore_state:
	case DW_CFA_GNU_window_save:
		return true;
	case DW_CFA_offset:
		see_register(table, code & 0x3f, true);
		next_leb(table);
		return true;
	case DW_CFA_advance_loc1:
		skip(table, 1);
		return true;
	case DW_CFA_advance_loc2:
		skip(table, 2);
		return true;
	case DW_CFA_advance_loc4:
		skip(table, 4);
		return true;
	case DW_CFA_def_cfa:
	case DW_CFA_def_cfa_sf:
		see_register(table, next_leb(table), false);
		next_leb(table);
		return true;
	case DW_CFA_def_cfa_register:
		see_register(table, next_leb(table), false);
		return true;
	case DW_CFA_def_cfa_offset:
	case DW_CFA_def_cfa_offset_sf:
		table->framed = true;
		next_leb(table);
		return true;
	case DW_CFA_restore_extended:
	case DW_CFA_undefined:
	case DW_CFA_same_value:
	case DW_CFA_GNU_args_size:
		next_leb(table);
		return true;
	case DW_CFA_offset_extended:
	case DW_CFA_offset_extended_sf:
	case DW_CFA_register:
		next_leb(table);
		next_leb(table);
		return true;
	case DW_CFA_expression:
	case DW_CFA_val_expression:
		next_leb(table);
		skip(table, next_leb(table));
		return true;
	case DW_CFA_def_cfa_expression:
		skip(table, next_leb(table));
		return true;
	default:
		return false;
	}
}

/* Bytes of an address in entries of @cie, and whether it is relative; 0: unknown. */
static size_t address_size(const Dwarf_CIE *cie, bool *relative)
{
	const char *letter = cie->augmentation;
	const uint8_t *data = cie->augmentation_data;

	if (!letter || *letter++ != 'z' || !data)
		return 0;
	for (; *letter == 'L' || *letter == 'S' || *letter == 'B'; letter++)
		data += *letter == 'L';
	if (*letter != 'R')
		return 0;
	*relative = (*data & 0x70) == DW_EH_PE_pcrel;
	switch (*data & 0x0f) {
	case DW_EH_PE_udata4:
	case DW_EH_PE_sdata4:
		return 4;
	case DW_EH_PE_absptr:
	case DW_EH_PE_udata8:
	case DW_EH_PE_sdata8:
		return 8;
	default:
		return 0;
	}
}

/**
 * struct functions - those of a file
 * @framed: functions with a frame
 * @kept: of these, those that keep the frame pointer
 * @only: the address of the only one that counts; 0: all do
 */
struct functions {
	size_t framed;
	size_t kept;
	uint64_t only;
};

/* The address of @size bytes at @at; *@at goes behind it. */
static uint64_t next_address(const uint8_t **at, size_t size)
{
	int64_t wide = 0;
	int32_t narrow;

	if (size == sizeof(wide)) {
		memcpy(&wide, *at, size);
	} else {
		memcpy(&narrow, *at, sizeof(narrow));
		wide = narrow;
	}
	*at += size;
	return (uint64_t)wide;
}

/* Whether the entry of a function, which begins at @at with its address, counts. */
static bool is_meant(const struct functions *functions, const uint8_t *at, size_t size,
		     uint64_t from)
{
	const uint64_t begin = from + next_address(&at, size), length = next_address(&at, size);

	return !functions->only || functions->only - begin < length;
}

/* Adds the functions of the section @data, whose address is @base. */
static void count(struct functions *functions, const unsigned char *ident, Elf_Data *data,
		  uint64_t base)
{
	Dwarf_Off at = 0, next, ignored;
	Dwarf_CFI_Entry entry, cie;
	struct table table;
	bool relative;
	size_t bytes;

	for (; !dwarf_next_cfi(ident, data, true, at, &next, &entry); at = next) {
		if (dwarf_cfi_cie_p(&entry) ||
		    dwarf_next_cfi(ident, data, true, entry.fde.CIE_pointer, &ignored, &cie) ||
		    !dwarf_cfi_cie_p(&cie))
			continue;
		bytes = address_size(&cie.cie, &relative);
		table = (struct table){ entry.fde.start, entry.fde.end, false, false };
		if (!bytes || table.end < table.at || (size_t)(table.end - table.at) < 2 * bytes ||
		    !is_meant(functions, table.at, bytes, !relative ? 0 : base +
			      (uint64_t)(table.at - (const uint8_t *)data->d_buf)))
			continue;
		skip(&table, 2 * bytes);
		skip(&table, next_leb(&table));
		while (table.at < table.end && next_row(&table))
			;
		functions->framed += table.framed;
		functions->kept += table.framed && table.kept;
	}
}

/* The address of main(); 0: unknown. */
static uint64_t find_main(Elf *elf)
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
				return symbol.st_value;
		}
	}
	return 0;
}

static bool is_static(Elf *elf)
{
	GElf_Phdr header;
	size_t n, i;

	for (i = 0; !elf_getphdrnum(elf, &n) && i < n; i++)
		if (gelf_getphdr(elf, (int)i, &header) && header.p_type == PT_INTERP)
			return false;
	return true;
}

static char look(Elf *elf)
{
	struct functions functions = { .framed = 0 };
	Elf_Scn *section = NULL;
	const char *name;
	GElf_Ehdr header;
	GElf_Shdr part;
	Elf_Data *data;
	size_t names;

	if (!elf || !gelf_getehdr(elf, &header) || header.e_machine != MACHINE ||
	    elf_getshdrstrndx(elf, &names))
		return FRAME_POINTERS_UNKNOWN;
	/* Most functions of a static program are those of its libraries: main() is its own. */
	if (is_static(elf)) {
		functions.only = find_main(elf);
		if (!functions.only)
			return FRAME_POINTERS_UNKNOWN;
	}
	while ((section = elf_nextscn(elf, section))) {
		name = gelf_getshdr(section, &part) ? elf_strptr(elf, names, part.sh_name) : NULL;
		data = name && !strcmp(name, ".eh_frame") ? elf_rawdata(section, NULL) : NULL;
		if (data)
			count(&functions, header.e_ident, data, part.sh_addr);
	}
	if (!functions.framed)
		return FRAME_POINTERS_UNKNOWN;
	return 2 * functions.kept < functions.framed ? FRAME_POINTERS_OMITTED :
						       FRAME_POINTERS_KEPT;
}

static void answer(int socket)
{
	char found;
	int fd;

	if (sandbox_receive(socket, &found, 1, &fd) != 1 || fd < 0)
		return;
	elf_version(EV_CURRENT);
	found = look(elf_begin(fd, ELF_C_READ, NULL));
	sandbox_send(socket, &found, 1, -1);
}

enum frame_pointers frame_pointers_of(int fd)
{
	struct sandbox sandbox;
	struct failure none;
	char found;

	if (sandbox_start(&sandbox, answer, CPU_SECONDS, &none))
		return FRAME_POINTERS_UNKNOWN;
	if (!sandbox_send(sandbox.socket, "", 1, fd) ||
	    sandbox_receive(sandbox.socket, &found, 1, NULL) != 1)
		found = FRAME_POINTERS_UNKNOWN;
	sandbox_end(&sandbox);
	return found == FRAME_POINTERS_KEPT || found == FRAME_POINTERS_OMITTED ?
	       (enum frame_pointers)found : FRAME_POINTERS_UNKNOWN;
}

int frame_pointers_open_pid(uint32_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	return open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
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
