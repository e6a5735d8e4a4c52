import { type Fault, faultIn } from '../api/fault.ts'
import { NAMESPACE, SERVICE_ACCOUNT } from '../api/kinds.ts'
import { PROTECTED_LABEL } from '../api/names.ts'
import type { Account } from '../execution/ports.ts'
import type { Requests } from './client.ts'
import { pathOf } from './paths.ts'

/** For so long it is believed that an account exists, and that a namespace is there for tasks. Milliseconds. */
const BELIEVED = 10_000

export interface Namespace {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>>; readonly deletionTimestamp?: string }
}

/** What impersonation does not say: whether an account exists, and what a namespace is like. A failure is a `Fault`. */
export interface LookUp {
  account(account: Account, signal: AbortSignal): Promise<Fault | undefined>
  namespace(name: string, signal: AbortSignal): Promise<Namespace | Fault>
}

/** Asks the API server, in the caller's own name. */
export function lookUp(client: Requests): LookUp {
  return {
    async account({ namespace, name }, signal) {
      const path = pathOf(SERVICE_ACCOUNT, namespace, name)
      const request = { method: 'GET', path, verb: 'get', resource: 'serviceaccounts', namespace, signal } as const
      const found = await client.request(request).catch(faultIn)
      if (!isFault(found)) return undefined
      if (found.class !== 'Gone') return found
      const message = `ServiceAccount ${namespace}/${name} does not exist: create it, or name another one in spec.serviceAccountName`
      return { class: 'Refused', reason: 'ServiceAccountNotFound', message }
    },
    async namespace(name, signal) {
      const path = pathOf(NAMESPACE, name, name)
      const request = { method: 'GET', path, verb: 'get', resource: 'namespaces', namespace: name, signal } as const
      const found = await client.request<Namespace>(request).catch(faultIn)
      if (!isFault(found) || found.class !== 'Gone') return found
      return { ...found, reason: 'NamespaceNotFound', message: `namespace ${name} does not exist` }
    },
  }
}

/** Asks once in a while: of many runs in one namespace the first. What stands in the way of a run is asked about each time. */
export function remembering(ask: LookUp, clock: { monotonic(): number }): LookUp {
  const accounts = recent<true>(clock)
  const namespaces = recent<Namespace>(clock)
  return {
    async account(account, signal) {
      const key = `${account.namespace}/${account.name}`
      if (accounts.get(key)) return undefined
      const fault = await ask.account(account, signal)
      if (!fault) accounts.keep(key, true)
      return fault
    },
    async namespace(name, signal) {
      const known = namespaces.get(name)
      if (known) return known
      const found = await ask.namespace(name, signal)
      if (!isFault(found) && isOpen(found)) namespaces.keep(name, found)
      return found
    },
  }
}

/** What is believed; what was kept longest ago stands first, and goes when it is not believed any more. */
function recent<T>(clock: { monotonic(): number }) {
  const known = new Map<string, { readonly value: T; readonly until: number }>()
  return {
    get(key: string): T | undefined {
      for (const [old, { until }] of known) {
        if (clock.monotonic() < until) break
        known.delete(old)
      }
      return known.get(key)?.value
    },
    keep(key: string, value: T): void {
      known.delete(key)
      known.set(key, { value, until: clock.monotonic() + BELIEVED })
    },
  }
}

export function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'class' in value
}

export function isProtected({ metadata }: Namespace): boolean {
  return metadata.labels?.[PROTECTED_LABEL] === 'true'
}

function isOpen(namespace: Namespace): boolean {
  return !isProtected(namespace) && namespace.metadata.deletionTimestamp === undefined
}
