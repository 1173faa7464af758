# shellcheck shell=bash disable=SC2154 # lib.sh sets them
# SPDX-License-Identifier: GPL-2.0
#
# The distribution's kernel sources, and the kernels built from them. Sourced by
# ./kernel, after lib.sh and apt.sh.

# The kernels built here: the name, or a pattern if it contains the series; make's ARCH,
# base and target; the image; the fragments on top of the base; and the approximate
# minutes on two cores.
source_kernels='
debug		x86 tinyconfig	bzImage	arch/x86/boot/bzImage	base,debug,small	5
debug-rt-*	x86 tinyconfig	bzImage	arch/x86/boot/bzImage	base,debug,rt	8
debug-*		x86 tinyconfig	bzImage	arch/x86/boot/bzImage	base,debug	8
kcsan		x86 tinyconfig	bzImage	arch/x86/boot/bzImage	base,kcsan	4
*-nomapcount	x86 tinyconfig	bzImage	arch/x86/boot/bzImage	base,nomapcount	5
um		um defconfig	linux	linux			um		4
um-debug	um defconfig	linux	linux			um,um-debug	6
um-*		um defconfig	linux	linux			um	10
'

# Files that KASAN does not instrument: the detectors read their own tables, stacks of
# others, and memory that is free.
not_instrumented="lockdep kmemleak unwind_frame stacktrace smp_processor_id"

# The directories that KASAN and UBSAN instrument in the kernel debug: what the module
# calls, and what uses its memory. In debug-6.1 they instrument all.
instrumented="mm lib fs fs/proc fs/debugfs net/netlink kernel kernel/locking kernel/cgroup"

# source_kernel NAME: sets series, arch, base, target, image, fragments and minutes;
# non-zero if NAME is not in the table
source_kernel()
{
	local name

	series=$(kernel_series "$1") || return 1
	while read -r name arch base target image fragments minutes; do
		# shellcheck disable=SC2053 # a pattern
		[[ -z $name || $1 != $name ]] || return 0
	done <<<"$source_kernels"
	return 1
}

# The name of the directory of the source of a series
source_name()
{
	case $1 in
	6.1) echo source ;;
	*) echo "source-$1" ;;
	esac
}

# The files of fragments, one a line
source_fragments()
{
	printf "$here/%s.config\n" ${fragments//,/ }
}

# What most runs need of a source: to write all 80,000 files takes a minute on a slow disk.
harness=(Makefile scripts tools/testing/selftests)

# source_unpack NAME SERIES SUITE [PATH...]: unpacks the source, or these of its files, to
# build/kernels/NAME/linux. The directory gets that name when it is complete.
source_unpack()
{
	local dir=$build/kernels/$1 package=linux-source-$2 suite=$3 try

	shift 3
	say "fetching the source of Debian's ${package##*-} kernel (once)"
	rm -rf "$dir"
	apt_use "$suite"
	apt_ready
	for try in 1 2; do
		logged "$apt_dir/log" apt_unpack "$dir/deb" \
			"$(source_package "${package##*-}")" && break
		[ "$try" -eq 1 ] || die "the mirror has no $package, the source of this series: use newest"
		apt_update
	done
	mkdir "$dir/new"
	logged "$dir/log" tar -C "$dir/new" --strip-components=1 -xf \
		"$dir/deb/usr/src/$package.tar.xz" "${@/#/$package/}"
	mv "$dir/new" "$dir/linux"
	rm -rf "$dir/deb"
	awk '/^(VERSION|PATCHLEVEL|SUBLEVEL) =/ { printf "%s%s", dot, $3; dot = "." }
		END { print "" }' "$dir/linux/Makefile" >"$dir/version"
}

# Lines of the fragments for this series, the last one for each option. The range of a line
# is FIRST-LAST, FIRST- or the only one.
source_lines()
{
	source_fragments | xargs cat | awk -v series="$series" '
		function number(series,		part) {
			split(series, part, ".")
			return part[1] * 1000 + part[2]
		}
		function keep(line, option) {
			option = substr(line, 1, index(line, "=") - 1)
			if (!(option in lines))
				options[++count] = option
			lines[option] = line
		}
		/^CONFIG_/ { keep($0); next }
		/^#[0-9.]+(-[0-9.]*)?: CONFIG_/ {
			n = split(substr($0, 2, index($0, ":") - 2), end, "-")
			if (number(end[1]) <= number(series) &&
			    (number(end[n]) >= number(series) || end[n] == ""))
				keep(substr($0, index($0, ":") + 2))
			next
		}
		/^#[0-9][^:]*: CONFIG_/ {
			print "kernel: not a range of series, in a fragment: " $0 >"/dev/stderr"
			exit bad = 1
		}
		END {
			for (i = 1; i <= count && !bad; i++)
				print lines[options[i]]
		}'
}

# source_configure NAME OBJ: makes OBJ/.config from the base and the fragments. Kconfig
# silently drops lines that it cannot honour, so each line is checked afterwards.
source_configure()
{
	local name=$1 obj=$2 line symbol lost=()

	mkdir -p "$obj"
	source_make "$name" "$obj" "$base"
	source_lines >>"$obj/.config"
	source_make "$name" "$obj" olddefconfig
	while read -r line; do
		symbol=${line%%=*}
		case $line in
		*=n) ! grep -q "^$symbol=" "$obj/.config" || lost+=("$line") ;;
		*) grep -qxF "$line" "$obj/.config" || lost+=("$line") ;;
		esac
	done < <(source_lines)
	[ ${#lost[@]} -eq 0 ] ||
		die "the kernel's configuration does not honour these lines of $fragments: ${lost[*]}"
}

# source_make NAME OBJ TARGET... Without 6.1's check of each object for exported static symbols,
# which the distribution's source does not have: it starts a shell and nm for each. And without
# the 22 tests of FORTIFY_SOURCE, which are of the compiler; since 6.12 fixdep reads what each
# depends on.
source_make()
{
	local name=$1 obj=$2

	shift 2
	# shellcheck disable=SC2016 # the variables are make's
	logged "$obj.log" "$here/within" "$name" make -s \
		-C "$build/kernels/$(source_name "$series")/linux" "O=$obj" "ARCH=$arch" \
		-j"$(nproc)" KBUILD_BUILD_USER=memcensus KBUILD_BUILD_HOST=build \
		LOCALVERSION= cmd_check_local_export=: \
		'cmd_test_fortify=touch $@; echo $@: $< >$(depfile)' "$@" ||
		die "could not build the kernel: see $obj.log"
}

# User Mode Linux saves the FPU's registers in a buffer whose size is fixed in its source
# and too small for AMX: on a processor with AMX no process starts. A larger buffer needs
# larger kernel stacks: CONFIG_KERNEL_STACK_ORDER in um.config. Newer series ask the processor
# for the size.
source_patch_um()
{
	local file=$build/kernels/$(source_name "$series")/linux/arch/x86/um/user-offsets.c

	grep -q HOST_FP_SIZE "$file" || return 0
	sed -i 's/DEFINE_LONGS(HOST_FP_SIZE, 2696)/DEFINE_LONGS(HOST_FP_SIZE, 12288)/' "$file"
	grep -q 'HOST_FP_SIZE, 12288' "$file" ||
		die "$file does not have the line that is to be patched: see source_patch_um()"
}

# Each scan of kmemleak reads all that was allocated before the slabs. In the VM of `make check`
# these are 1.4 GiB that hold no pointers: KASAN's shadow and the huge page of 1 GiB. We exempt
# them, as arm64 exempts the shadow: a scan takes a quarter of the time. In 7.3 another file
# allocates the huge page; there only the shadow is exempt.
source_patch_debug()
{
	local linux=$build/kernels/$(source_name "$series")/linux
	local shadow=$linux/arch/x86/mm/kasan_init_64.c

	sed -i 's/MEMBLOCK_ALLOC_ACCESSIBLE/MEMBLOCK_ALLOC_NOLEAKTRACE/' "$shadow" "$linux/mm/hugetlb.c"
	grep -q MEMBLOCK_ALLOC_NOLEAKTRACE "$shadow" ||
		die "$shadow does not have the line that is to be patched: see source_patch_debug()"
}

# source_build NAME: builds build/kernels/NAME according to the table
source_build()
{
	local name=$1 dir=$build/kernels/$1 version lib file sanitizer
	local series arch base target image fragments minutes words=()

	source_kernel "$name"
	"$here/kernel" "$(source_name "$series")"
	case $name in
	# KCSAN watches only the module, which is built without this variable.
	kcsan) words=(KCSAN_SANITIZE=n) ;;
	debug*)
		source_patch_debug
		for file in $not_instrumented; do
			words+=("KASAN_SANITIZE_$file.o=n")
		done
		;;
	esac
	if [ "$name" = debug ]; then
		# Quicker to compile than -Os. signal.c calls a function that only other levels
		# leave out.
		words+=(KCFLAGS=-O1 CFLAGS_signal.o=-Os)
		for sanitizer in KASAN UBSAN; do
			words+=("${sanitizer}_SANITIZE=\$(if \$(filter $instrumented,\$(obj)),y,n)")
		done
	fi
	[ "$arch" != um ] || source_patch_um
	say "building $name (once; about $minutes minutes on two cores)"
	rm -rf "$dir"
	mkdir -p "$dir"
	source_configure "$name" "$dir/obj"
	source_make "$name" "$dir/obj" "${words[@]}" "$target" modules
	version=$(cat "$dir/obj/include/config/kernel.release")
	ln -s obj "$dir/headers"
	ln -s obj/.config "$dir/config"
	ln -s "obj/$image" "$dir/vmlinuz"
	lib=$dir/modules/lib/modules/$version
	mkdir -p "$lib"
	cp "$dir/obj/modules.builtin" "$dir/obj/modules.builtin.modinfo" "$lib/"
	: >"$lib/modules.order"
	logged "$dir/obj.log" depmod -b "$dir/modules" "$version"
	echo "$version" >"$dir/version"
}
