import { isLastingWrite } from '../checker/evidence.ts'
import type { AuditEvent } from '../harness/audit.ts'

/** The user of the shipped operator. */
export const ROTA = 'system:serviceaccount:rota-system:rota'

/** Milliseconds since the epoch, to the microsecond, of what the API server writes down. */
export function instantIn(text: string): number {
  const [, fraction = ''] = /\.(\d+)Z$/.exec(text) ?? []
  const whole = Date.parse(text.replace(/\.\d+Z$/, 'Z'))
  return whole + Number(`0.${fraction || '0'}`) * 1000
}

export interface Write {
  /** `namespace/name` */
  readonly key: string
  /** When it came, and when it was answered. */
  readonly received: number
  readonly answered: number
}

/** Writes of a status of a ScheduledTask that were carried out. */
export function statusWrites(log: readonly AuditEvent[], user = ROTA): readonly Write[] {
  return log
    .filter(event => event.user.username === user && isOn(event, 'scheduledtasks', 'status') && isLastingWrite(event))
    .map(written)
}

/** Writes on objects of this kind that were carried out in anybody's name. */
export function writesOn(log: readonly AuditEvent[], resource: string, verb = 'patch'): readonly Write[] {
  return log.filter(event => event.verb === verb && isOn(event, resource) && isLastingWrite(event)).map(written)
}

function isOn({ objectRef }: AuditEvent, resource: string, subresource?: string): boolean {
  return objectRef?.resource === resource && objectRef.subresource === subresource
}

function written({ objectRef, requestReceivedTimestamp, stageTimestamp }: AuditEvent): Write {
  return {
    key: `${objectRef?.namespace}/${objectRef?.name}`,
    received: instantIn(requestReceivedTimestamp),
    answered: instantIn(stageTimestamp),
  }
}

export interface Run {
  readonly key: string
  /** When the claim was answered, and the record. */
  readonly claimed: number
  readonly recorded: number | undefined
}

/**
 * The runs of tasks that each run once in this time: without bodies a claim is told from a record by its order. The last write
 * of a status is the record, the one before it the claim; what comes earlier only says that the run waits.
 */
export function runsIn(writes: readonly Write[]): readonly Run[] {
  const runs = new Map<string, Run>()
  for (const { key, answered } of writes.toSorted((a, b) => a.answered - b.answered)) {
    const { recorded, claimed } = runs.get(key) ?? {}
    runs.set(key, {
      key,
      claimed: recorded ?? claimed ?? answered,
      recorded: claimed === undefined ? undefined : answered,
    })
  }
  return [...runs.values()]
}

export interface Traffic {
  /** By what they are: `update scheduledtasks/status`; leases are counted apart. */
  readonly requests: ReadonlyMap<string, number>
  readonly total: number
  readonly conflicts: number
  readonly leases: number
}

/** What Rota has asked for, in its own name and in those of accounts. */
export function trafficOf(log: readonly AuditEvent[], user = ROTA): Traffic {
  const requests = new Map<string, number>()
  let conflicts = 0
  let leases = 0
  for (const event of log) {
    if (event.user.username !== user || event.stage !== 'ResponseComplete') continue
    const { resource = event.requestURI, subresource } = event.objectRef ?? {}
    if (resource === 'leases') leases++
    else {
      const name = `${event.verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`
      requests.set(name, (requests.get(name) ?? 0) + 1)
      if (event.responseStatus?.code === 409) conflicts++
    }
  }
  const total = [...requests.values()].reduce((sum, count) => sum + count, 0)
  return { requests, total, conflicts, leases }
}
