# SPDX-License-Identifier: GPL-2.0
#
# Usage: awk -f headers.awk HEADERS EXPORTS...
#
# Answers what differs between kernels, for compat.h, and prints it as found.h. HEADERS is
# headers.c after the preprocessor. EXPORTS is Module.symvers, or sources of a kernel that
# has not been linked yet. Distributions carry changes back, so that a version number would
# not tell. What a macro or a type can tell is not asked here.
#
#	function NAME	CENSUS_HAVE_NAME: 1 if it is declared
#	struct NAME	CENSUS_HAVE_NAME: 1 if it is defined
#	member STRUCT.NAME	CENSUS_HAVE_STRUCT_NAME: 1 if the structure has it
#	flag NAME	CENSUS_HAVE_NAME: 1 if enum pageflags has it
#	export NAME	CENSUS_EXPORTS_NAME: 1 if modules can call it
#
# A name that is not found is gone, or it was renamed or moved to a header that is not read.  The
# end of headers.c says which names must be found: without one of them this fails.

BEGIN {
	ask("function", "PageNetpp PageUnaccepted PageZsmalloc" \
		" file_user_inode file_user_path folio_large_mapcount folio_memcg_check" \
		" folio_test_double_map folio_test_large_kmalloc genl_info_dump mm_flags_test" \
		" page_pool_page_is_pp" \
		" pgdp_get p4dp_get pudp_get pmdp_get_lockless pmd_devmap pmd_special" \
		" pte_devmap softleaf_from_pte softleaf_from_pmd softleaf_has_pfn" \
		" softleaf_is_swap" \
		" softleaf_is_migration_write softleaf_is_migration_read_exclusive" \
		" softleaf_to_pfn softleaf_type task_exec_state_get_dumpable vma_is_cow_mapping" \
		" vma_has_anon_rmap vma_is_hugetlb vma_is_initial_heap vma_is_initial_stack" \
		" xas_get_order")
	ask("struct", "memory_failure_stats")
	ask("member", "vm_area_struct.vm_refcnt")
	ask("flag", "PG_private")
	ask("export", "lock_vma_under_rcu")
	# Every kernel has these: they show that the headers were read.
	ask("function", control = "global_node_page_state")
	headers = ARGV[1]
}

function ask(kind, names,	name, n, i)
{
	n = split(names, name, " ")
	for (i = 1; i <= n; i++) {
		kinds[++asked] = kind
		wanted[asked] = name[i]
		if (kind == "member")
			members = members name[i] " "
	}
}

# Lines of headers.c: CENSUS_ONE_OF(A, B) and CENSUS_WITH(A, B, C)
FILENAME == headers && /^CENSUS_(ONE_OF|WITH)\(.*\)$/ {
	needs[++needed] = $0
	next
}

# Lines of the preprocessor: # LINE "FILE" ...
FILENAME == headers && /^# [0-9]+ "/ {
	line = $2 - 1
	file = $3
	gsub(/"/, "", file)
	sub(/^.*\/include\//, "include/", file)
	next
}

FILENAME == headers { line++ }

# A declaration starts in the first column; a call is in a function, with a tab before it.
FILENAME == headers && /^[A-Za-z_].*\(/ {
	n = split($0, piece, "(")
	for (i = 1; i < n; i++)
		if (match(piece[i], /[A-Za-z_0-9]+[ \t]*$/)) {
			name = substr(piece[i], RSTART)
			sub(/[ \t]+$/, "", name)
			if (!(name in declared))
				declared[name] = file ":" line
		}
}

FILENAME == headers && /^struct [a-z_0-9]+[ \t]*\{/ && !($2 in structs) {
	structs[$2] = file ":" line
}

FILENAME == headers && /^struct [a-z_0-9]+[ \t]*\{/ { within = $2 }
FILENAME == headers && /^\}/ { within = "" }
FILENAME == headers && within != "" && index(members, within ".") {
	n = split($0, word, /[^A-Za-z_0-9]+/)
	for (i = 1; i <= n; i++)
		if (word[i] != "" && !((within "." word[i]) in has))
			has[within "." word[i]] = file ":" line
}

FILENAME == headers && /^enum (node_stat_item|pageflags)([ \t]*\{|[ \t]*$)/ {
	enum = $2
	sub(/\{.*/, "", enum)
	sub(/^[^{]*/, "")
}

FILENAME == headers && enum != "" {
	text = $0
	gsub(/=[^,}]*/, "", text)
	n = split(text, item, /[^A-Za-z_0-9]+/)
	for (i = 1; i <= n; i++)
		if (item[i] != "" && !(item[i] in enum_of)) {
			enum_of[item[i]] = enum
			place[item[i]] = file ":" line
		}
	if (/\}/)
		enum = ""
}

FILENAME != headers && FILENAME ~ /Module\.symvers$/ { exports[$2] = "Module.symvers" }

FILENAME != headers && /^EXPORT_SYMBOL(_GPL)?\(/ {
	name = $0
	sub(/^[^(]*\(/, "", name)
	sub(/\).*/, "", name)
	exports[name] = FILENAME
}

function answer(kind, name, where, prefix, value)
{
	print "/* " kind " " name ": " where " */"
	gsub(/\./, "_", name)
	print "#define CENSUS_" prefix "_" toupper(name) " " value
}

function found(name)
{
	return name in declared || name in structs || name in enum_of
}

# Checks a line of headers.c.  Return: false after a message.
function is_met(line,	name, n, i, all)
{
	all = line ~ /^CENSUS_WITH/
	gsub(/^[^(]*\(|\)$/, "", line)
	n = split(line, name, /, */)
	for (i = 1; i <= n; i++)
		if (all ? !found(name[i]) : found(name[i]))
			break
	if (all ? i == 1 || i > n : i <= n)
		return 1
	print "headers.awk: error: the kernel's headers have no " (all ? name[i] : \
		line) ": renamed, or moved to a header that headers.c does not " \
		"include: mend module/base/headers.c, headers.awk and compat.h" > "/dev/stderr"
	return 0
}

END {
	if (!(control in declared) || enum_of["NR_ANON_MAPPED"] != "node_stat_item") {
		print "headers.awk: cannot read the kernel's headers: no declaration of " \
			control "(), or no enum node_stat_item, in " \
			headers ": mend module/base/headers.awk" > "/dev/stderr"
		exit 1
	}
	for (q = 1; q <= needed; q++)
		unmet += !is_met(needs[q])
	if (unmet)
		exit 1
	print "/* Made by headers.awk: what it looked for in the kernel's headers, and found. */"
	for (q = 1; q <= asked; q++) {
		kind = kinds[q]
		name = wanted[q]
		if (kind == "function" && name in declared)
			answer(kind, name, declared[name], "HAVE", 1)
		else if (kind == "function")
			answer(kind, name, "not found", "HAVE", 0)
		else if (kind == "struct" && name in structs)
			answer(kind, name, structs[name], "HAVE", 1)
		else if (kind == "struct")
			answer(kind, name, "not found", "HAVE", 0)
		else if (kind == "member")
			answer(kind, name, name in has ? has[name] : "not found", "HAVE",
				name in has ? 1 : 0)
		else if (kind == "flag")
			answer(kind, name, enum_of[name] == "pageflags" ? place[name] : "not found",
				"HAVE", enum_of[name] == "pageflags" ? 1 : 0)
		else if (kind == "export" && name in exports)
			answer(kind, name, exports[name], "EXPORTS", 1)
		else
			answer(kind, name, "not found", "EXPORTS", 0)
	}
}
