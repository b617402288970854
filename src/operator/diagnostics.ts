// Diagnostics: what is asked inside an instance before anything is changed: processes, space, memory, the last lines of its
// logs, and what its agent says of its extensions. Nothing here changes anything, and what a system does not have is left out.

export const diagnosticsScript = `
part() { echo; echo "== $1"; }
part system; uname -a; uptime 2>/dev/null; id
part processes; ps axo pid,ppid,stat,rss,etime,args 2>/dev/null || ps
part disks; df -h 2>/dev/null
part memory; cat /proc/meminfo 2>/dev/null | head -n 5
part journal; journalctl -n 60 --no-pager 2>/dev/null || tail -n 60 /var/log/syslog 2>/dev/null
part logs; for log in /var/log/*.log /var/log/azure/*/*.log; do [ -f "$log" ] && echo "-- $log" && tail -n 20 "$log"; done
part extensions; for status in /var/lib/waagent/*/status/*.status; do [ -f "$status" ] && echo "-- $status" && tail -c 1500 "$status"; done
exit 0
`.trim();
