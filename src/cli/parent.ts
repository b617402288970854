// Parent: the command that was started is a process of its own (bin/muster.mjs finds the Node for this one). When it is gone, even
// by `kill -9`, this one ends as by Ctrl-C: a plane shuts down, an action stops where its record is true.
// What must hold: nothing is polled, and a command that is done is not kept by it.

export function endWithParent(): void {
  if (process.channel === undefined) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGINT'));
  process.channel?.unref();
}
