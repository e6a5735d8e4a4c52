import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a kubelet gives to a container. */
export interface Given {
  readonly env: Readonly<Record<string, string>>
  /** Files under /var/run/secrets/kubernetes.io/serviceaccount. */
  readonly account?: Readonly<Record<string, string>>
}

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'
/** Read-only but for what a runtime mounts, as another user, with no rights to be gained. */
const RUN = `
set -eu
root=$1; user=$2; shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
: > "$root/dev/null"; mount --bind /dev/null "$root/dev/null"
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid chroot --userspec="$user" "$root" "$@"
`

/** Starts a program in a root file system, as the securityContext of the shipped Deployment has it. */
export function startIn(
  root: string,
  user: string,
  words: readonly string[],
  { env, account = {} }: Given,
): ChildProcess {
  mkdirSync(join(root, ACCOUNT), { recursive: true })
  for (const [name, text] of Object.entries(account)) writeFileSync(join(root, ACCOUNT, name), text)
  return spawn('unshare', ['--mount', 'sh', '-c', RUN, 'sh', root, user, ...words], {
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
