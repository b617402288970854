// An output's name as ARM shows it: its answers have camel case, whatever the template says. `VMSS` is read as `vmss`, and
// scripts depend on it. Within a template names compare without case, so nothing notices there.
// Source: what users of Azure see (`TRANS_Test` becomes `tranS_Test`, `LogicAppId` becomes `logicAppId`), and what
// `az vmss create` prints.

/** Capitals at the front become small ones, but for the last of several that a small letter or a sign follows. */
export function outputName(name: string): string {
  const capitals = /^\p{Lu}*/u.exec(name)?.[0].length ?? 0;
  const last = capitals === name.length || capitals <= 1 ? capitals : capitals - 1;
  return name.slice(0, last).toLowerCase() + name.slice(last);
}
