#!/bin/sh
# boot.sh DIRECTORY namespaces|group INIT...: becomes the first process of the guest that lives in DIRECTORY.
# Within fresh namespaces it first builds the guest's own view of the machine from DIRECTORY/mounts and drops the host's.
# Must hold: nothing is written below os/ before that, because there a guest may have left links into the host.
directory=$1 isolation=$2
shift 2

# A start that was overtaken by another one must not begin: the plane that wrote the token is the one that counts.
read -r token <"$directory/token" && [ "$token" = "$MUSTER_BOOT" ] || exit 1

# In a new namespace this is still the host's /proc, so it is the host's number.
# The start time is field 22 of stat.
start_of() {
  shift 21
  start=$1
}
if [ -r /proc/self/stat ]; then
  read -r stat </proc/self/stat
  start_of $stat
  pid=${stat%% *}
else
  pid=$$ start=$(LC_ALL=C ps -o lstart= -p $$)
fi
printf '%s %s %s\n' "$MUSTER_BOOT" "$pid" "$start" >"$directory/life"

ulimit -c 0
# From here on everything is written to the console.
exec 2>&1
[ "$isolation" = group ] && exec "$@"

fail() {
  echo "muster: this guest cannot boot: $1"
  exit 1
}
mount -n -a -T "$directory/mounts" || fail 'a part of its disk that the host mounts over is missing; reimage it'
cd "$directory/os" && pivot_root . . && umount -n -l . || fail 'its root directory cannot be entered'
cd /
# Where this ran on the host is nothing for the guest to know.
unset OLDPWD
hostname "$MUSTER_COMPUTER_NAME" 2>/dev/null || printf %s "$MUSTER_COMPUTER_NAME" 2>/dev/null >/proc/sys/kernel/hostname
# A second user namespace, so that the guest's root cannot loosen the mounts made above: they belong to the first.
exec unshare --user --map-root-user --mount --uts --ipc -- "$@"
