import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of go.mod, which pins every version. */
export const moduleFolder = fileURLToPath(new URL('.', import.meta.url))

/** What gets built, and its seconds on two cores with nothing cached. */
export const packages = {
  etcd: { path: 'go.etcd.io/etcd/server/v3', seconds: 61 },
  'kube-apiserver': { path: 'k8s.io/kubernetes/cmd/kube-apiserver', seconds: 266 },
  'kube-controller-manager': { path: 'k8s.io/kubernetes/cmd/kube-controller-manager', seconds: 78 },
  'kube-scheduler': { path: 'k8s.io/kubernetes/cmd/kube-scheduler', seconds: 7 },
  kubectl: { path: 'k8s.io/kubernetes/cmd/kubectl', seconds: 37 },
  kwok: { path: 'sigs.k8s.io/kwok/cmd/kwok', seconds: 14 },
} as const

export type Component = keyof typeof packages
export const components = Object.keys(packages) as Component[]

export interface Recipe {
  readonly goMod: string
  readonly goSum: string
  readonly flags: readonly string[]
}

export function readRecipe(): Recipe {
  const read = (name: string): string => readFileSync(`${moduleFolder}${name}`, 'utf8')
  const goMod = read('go.mod')
  return { goMod, goSum: read('go.sum'), flags: buildFlags(goMod) }
}

/** Go's own minimum, such as 1.26.0. */
export function goDirective(goMod: string): string {
  return match(goMod, /^go (\S+)$/m, 'go directive')
}

export function buildFlags(goMod: string): string[] {
  const version = match(goMod, /^\tk8s\.io\/kubernetes (v\S+)/m, 'requirement k8s.io/kubernetes')
  const [major, minor] = version.slice(1).split('.')
  // Else /version says v0.0.0-master, and kubectl, Helm and kubelet trip over it. Nothing here may depend on the day
  // or the place of the build.
  const stamp = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    gitCommit: '0'.repeat(40),
    buildDate: '1970-01-01T00:00:00Z',
  }
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap(where =>
    Object.entries(stamp).map(([name, value]) => `-X ${where}.${name}=${value}`),
  )
  return ['-trimpath', '-buildvcs=false', '-mod=readonly', '-ldflags', ['-s', '-w', ...stamps].join(' ')]
}

function match(text: string, pattern: RegExp, what: string): string {
  const found = pattern.exec(text)?.[1]
  if (!found) throw new Error(`go.mod has no ${what}`)
  return found
}
