# keep FILE BYTES: appends its input to FILE as it comes. A FILE of more than BYTES becomes FILE.old, so that the last BYTES
# are always in the two together and both stay small. Reads until the last writer is gone.
keep() {
  : >>"$1"
  before=$(($(wc -c <"$1")))
  while :; do
    # Writes what each read brings at once, and nothing waits in a buffer.
    dd bs=65536 count=16 >>"$1" 2>/dev/null
    after=$(($(wc -c <"$1")))
    [ "$after" -eq "$before" ] && break
    before=$after
    if [ "$after" -gt "$2" ]; then
      mv -f "$1" "$1.old"
      before=0
    fi
    : >>"$1"
  done
}
