# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The programs of the demonstration, for ./guest and ./recorded; sourced.

need()
{
	echo "demonstration: $* failed" >&2
	exit 1
}

# Waits for a condition, 20 seconds at most
await()
{
	local i

	for ((i = 0; i < 200; i++)); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	need "$@"
}

served()
{
	exec 3<>/dev/tcp/127.0.0.1/80 &&
		printf 'GET / HTTP/1.0\r\n\r\n' >&3 && grep -q served <&3 && exec 3>&-
}

# shellcheck disable=SC2317 # an argument of await
saving()
{
	redis-cli info persistence | grep -q rdb_bgsave_in_progress:1
}

start_programs()
{
	local i

	nginx -c "$PWD/nginx.conf"
	redis-server "$PWD/redis.conf"
	python3 prefork.py >/tmp/prefork &
	disown
	mallocwalk &
	# shellcheck disable=SC2034 # for guest
	walk=$!
	disown

	await served
	for ((i = 0; i < 20; i++)); do
		served
	done
	await redis-cli ping
	# 64 MiB, then a save, whose process inherits all of it; then redis rewrites the
	# first quarter.
	redis-cli debug populate 60000 key 1000 >/dev/null
	redis-cli bgsave >/dev/null
	await saving
	redis-cli eval 'for i = 0, 14999 do
		redis.call("setrange", "key:" .. i, 0, string.rep("x", 1000)) end' 0 >/dev/null
	await grep -q ready /tmp/prefork
}
