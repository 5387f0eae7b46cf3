import { spawnSync } from "node:child_process";

/** Isolates a process that decodes untrusted bytes from the rest of the machine. */
export interface Wall {
  /** null: isolation works; else why not on this machine */
  readonly fault: string | null;
  /** Returns the command that starts the program isolated, with this environment only. */
  around(program: readonly string[], env: Readonly<Record<string, string>>): string[];
}

export const NO_WALL: Wall = { fault: "not asked for", around: (program) => [...program] };

/**
 * New namespaces of users, mounts and network: only a loopback that is down, no access to memory or
 * environment of outside processes. `exec` throughout keeps the process id, so that killing works.
 */
const APART = ["unshare", "--user", "--map-root-user", "--mount", "--net", "sh", "-c"];
/**
 * Hides the paths before `--`, forbids writing files, drops the privileges of the new namespaces, then starts
 * the rest.
 */
const INSIDE = `
set -e
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mount -t tmpfs -o ro,size=4k,mode=0 none "$1"
  elif [ -e "$1" ]; then mount --bind /dev/null "$1"
  fi
  shift
done
shift
ulimit -f 0
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"`;
const PROBE_MS = 5_000;

/**
 * Tries isolation once with util-linux on Linux; `hidden` are files and folders that isolated programs cannot
 * read. When the kernel, a container's profile or missing tools forbid it, programs are started without.
 */
export function buildWall(hidden: readonly string[]): Wall {
  const around: Wall["around"] = (program, env) => {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    // some shells export variables of their own
    return [...APART, INSIDE, "wall", ...hidden, "--", "env", "-i", ...variables, ...program];
  };
  const fault = process.platform === "linux" ? faultOf(around(["true"], {})) : `no namespaces on ${process.platform}`;
  return fault === null ? { fault, around } : { ...NO_WALL, fault };
}

function faultOf([file = "", ...args]: string[]): string | null {
  const { error, status, signal, stderr } = spawnSync(file, args, { env: {}, encoding: "utf8", timeout: PROBE_MS });
  if (error) return error.message;
  return status === 0 ? null : stderr.trim().split("\n")[0] || `ended with ${signal ?? status}`;
}
