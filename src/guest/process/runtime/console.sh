#!/bin/sh
# console.sh DIRECTORY COMMAND...: starts the guest that lives in DIRECTORY and keeps what it writes as its serial console,
# whether the plane is there or not. Ends when the last process that holds the console has ended.
# MUSTER_TOKEN names the power-on. Only the guest's own processes carry it as MUSTER_BOOT, which is how they are found.
. "${0%/*}/keep.sh"
directory=$1
shift
# Not to be ended by what ends the guest: the last words are still to be written.
trap : TERM INT HUP
token=$MUSTER_TOKEN
unset MUSTER_TOKEN
MUSTER_BOOT=$token "$@" 2>"$directory/start.errors" </dev/null | {
  trap '' TERM INT HUP
  keep "$directory/console.log" 1048576
}
# What kept it from starting belongs on its console; what a started one was told at its end does not.
read -r started rest <"$directory/life"
[ "$started" = "$token" ] || cat "$directory/start.errors" >>"$directory/console.log"
