# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the part of the initramfs that is specific to one run of ./run. Sourced after
# lib.sh.
#
# Without a disk, files are under STAGE at their final paths. With a disk, its files are
# under STAGE/lib/memcensus/root, and shared libraries, which do not replace the disk's,
# are under STAGE/lib/memcensus/libraries. There /bin, /sbin and /lib are under /usr, as
# on a Debian disk, and ./init copies both.

# The root directory with the shared libraries of the VM; empty: those of the host
stage_sysroot=

# stage_begin STAGE DISK: sets the directories; DISK is empty for a run without a disk
stage_begin()
{
	stage=$1
	stage_files=$stage
	stage_libraries=$stage
	stage_usr=
	if [ -n "$2" ]; then
		stage_files=$stage/lib/memcensus/root
		stage_libraries=$stage/lib/memcensus/libraries
		stage_usr=/usr
		mkdir -p "$stage_files" "$stage_libraries"
	fi
	mkdir -p "$stage/lib/memcensus"
}

# stage_path PATH: prints where PATH of the VM is under the root of the files
stage_path()
{
	case $1 in
	/bin/* | /sbin/* | /lib/* | /lib64/*) echo "$stage_usr$1" ;;
	*) echo "$1" ;;
	esac
}

# stage_own NAME: adds a file of the runner, read from stdin, as /lib/memcensus/NAME in
# the initramfs and on the disk
stage_own()
{
	cat >"$stage/lib/memcensus/$1"
	if [ "$stage_files" != "$stage" ]; then
		mkdir -p "$stage_files/usr/lib/memcensus"
		cp "$stage/lib/memcensus/$1" "$stage_files/usr/lib/memcensus/$1"
	fi
}

# The shared libraries that the programs in "$@" need, including the loader. Ignores files
# that are not dynamic programs.
stage_needs()
{
	if [ -n "$stage_sysroot" ]; then
		stage_needs_foreign "$@" | sort -u
		return
	fi
	{ ldd "$@" 2>/dev/null || :; } |
		sed -nE 's,^.* => (/[^ ]+) .*,\1,p; s,^[[:space:]]+(/[^ ]+) \(0x.*,\1,p' | sort -u
}

# The same for programs that the host cannot run: those that they name, and what these need
stage_needs_foreign()
{
	local known=' ' name path

	while [ $# -gt 0 ]; do
		while read -r name; do
			[[ $known != *" $name "* ]] || continue
			known+="$name "
			path=$name
			if [[ $name != /* ]]; then
				path=$(cd "$stage_sysroot" && printf '%s\n' usr/lib/*/"$name" | head -n 1)
				path=/$path
			fi
			[ -e "$stage_sysroot$path" ] || continue
			echo "$path"
			set -- "$@" "$stage_sysroot$path"
		done < <({ readelf -ld "$1" 2>/dev/null || :; } | sed -nE \
			-e 's/.*\(NEEDED\).*\[(.*)\]$/\1/p' -e 's/.*program interpreter: (.*)\]$/\1/p')
		shift
	done
}

# stage_library PATH: adds a shared library
stage_library()
{
	local to
	to=$stage_libraries$(stage_path "$1")

	[ -e "$to" ] || install -D "$stage_sysroot$1" "$to"
}

# stage_loaded PROGRAM NAME...: adds libraries that the program loads itself, by name, and
# that are where its C library is
stage_loaded()
{
	local libc name
	libc=$(stage_needs "$1" | grep '/libc\.so')

	shift
	for name; do
		stage_library "${libc%/*}/$name"
	done
}

# stage_copy FILE DEST: adds a file or a directory, with the libraries of all its programs
stage_copy()
{
	local from=$1 to library programs
	to=$stage_files$(stage_path "$2")

	mkdir -p "$(dirname "$to")"
	if [ -d "$from" ]; then
		mkdir -p "$to"
		cp -a "$from/." "$to/"
		mapfile -t programs < <(find "$from/" -type f \( -perm -u=x -o -name '*.so*' \))
	else
		cp -L "$from" "$to"
		programs=("$from")
	fi
	[ ${#programs[@]} -gt 0 ] || return 0
	while read -r library; do
		stage_library "$library"
	done < <(stage_needs "${programs[@]}")
}

# stage_end BASE IMAGE: writes the initramfs of this run
stage_end()
{
	{
		cat "$1"
		(cd "$stage" && find . -mindepth 1 | cpio -o -H newc -R 0:0 --quiet)
	} >"$2"
}
