# SPDX-License-Identifier: GPL-2.0
# bash completion for memcensus; the words come from the program, see cli/words.h.

# _memcensus_list WORDS: separated by commas, the first one perhaps after a '+'
_memcensus_list()
{
	local last=${cur##*[,+]}
	COMPREPLY=($(compgen -P "${cur%"$last"}" -W "$1" -- "$last"))
	compopt -o nospace 2>/dev/null
}

# _memcensus_by HOW: completes a value as --words says
_memcensus_by()
{
	case $1 in
	@column) COMPREPLY=($(compgen -W "$(_memcensus_columns)" -- "$cur")) ;;
	@columns) _memcensus_list "$(_memcensus_columns)" ;;
	@pids) _memcensus_list "$(cd /proc && echo [0-9]*)" ;;
	@files)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames 2>/dev/null
		;;
	@cgroup) _memcensus_cgroups ;;
	@program) _memcensus_list "$(cd /proc && echo [0-9]*)" ;;
	-) ;;
	*) COMPREPLY=($(compgen -W "$1" -- "$cur")) ;;
	esac
}

_memcensus_columns()
{
	memcensus --words columns ${command:+"$command"} 2>/dev/null | cut -f 1
}

# A path may have any characters: compgen -W would take a backslash away.
_memcensus_cgroups()
{
	local path
	while IFS= read -r path; do
		[[ $path != "$cur"* ]] || COMPREPLY+=("$(printf '%q' "$path")")
	done < <(memcensus --words cgroups 2>/dev/null)
}

# _memcensus_program WORD: the program after --, which is word WORD, and its arguments
_memcensus_program()
{
	if [ "$COMP_CWORD" -gt $(($1 + 1)) ] && declare -F _command_offset >/dev/null; then
		_command_offset $(($1 + 1))
		return
	fi
	compopt -o filenames 2>/dev/null
	if [ "$COMP_CWORD" -eq $(($1 + 1)) ]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur" | sort -u)
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}

_memcensus()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local command='' commands='' arguments='' words='' name letter by word i
	local -A arguments_of=()

	COMPREPLY=()
	# --option=value arrives as three words.
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	# read merges adjacent tabs into one separator: use another character.
	while IFS=$'\x1f' read -r name by _; do
		commands+=" $name"
		arguments_of[$name]=$by
	done < <(memcensus --words commands 2>/dev/null | tr '\t' '\037')
	# The first word that is a command decides how the rest is completed.
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		if [ -n "$word" ] && [ "${arguments_of[$word]+is}" ]; then
			command=$word
			break
		fi
	done
	if [ "${arguments_of[${command:--}]:-}" = @program ]; then
		for ((i = 1; i < COMP_CWORD; i++)); do
			[ "${COMP_WORDS[i]}" = -- ] || continue
			_memcensus_program "$i"
			return
		done
	fi
	while IFS=$'\x1f' read -r name letter by _; do
		words+=" $letter $name"
		[ "$prev" = "$name" ] || [ "$prev" = "${letter:--}" ] || continue
		[ -z "$by" ] || arguments=$by
	done < <(memcensus --words options ${command:+"$command"} 2>/dev/null | tr '\t' '\037')
	if [ -n "$arguments" ]; then
		_memcensus_by "$arguments"
	elif [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$words" -- "$cur"))
	elif [ -z "$command" ]; then
		COMPREPLY=($(compgen -W "$commands" -- "$cur"))
	else
		_memcensus_by "${arguments_of[$command]:--}"
	fi
}

complete -F _memcensus memcensus
