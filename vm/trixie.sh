# shellcheck shell=bash disable=SC2154 # lib.sh sets them
# SPDX-License-Identifier: GPL-2.0
#
# Debian trixie's compiler and build tools in the directory build/kernels/trixie/root. The
# kernels of its backports need this compiler, and their host programs need its C library.
# Sourced by ./kernel, after lib.sh and apt.sh; ./within runs programs in it.

# The packages for building a kernel and a module; the kernel-doc of W=1 needs modules that
# python3-minimal does not have
trixie_packages=(base-files bash bc bison coreutils cpio dash diffutils findutils flex
	gcc grep gzip hostname kmod libc6-dev libelf-dev libssl-dev make mawk pahole
	perl-base python3 rsync sed tar xz-utils zstd)

trixie_unpack()
{
	local dir=$build/kernels/trixie

	say "fetching Debian trixie's compiler (once)"
	apt_use trixie
	apt_tree "$dir/root" "${trixie_packages[@]}"
	mkdir -p "$dir"/root/{dev,proc,tmp}
	rm -rf "$dir"/root/usr/share/{doc,man,info,locale,zoneinfo}
	# A link that the packages' scripts would make
	ln -s mawk "$dir/root/usr/bin/awk"
	"$here/within" newest gcc -dumpfullversion >"$dir/version" ||
		die "cannot run programs in $dir/root: that needs root, or namespaces for users"
}
