import { FaultError, type Kind } from '../api/fault.ts'
import { MINUTE } from '../lib/instant.ts'
import type { Discovery } from '../operations/contract.ts'
import type { Requests } from './client.ts'

/** What the API server says of its kinds is believed for so long where it has the kind that is asked for. Milliseconds. */
const BELIEVED = 10 * MINUTE
/** Where it has not, it may have it by now: that is not asked more often than this, whoever asks. Milliseconds. */
const LOOKED_AGAIN = MINUTE

interface Groups {
  readonly groups: readonly {
    readonly name: string
    readonly versions: readonly { readonly version: string }[]
    readonly preferredVersion: { readonly version: string }
  }[]
}

interface Resources {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[]
}

export interface RememberedDiscovery extends Discovery {
  /** What was remembered has turned out to be wrong. */
  forget(): void
}

/**
 * Asks the API server which kinds it has, in Rota's own name: every account may know. Remembered is which groups there are,
 * and what is in those that were asked for: so much at most as the cluster has, whatever authors write.
 */
export function discoveryOf(client: Pick<Requests, 'request'>, clock: { monotonic(): number }): RememberedDiscovery {
  const known = new Map<string, { readonly answer: Promise<unknown>; readonly at: number }>()
  const ask = <T>(path: string, believed: number): Promise<T | undefined> => {
    const before = known.get(path)
    if (before && clock.monotonic() - before.at < believed) return before.answer as Promise<T | undefined>
    const answer = unlessUnknown(client.request<T>({ method: 'GET', verb: 'get', resource: path, path }))
    known.set(path, { answer, at: clock.monotonic() })
    // A failure is not remembered.
    answer.catch(() => known.delete(path))
    return answer
  }

  /** The preferred one first. */
  async function versionsOf(group: string, believed: number): Promise<readonly string[]> {
    if (group === '') return ['v1']
    const all = await ask<Groups>('/apis', believed)
    const found = all?.groups.find(({ name }) => name === group)
    if (!found) return []
    const { preferredVersion, versions } = found
    return [...new Set([preferredVersion.version, ...versions.map(({ version }) => version)])]
  }

  async function look(group: string, kind: string, version: string | undefined, believed: number) {
    for (const one of await versionsOf(group, believed)) {
      if (version !== undefined && version !== one) continue
      const root = group === '' ? `/api/${one}` : `/apis/${group}/${one}`
      const found = kindIn((await ask<Resources>(root, believed))?.resources ?? [], kind, group, one)
      if (found) return found
    }
    return undefined
  }

  return {
    async find(group, kind, version) {
      return (await look(group, kind, version, BELIEVED)) ?? (await look(group, kind, version, LOOKED_AGAIN))
    },
    forget: () => known.clear(),
  }
}

function kindIn(resources: Resources['resources'], kind: string, group: string, version: string): Kind | undefined {
  const found = resources.find(resource => resource.kind === kind && !resource.name.includes('/'))
  if (!found) return undefined
  const scale = resources.some(({ name }) => name === `${found.name}/scale`)
  return {
    kind,
    group,
    version,
    plural: found.name,
    ...(!found.namespaced && { cluster: true as const }),
    ...(scale && { scale: true as const }),
  }
}

/** `undefined` for a group or version that there is not. @throws what else becomes of the request */
function unlessUnknown<T>(request: Promise<T>): Promise<T | undefined> {
  return request.catch((error: unknown) => {
    if (error instanceof FaultError && error.fault.reason === 'NotFound') return undefined
    throw error
  })
}
