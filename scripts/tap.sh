# shellcheck shell=bash disable=SC2034 # failed is for the script that sources this
# SPDX-License-Identifier: GPL-2.0
#
# Results of a shell test, as TAP on stdout. Sourced. The test ends with
#	echo "1..$n"
#	exit "$failed"

n=0
failed=0
# A file whose end is shown after each result that is not ok
evidence=''

# ok STATUS NAME: a result, ok if STATUS is 0
ok()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
		return
	fi
	failed=1
	echo "not ok $n - $2"
	[ ! -s "$evidence" ] || tail -n 100 "$evidence" | tr -d '\0' | sed 's/^/# /'
}

# point NAME COMMAND...: the result of COMMAND, a condition, which runs in a subshell; what it
# prints is shown if it fails
point()
{
	local name=$1 status=0 said

	shift
	said=$("$@" 2>&1 | tr -d '\0'; exit "${PIPESTATUS[0]}") || status=$?
	ok $status "$name"
	[ $status -eq 0 ] || printf '# %s\n' "failed: $*" ${said:+"${said//$'\n'/$'\n# '}"}
}

# point_live NAME COMMAND...: the same, but shows what COMMAND prints as it comes, and then how
# long it took
point_live()
{
	local name=$1 begun=$SECONDS status

	shift
	"$@" 2>&1 | sed -u 's/^/#   /'
	status=${PIPESTATUS[0]}
	ok "$status" "$name"
	echo "# $((SECONDS - begun)) s"
}
