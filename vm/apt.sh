# shellcheck shell=bash disable=SC2154 # lib.sh sets them
# SPDX-License-Identifier: GPL-2.0
#
# Debian packages for the VMs, through a private apt under build/apt with separate
# sources, lists, cache and package state. It uses the host's keyrings and transport
# settings (proxies), and changes nothing of the host's apt. Sourced after lib.sh.

apt_dir=$build/apt
apt_suite=bookworm
apt_foreign=
# Not empty: without backports and security
apt_release_only=

# apt_use SUITE: selects the suite for all later calls. With trixie-ARCH the lists have the
# packages of that architecture too, as NAME:ARCH where this host's has the same name. Of those
# that nothing here runs on, the release alone: mirrors may keep older lists of the rest.
apt_use()
{
	apt_suite=${1%%-*}
	apt_foreign=
	[ "$1" = "$apt_suite" ] || apt_foreign=${1#*-}
	apt_release_only=
	! is_compiled_kernel "$1" || apt_release_only=1
	apt_dir=$build/apt
	[ "$1" = bookworm ] || apt_dir+=/$1
}

# apt_mirror SUITE: prints the mirror that the host uses for SUITE (bookworm or trixie,
# or either with -security), or for another Debian suite if the host does not use SUITE.
apt_mirror()
{
	local release=

	# shellcheck source=/dev/null
	release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	# shellcheck disable=SC2016 # the format is apt-get's
	apt-get indextargets --format '$(RELEASE) $(CODENAME) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' | awk -v suite="$1" -v host="$release" '
		$3 != "main" { next }
		$1 == suite || $2 == suite { if (!best) best = $4 }
		{
			other = host
			if (suite ~ /-security$/)
				other = host "-security"
			if ($1 == other || $2 == other ||
			    (suite !~ /-/ && $1 ~ /^(old)*stable$/))
				if (!good) good = $4
		}
		END { print best ? best : good }'
}

# Settings of the host's apt for reaching a mirror, in apt.conf form
apt_transport()
{
	apt-config dump | grep -E '^Acquire::(https?|ftp|socks5h?|Proxy|Retries|Check)[^ ]* ".+";$' || :
}

apt_configure()
{
	local main security signed='' sources

	main=$(apt_mirror "$apt_suite")
	security=$(apt_mirror "$apt_suite-security")
	[ -n "$main" ] || die "the host's apt has no Debian mirror to take $apt_suite from: see /etc/apt/sources.list"
	if [ -r /usr/share/keyrings/debian-archive-keyring.gpg ]; then
		signed=' [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
	fi
	sources=$(
		echo "deb$signed $main $apt_suite main"
		[ -n "$apt_release_only" ] || echo "deb$signed $main $apt_suite-backports main"
		[ -n "$apt_release_only" ] || [ -z "$security" ] ||
			echo "deb$signed $security $apt_suite-security main"
	)

	mkdir -p "$apt_dir"/{state/lists,cache/archives}/partial
	if [ "$sources" != "$(cat "$apt_dir/sources.list" 2>/dev/null)" ]; then
		rm -f "$apt_dir/updated"
		echo "$sources" >"$apt_dir/sources.list"
	fi
	# A newer state would make the cache of packages out of date.
	[ -e "$apt_dir/status" ] || : >"$apt_dir/status"
	# The cleared lists are commands that the host's apt runs after its own use. An image for
	# containers keeps no cache of packages: then each call parses the lists anew.
	cat >"$apt_dir/apt.conf" <<-EOF
		#clear APT::Update;
		#clear DPkg;
		#clear APT::Default-Release;
		Dir::State "$apt_dir/state";
		Dir::State::status "$apt_dir/status";
		Dir::Cache "$apt_dir/cache";
		Dir::Cache::pkgcache "pkgcache.bin";
		Dir::Cache::srcpkgcache "srcpkgcache.bin";
		Dir::Etc::SourceList "$apt_dir/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		APT::Sandbox::User "root";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; ${apt_foreign:+"$apt_foreign";} };
		APT::Update::Error-Mode "any";
		Acquire::Languages "none";
		Acquire::Retries "3";
	EOF
}

# The private apt: apt_do get|cache ARG...
apt_do()
{
	local tool=apt-$1

	shift
	"$tool" -q -q -c "$apt_dir/apt.conf" "$@"
}

# Reads the mirror's lists anew.
apt_update()
{
	with_lock apt apt_update_locked
}

apt_update_locked()
{
	logged "$apt_dir/log" apt_do get update ||
		die "could not read the package lists of the Debian mirror; is the network there?"
	rm -rf "$apt_dir/beside"
	touch "$apt_dir/updated"
}

# Makes the configuration, and fetches the lists if there are none.
apt_ready()
{
	with_lock apt apt_ready_locked
}

apt_ready_locked()
{
	apt_configure
	[ -e "$apt_dir/updated" ] || apt_update_locked
}

# The newest version of PACKAGE
apt_version()
{
	apt_do cache show "$1" 2>/dev/null | sed -n 's/^Version: //p' | sort -V | tail -n 1
}

# apt_has PACKAGE=VERSION: whether the lists have it. Of a package that is only in the
# dependencies of others, apt-cache shows nothing and says that all went well.
apt_has()
{
	[ -n "$(apt_do cache show "$1" 2>/dev/null)" ]
}

# apt_closure PACKAGE...: prints these and all their dependencies, as PACKAGE=VERSION
apt_closure()
{
	apt_closure_of '[^]]*' "$@"
}

# apt_closure_of ARCH PACKAGE...: the same, only what runs on ARCH or on any. Where a program of
# this host's architecture does for a dependency, there is none.
apt_closure_of()
{
	local arch=$1

	shift
	apt_do get -s --no-install-recommends install "$@" |
		sed -nE "s/^Inst ([^ ]+) \(([^ ]+) .*\[($arch|all)\].*/\1=\2/p"
}

# The address of PACKAGE=VERSION, which is in the lists
apt_address()
{
	apt_do get --print-uris download "$1" | sed -nE "s/^'([^']*)' .*/\1/p"
}

# apt_beside ADDRESS: fetches a file of the mirror that its lists do not have, once, and
# prints its path. The file, or the knowledge that it is not there, is kept until the lists
# are read anew. No list has its checksum, so nothing but https verifies it, which is tried
# first.
apt_beside()
{
	local file=$apt_dir/beside/${1##*/} address

	mkdir -p "$apt_dir/beside"
	[ ! -e "$file.gone" ] || return 1
	for address in "${1/#http:/https:}" "$1"; do
		[ ! -e "$file" ] || break
		if /usr/lib/apt/apt-helper -q -q -c "$apt_dir/apt.conf" download-file \
			"$address" "$file.new" >>"$apt_dir/log" 2>&1; then
			mv "$file.new" "$file"
		fi
	done
	[ -e "$file" ] || { : >"$file.gone"; return 1; }
	echo "$file"
}

# apt_fetch PACKAGE=VERSION[=ADDRESS]...: fetches the packages into the current directory,
# those with an address from there.
apt_fetch()
{
	local word file listed=()

	for word; do
		if [[ $word = *=*=* ]]; then
			file=$(apt_beside "${word#*=*=}") || {
				echo "not on the mirror: ${word#*=*=}"
				return 1
			}
			mv "$file" .
		else
			listed+=("$word")
		fi
	done
	[ ${#listed[@]} -eq 0 ] || apt_do get download "${listed[@]}"
}

# apt_unpack DIR PACKAGE=VERSION[=ADDRESS]...: fetches the packages and unpacks their files
# under DIR, following existing links to directories. Non-zero if one is not available.
apt_unpack()
{
	local dir=$1 debs deb status=0

	shift
	mkdir -p "$dir"
	debs=$(mktemp -d "$apt_dir/debs.XXXXXX")
	# Explicit error handling, because the caller's || turns set -e off
	(cd "$debs" && apt_fetch "$@" && for deb in *.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -C "$dir" -x -p --keep-directory-symlink -f - || exit 1
	done) || status=$?
	rm -rf "$debs"
	return $status
}

# apt_tree DIR PACKAGE...: makes DIR anew, with the files of these packages and of all their
# dependencies
apt_tree()
{
	local dir=$1 try packages link

	shift
	apt_ready
	for try in 1 2; do
		rm -rf "$dir"
		# Make /bin and similar links before unpacking through them.
		mkdir -p "$dir"/usr/{bin,sbin,lib,lib64}
		for link in bin sbin lib lib64; do
			ln -s "usr/$link" "$dir/$link"
		done
		mapfile -t packages < <(apt_closure "$@")
		[ ${#packages[@]} -gt 0 ] &&
			logged "$apt_dir/log" apt_unpack "$dir" "${packages[@]}" && return
		[ "$try" -eq 1 ] || die "the mirror does not have all of $*: see $apt_dir/log"
		apt_update
	done
}
