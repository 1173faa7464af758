# SPDX-License-Identifier: GPL-2.0
# bash completion for memcensus, which says what comes next: see cli/completion.h.

# _memcensus_program WORD: a program, which is word WORD, and its arguments
_memcensus_program()
{
	if [ "$COMP_CWORD" -gt "$1" ] && declare -F _command_offset >/dev/null; then
		_command_offset "$1"
		return
	fi
	compopt -o filenames 2>/dev/null
	if [ "$COMP_CWORD" -eq "$1" ]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur" | sort -u)
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}

_memcensus()
{
	local cur=${COMP_WORDS[COMP_CWORD]} how word
	COMPREPLY=()
	{
		read -r how
		[ "$cur" != = ] || cur=
		while IFS=$'\t' read -r word _; do
			[[ $word == "$cur"* ]] || continue
			# The path of a cgroup may have any characters.
			[[ $word != *[\\\ ]* ]] || printf -v word %q "$word"
			COMPREPLY+=("$word")
		done
	} < <(memcensus --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
	case $how in
	list) compopt -o nospace 2>/dev/null ;;
	files)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames 2>/dev/null
		;;
	program*) _memcensus_program $((${how#* } + 1)) ;;
	esac
}

complete -F _memcensus memcensus
