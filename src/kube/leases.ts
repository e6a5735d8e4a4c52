import { FaultError } from '../api/fault.ts'
import { GROUP as ROTA } from '../api/names.ts'
import type { LeaseRecord, Leases } from '../controller/election.ts'
import { rfc3339Micro } from '../lib/instant.ts'
import type { Client } from './client.ts'
import { unlessGone } from './unless-gone.ts'

const GROUP = 'coordination.k8s.io'

/** A renewal behind the writes of ten thousand runs would come too late, and all of them would be begun again. */
const OF_LEASES = { resource: `leases.${GROUP}`, isUrgent: true } as const

/** How the work is divided, as the holder of the first lease says it. */
const LAYOUT_ANNOTATION = `${ROTA}/shards`

interface Lease {
  readonly metadata: { readonly resourceVersion: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseTransitions?: number
    readonly acquireTime?: string
  }
}

/** One Lease. Its times are for people: who leads is decided by its versions. */
export function leasesOf(client: Client, namespace: string, name: string, now: () => number): Leases {
  const path = `/apis/${GROUP}/v1/namespaces/${namespace}/leases`
  const about = { ...OF_LEASES, namespace }
  let last: Lease | undefined
  return {
    async read() {
      try {
        last = await client.request<Lease>({ method: 'GET', verb: 'get', path: `${path}/${name}`, ...about })
        return recordOf(last)
      } catch (error) {
        if (error instanceof FaultError && error.fault.class === 'Gone') return { version: '', holder: '', layout: '' }
        throw error
      }
    },
    async hold(record, holder, leaseDurationSeconds, layout = '') {
      const time = rfc3339Micro(now())
      const before = last?.spec
      const stays = before?.holderIdentity === holder
      const spec = {
        holderIdentity: holder,
        leaseDurationSeconds,
        renewTime: time,
        acquireTime: stays ? (before?.acquireTime ?? time) : time,
        leaseTransitions: (before?.leaseTransitions ?? 0) + (stays || holder === '' ? 0 : 1),
      }
      const annotations = layout === '' ? {} : { [LAYOUT_ANNOTATION]: layout }
      const body = { apiVersion: `${GROUP}/v1`, kind: 'Lease', metadata: { name, namespace, annotations }, spec }
      if (record.version === '') {
        last = await client.request<Lease>({ method: 'POST', verb: 'create', path, body, ...about })
      } else {
        const versioned = { ...body, metadata: { ...body.metadata, resourceVersion: record.version } }
        last = await client.request<Lease>({
          method: 'PUT',
          verb: 'update',
          path: `${path}/${name}`,
          body: versioned,
          ...about,
        })
      }
      return recordOf(last)
    },
  }
}

/** Of nobody any more. @throws FaultError */
export async function deleteLease(client: Client, namespace: string, name: string): Promise<void> {
  const path = `/apis/${GROUP}/v1/namespaces/${namespace}/leases/${name}`
  await unlessGone(client.text({ method: 'DELETE', verb: 'delete', path, namespace, ...OF_LEASES }))
}

function recordOf({ metadata, spec }: Lease): LeaseRecord {
  const layout = metadata.annotations?.[LAYOUT_ANNOTATION] ?? ''
  return { version: metadata.resourceVersion, holder: spec?.holderIdentity ?? '', layout }
}
