# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Lays out what one run of ./run adds to the initramfs. Sourced after lib.sh.
#
# Without a disk, files lie under STAGE where they will be. With one, what goes
# to the disk lies under STAGE/lib/memcensus/root, and shared libraries, which
# do not replace the disk's own, under STAGE/lib/memcensus/libraries; there
# /bin, /sbin and /lib are under /usr, as they are on a Debian disk, and ./init
# copies both.

# stage_begin STAGE DISK: where to, and whether the run has a disk
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

# The place under the root of the files for PATH in the VM
stage_path()
{
	case $1 in
	/bin/* | /sbin/* | /lib/* | /lib64/*) echo "$stage_usr$1" ;;
	*) echo "$1" ;;
	esac
}

# stage_own NAME: a file of the runner's own, read from stdin, for
# /lib/memcensus/NAME in the initramfs and on the disk
stage_own()
{
	cat >"$stage/lib/memcensus/$1"
	if [ "$stage_files" != "$stage" ]; then
		mkdir -p "$stage_files/usr/lib/memcensus"
		cp "$stage/lib/memcensus/$1" "$stage_files/usr/lib/memcensus/$1"
	fi
}

# The shared libraries that the programs in "$@" need, the loader included;
# what is not a dynamic program is passed over.
stage_needs()
{
	{ ldd "$@" 2>/dev/null || :; } |
		sed -nE 's,^.* => (/[^ ]+) .*,\1,p; s,^[[:space:]]+(/[^ ]+) \(0x.*,\1,p' | sort -u
}

# stage_copy FILE DEST: a file or a directory, with the libraries of every
# program in it
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
		to=$stage_libraries$(stage_path "$library")
		[ -e "$to" ] || install -D "$library" "$to"
	done < <(stage_needs "${programs[@]}")
}

# stage_end BASE IMAGE: the initramfs of this run
stage_end()
{
	{
		cat "$1"
		(cd "$stage" && find . -mindepth 1 | cpio -o -H newc -R 0:0 --quiet)
	} >"$2"
}
