#!/bin/sh
# run.sh DIRECTORY COMMAND...: runs one command in a guest, with DIRECTORY/payload as its input, and leaves its output
# and exit code in DIRECTORY, whether the plane is there or not. However much it prints, little of it is kept on disk.
. "${0%/*}/keep.sh"
cd "$1" || exit
unset MUSTER_TOKEN MUSTER_RUNNER
shift

# The start time is field 22 of stat.
start_of() {
  shift 21
  start=$1
}
if [ -r /proc/self/stat ]; then
  read -r stat </proc/self/stat
  start_of $stat
else
  start=$(LC_ALL=C ps -o lstart= -p $$)
fi
# Fails when the driver has taken the directory away: then nobody waits for this command any more.
printf '%s %s\n' $$ "$start" >runner || exit

mkfifo -m 600 stdout.pipe stderr.pipe || exit
keep stdout 65536 <stdout.pipe &
keep stderr 65536 <stderr.pipe &
# The payload writes to descriptor 3 when it has come to the script.
("$@") <payload >stdout.pipe 2>stderr.pipe 3>begun
printf '%s\n' $? >exit
# What was printed is still to be read. A process that the command left behind may hold the pipes; then the driver does
# not wait for it, but it goes on being read.
wait
