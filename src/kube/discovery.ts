import type { Kind } from '../api/fault.ts'
import { MINUTE } from '../lib/instant.ts'
import type { Discovery } from '../operations/contract.ts'
import type { Client } from './client.ts'
import { unlessGone } from './unless-gone.ts'

/** What the API server says of its kinds is believed for so long. Milliseconds. */
const REMEMBERED = MINUTE

interface Group {
  readonly versions: readonly { readonly version: string }[]
  readonly preferredVersion: { readonly version: string }
}

interface Resources {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[]
}

/** Asks the API server which kinds it has, group by group, in Rota's own name: every account may know. */
export function discoveryOf(client: Client, clock: { monotonic(): number }): Discovery {
  const known = new Map<string, { readonly answer: Promise<unknown>; readonly until: number }>()
  const ask = <T>(path: string): Promise<T | undefined> => {
    const before = known.get(path)
    if (before && before.until > clock.monotonic()) return before.answer as Promise<T | undefined>
    const answer = unlessGone(client.request<T>({ method: 'GET', verb: 'get', resource: path, path }))
    known.set(path, { answer, until: clock.monotonic() + REMEMBERED })
    // A failure is not remembered.
    answer.catch(() => known.delete(path))
    return answer
  }
  return {
    async find(group, kind, version) {
      for (const one of version === undefined ? await versionsOf(ask, group) : [version]) {
        const root = group === '' ? `/api/${one}` : `${groupPath(group)}/${encodeURIComponent(one)}`
        const found = kindIn((await ask<Resources>(root))?.resources ?? [], kind, group, one)
        if (found) return found
      }
      return undefined
    },
  }
}

/** A group is one part of a path, whoever wrote it. */
function groupPath(group: string): string {
  return `/apis/${encodeURIComponent(group)}`
}

type Ask = <T>(path: string) => Promise<T | undefined>

/** The preferred one first. */
async function versionsOf(ask: Ask, group: string): Promise<readonly string[]> {
  if (group === '') return ['v1']
  const found = await ask<Group>(groupPath(group))
  if (!found) return []
  const { preferredVersion, versions } = found
  return [...new Set([preferredVersion.version, ...versions.map(({ version }) => version)])]
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
