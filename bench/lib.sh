# shellcheck shell=bash disable=SC2034,SC2154 # the caller sets here
# SPDX-License-Identifier: GPL-2.0
#
# Shared by run, instructions, end-to-end, share and others. Sourced, never run.

top=$(cd "$here/.." && pwd -P)
build=$top/build
dir=$build/bench
self=bench/${0##*/}
export LC_ALL=C

# shellcheck source=../scripts/say.sh
. "$top/scripts/say.sh"

# Blocks other measurements until this process exits, because they would disturb each
# other. The lock is in a directory that all work trees with the same kernels share.
alone()
{
	[ -z "${MEMCENSUS_BENCH_ALONE:-}" ] || return 0
	mkdir -p "$build/kernels"
	exec 9>"$build/kernels/.bench.lock"
	flock -n 9 || {
		say "waiting for another measurement to finish"
		flock 9
	}
	export MEMCENSUS_BENCH_ALONE=1
}

# Prints a prefix for commands that keeps out the host's other work, if permitted: one
# CPU, with a real-time priority. User Mode Linux uses two host processes, which wake each
# other up, for each guest process.
undisturbed()
{
	local cpu=$(($(nproc) - 1))

	if chrt --fifo 1 taskset -c "$cpu" true 2>/dev/null; then
		echo "chrt --fifo 1 taskset -c $cpu"
	else
		say "not permitted to run before other work: the figures will be noisier"
		echo env
	fi
}

# facts KERNEL: prints the first lines of a results file
facts()
{
	echo "@date $(date -u +%F)"
	echo "@machine $(lscpu | sed -nE 's/^Model name: +//p'), $(lscpu | sed -nE 's/^L3 cache: +([^(]*[^ (]).*/\1/p') of L3 cache"
	echo "@commit $(git -C "$top" describe --always --dirty 2>/dev/null || echo unknown)"
	echo "@kernel $1"
}

# emulated ARGUMENT...: like vm/run, in an emulated machine whose clock counts
# instructions, one a nanosecond. The kernel is Debian's 6.1.
emulated()
{
	MEMCENSUS_QEMU=$here/qemu-icount MEMCENSUS_ACCEL=tcg \
		"$top/vm/run" --kernel 6.1 --cpus 1 --memory 4096 --timeout 3600 \
		--disk "$("$top/demo/image")" "$@" 9>&-
}

# The KERNEL of facts for emulated runs
emulated_kernel()
{
	echo "Linux $(cat "$build/kernels/6.1/version") of Debian, in QEMU, where an instruction takes 1 ns"
}

# library FILE: makes it if it is missing; P6 maps it in place of libraries
library()
{
	[ -s "$1" ] || head -c 24M /dev/urandom >"$1"
}

# boot_um NAME WORDS: boots User Mode Linux with NAME-guest as process 1, which gets words=WORDS and
# writes bench/out/NAME, and prints that after what is known of the machine
boot_um()
{
	local linux=$build/kernels/um/vmlinuz first=()

	alone
	mkdir -p "$dir/out" "$dir/bin"
	"$top/vm/kernel" um
	{
		make -C "$top" module KERNEL=um ARCH=um && make -C "$top" reader &&
			make -C "$here" O="$dir" all
	} >"$dir/make.log" 2>&1 || {
		tail -n 30 "$dir/make.log" >&2
		die "could not build: see $dir/make.log"
	}
	ln -sfn ../../memcensus "$dir/bin/memcensus"
	cp "$build/module/um/memcensus.ko" "$dir/"
	if [ "$(df --output=avail /dev/shm | tail -n 1)" -lt $((4 << 20)) ]; then
		die "/dev/shm has less than 4 GiB free, which the memory of User Mode Linux may need"
	fi
	read -ra first < <(undisturbed)
	rm -f "$dir/out/$1"
	TMPDIR=/dev/shm timeout -k 5 3600 "${first[@]}" "$linux" mem=4G rootfstype=hostfs \
		rootflags=/ ro "init=$here/$1-guest" "bench=$dir" "words=$2" "uml_dir=$dir/uml" \
		con=null con0=null,fd:1 </dev/null >"$dir/guest.log" 2>&1 9>&- || :
	if ! grep -qx end "$dir/out/$1" 2>/dev/null; then
		tail -n 30 "$dir/guest.log" >&2
		die "the guest did not finish: see $dir/guest.log"
	fi
	facts "Linux $("$linux" --version), User Mode Linux"
	grep -vx end "$dir/out/$1"
}

# Writes all results that are there as JSON and as pictures
write_json()
{
	local kind

	"$here/report" json "$dir" >"$build/bench.json.new"
	mv "$build/bench.json.new" "$build/bench.json"
	rm -f "$dir"/{ratios,{series,growth}-*}.dat
	"$here/report" data "$build/bench.json" "$dir"
	[ -n "$(find "$dir" -maxdepth 1 -name '*.dat')" ] || return 0
	for kind in svg png; do
		gnuplot -e "dir='$dir'; out='$build/bench.$kind'; kind='$kind'" "$here/picture.gp"
	done
	say "see $build/bench.json and $build/bench.svg"
}
