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
#	export NAME	CENSUS_EXPORTS_NAME: 1 if modules can call it
#	event NAME	CENSUS_EVENT_NAME: the argument of census_vm_event(); 0: no such event

BEGIN {
	ask("function", "PageNetpp PageUnaccepted PageZsmalloc" \
		" file_user_inode file_user_path folio_large_mapcount folio_memcg_check" \
		" folio_test_double_map folio_test_large_kmalloc genl_info_dump mm_flags_test" \
		" page_mapcount page_pool_page_is_pp" \
		" pgdp_get p4dp_get pudp_get pmdp_get_lockless pmd_devmap pmd_special" \
		" pte_devmap shrinker_alloc softleaf_from_pte softleaf_from_pmd softleaf_has_pfn" \
		" softleaf_is_device_private softleaf_is_migration softleaf_is_swap" \
		" softleaf_is_migration_write softleaf_is_migration_read_exclusive" \
		" softleaf_to_pfn task_exec_state_get_dumpable vma_is_cow_mapping" \
		" vma_is_initial_heap vma_is_initial_stack" \
		" xas_get_order")
	ask("struct", "memory_failure_stats")
	ask("export", "lock_vma_under_rcu")
	ask("event", "PGPGIN PGPGOUT PGALLOC_NORMAL ALLOCSTALL_NORMAL" \
		" PSWPIN PSWPOUT PGFREE PGACTIVATE PGDEACTIVATE PGFAULT PGMAJFAULT" \
		" PGREFILL PGSCAN_KSWAPD PGSCAN_DIRECT PGSTEAL_KSWAPD PGSTEAL_DIRECT" \
		" SLABS_SCANNED KSWAPD_INODESTEAL KSWAPD_LOW_WMARK_HIT_QUICKLY" \
		" KSWAPD_HIGH_WMARK_HIT_QUICKLY PAGEOUTRUN OOM_KILL COMPACTSTALL" \
		" COMPACTFAIL COMPACTSUCCESS KCOMPACTD_WAKE THP_FAULT_ALLOC" \
		" THP_COLLAPSE_ALLOC THP_SPLIT_PAGE THP_FAULT_FALLBACK" \
		" BALLOON_INFLATE BALLOON_DEFLATE")
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
		if (kind == "function")
			is_function[name[i]] = 1
	}
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
			if (name in is_function && !(name in declared))
				declared[name] = file ":" line
		}
}

FILENAME == headers && /^struct [a-z_0-9]+[ \t]*\{/ && !($2 in structs) {
	structs[$2] = file ":" line
}

FILENAME == headers && /^enum (vm_event_item|node_stat_item|zone_stat_item)([ \t]*\{|[ \t]*$)/ {
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
	print "#define CENSUS_" prefix "_" toupper(name) " " value
}

END {
	if (!(control in declared) || enum_of["PGPGIN"] != "vm_event_item" ||
	    enum_of["NR_ANON_MAPPED"] != "node_stat_item") {
		print "headers.awk: cannot read the kernel's headers: no declaration of " \
			control "(), or no enum vm_event_item or node_stat_item, in " \
			headers ": mend module/base/headers.awk" > "/dev/stderr"
		exit 1
	}
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
		else if (kind == "export" && name in exports)
			answer(kind, name, exports[name], "EXPORTS", 1)
		else if (kind == "export")
			answer(kind, name, "not found", "EXPORTS", 0)
		else if (enum_of[name] == "vm_event_item")
			answer(kind, name, place[name] " in enum vm_event_item", "EVENT", name)
		else if (enum_of[name] == "node_stat_item")
			answer(kind, name, place[name] " in enum node_stat_item", "EVENT",
				"(NR_VM_EVENT_ITEMS + " name ")")
		else
			answer(kind, name, "not found", "EVENT", 0)
	}
}
