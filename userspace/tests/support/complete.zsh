#!/usr/bin/env zsh
# SPDX-License-Identifier: GPL-2.0
#
# complete.zsh DIR LINES MATCHES: completes each line of LINES with the completions
# in DIR, and writes "LINE => MATCH MATCH", sorted, to MATCHES.
#
# zsh completes on a terminal only. So an inner zsh on a zpty terminal reads this
# script too; at a key it puts the next line into the editor and lists completions.
# A wrapper of compadd, which adds all completions, records them.

inner()
{
	typeset -ga lines found
	typeset -g matches=$3
	lines=("${(@f)$(<$2)}")
	fpath=($1 $fpath)
	autoload -U compinit && compinit -D -u
	zle -N tell
	bindkey '^T' tell
}

compadd()
{
	local -a hits
	# With these options compadd only fills arrays.
	if [[ " $* " != *" -"[OAD]" "* ]]; then
		builtin compadd -A hits "$@"
		found+=("$IPREFIX"${^hits})
	fi
	builtin compadd "$@"
}

tell()
{
	found=()
	BUFFER=$lines[1]
	CURSOR=$#BUFFER
	zle list-choices
	print -r -- "$lines[1] =>" ${(ou)found} >>$matches
	shift lines
}

if [[ $1 == inner ]]; then
	inner "${@:2}"
	print ready
	return
fi
unfunction compadd

zmodload zsh/zpty || exit 1
zpty inner "TERM=dumb PS1= zsh -f -i"
zpty -w inner "source ${(q)0:A} inner ${(q)1} ${(q)2} ${(q)3}"
while zpty -r inner line && [[ $line != ready* ]]; do :; done
lines=("${(@f)$(<$2)}")
for line in $lines; do
	zpty -w -n inner $'\x14'
done
# The inner zsh would block if its output were not read.
# Who calls sets the limit of time.
until [[ -e $3 ]] && (( $(wc -l <$3) == $#lines )); do
	zpty -r -t inner line || sleep 0.1
done
