import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes a user, network and mount namespace (util-linux, iproute2), which the kernel removes with the process
 * started in it. It has the loopback and a default route to a cable without another end, so each address that
 * is tried is asked for there and stays in the list of neighbours. Names are looked up at 127.0.0.1 only.
 */
const APART = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--fork", "--kill-child", "sh", "-c"];
export const CABLE = "out0";
/**
 * The picture processes run without their isolation here, as in most containers: it would hide what they try.
 */
const INSIDE = `
set -e
ip link set lo up
ip link add ${CABLE} type veth peer name far0
ip link set far0 up
ip link set ${CABLE} up
ip address add 100.64.0.1/32 dev ${CABLE}
ip route add default dev ${CABLE} src 100.64.0.1
if [ -e /proc/net/if_inet6 ]; then
  ip -6 address add fd00::1/128 dev ${CABLE} nodad
  ip -6 route add default dev ${CABLE}
fi
mount --bind "$1" /etc/resolv.conf
if [ -e /etc/nsswitch.conf ]; then mount --bind "$2" /etc/nsswitch.conf; fi
echo 0 > /proc/sys/user/max_user_namespaces
shift 2
exec "$@"`;

export interface ClosedWorld {
  /** null: it can be made; else why this machine does not allow it */
  fault: string | null;
  /** the program and its arguments as they are to be started */
  around(program: readonly string[]): string[];
}

/** Tries it once; `dir` takes the two files that say where names are looked up. */
export function closedWorld(dir: string): ClosedWorld {
  const [resolver, sources] = [join(dir, "resolv.conf"), join(dir, "nsswitch.conf")];
  writeFileSync(resolver, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
  writeFileSync(sources, "passwd: files\ngroup: files\nhosts: files dns\n");
  const around = (program: readonly string[]) => [...APART, INSIDE, "quiet", resolver, sources, ...program];
  const fault = process.platform === "linux" ? faultOf(around(["true"])) : `no namespaces on ${process.platform}`;
  return { fault, around };
}

function faultOf([file = "", ...args]: string[]): string | null {
  const { error, status, stderr } = spawnSync(file, args, { encoding: "utf8" });
  if (error) return error.message;
  return status === 0 ? null : stderr.trim().split("\n")[0] || `ended with ${status}`;
}
