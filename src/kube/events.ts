import { type Fault, FaultError } from '../api/fault.ts'
import { API_VERSION, GROUP, KIND } from '../api/names.ts'
import { type Clock, pause } from '../lib/clock.ts'
import { shortHash } from '../lib/hash.ts'
import { type Instant, MINUTE, rfc3339Micro, SECOND } from '../lib/instant.ts'
import { cut } from '../lib/text.ts'
import type { Client } from './client.ts'

const EVENTS = 'events.k8s.io'
/** The same within this time is one Event with a count, as in client-go. */
const SERIES = 6 * MINUTE
/** The most that an Event may say. */
const NOTE_LIMIT = 1024
/** Events are told as best they can be: in a flood the rest is dropped, rather than slow down the work. */
const QUEUE_LIMIT = 1000
const TRIES = 3
/** Between two writes, and after one that did not work. Milliseconds. */
const BREATH = 20
const REST = 2 * SECOND

/** What is said of a task. */
interface Said {
  readonly task: string
  readonly reason: string
  readonly action: string
  readonly says: string
}

interface Parts {
  readonly client: Pick<Client, 'request'>
  readonly clock: Clock
  /** This process. */
  readonly instance: string
  /** The uid of a task; without one nothing is said of it. */
  readonly uidOf: (key: string) => string | undefined
  readonly trouble: (message: string) => void
}

export interface Recorder {
  tell(said: Said): void
  /** Nothing more is told; resolves when the write under way has ended. */
  close(): Promise<void>
}

interface Told {
  readonly path: string
  count: number
  last: Instant
}

interface Waiting {
  readonly said: Said
  readonly uid: string
  readonly at: Instant
}

/** Writes Warnings about tasks as Events, one after the other, and what repeats itself as a series. */
export function recorder({ client, clock, instance, uidOf, trouble }: Parts): Recorder {
  const queue: Waiting[] = []
  const told = new Map<string, Told>()
  const closing = new AbortController()
  let working: Promise<void> | undefined
  let complaint = ''

  return {
    tell(said) {
      const uid = uidOf(said.task)
      if (uid === undefined || closing.signal.aborted) return
      if (queue.length >= QUEUE_LIMIT) queue.shift()
      queue.push({ said, uid, at: clock.now() })
      working ??= work().finally(() => {
        working = undefined
      })
    },
    async close() {
      closing.abort()
      await working
    },
  }

  async function work(): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      await write(next)
      if (closing.signal.aborted) return
      await pause(clock, BREATH, closing.signal)
    }
  }

  async function write(waiting: Waiting): Promise<void> {
    for (let tries = 1; ; tries++) {
      const fault = await tried(waiting)
      // With its namespace the task is gone, and nobody is left to be told.
      if (!fault || fault.class === 'Gone') return
      const mayPass = fault.class === 'Transient' || fault.class === 'Unknown'
      if (!mayPass || tries === TRIES || closing.signal.aborted) return complain(fault)
      await pause(clock, REST, closing.signal)
    }
  }

  /** Once, until something else is wrong. */
  function complain({ message }: Fault): void {
    if (message !== complaint) trouble(`an Event could not be written: ${message}`)
    complaint = message
  }

  async function tried(waiting: Waiting): Promise<Fault | undefined> {
    try {
      const series = seriesOf(waiting)
      await (series ? repeat(series, waiting) : begin(waiting))
      return undefined
    } catch (error) {
      if (!(error instanceof FaultError)) throw error
      return error.fault
    }
  }

  function seriesOf({ said, uid, at }: Waiting): Told | undefined {
    const before = told.get(keyOf(said, uid))
    return before && at - before.last < SERIES ? before : undefined
  }

  async function begin({ said, uid, at }: Waiting): Promise<void> {
    const [namespace = '', task = ''] = said.task.split('/')
    const path = `/apis/${EVENTS}/v1/namespaces/${namespace}/events`
    const name = `${task}.${shortHash(uid, said.action, said.reason, instance, String(at))}`
    const body = {
      apiVersion: `${EVENTS}/v1`,
      kind: 'Event',
      metadata: { name, namespace },
      type: 'Warning',
      eventTime: rfc3339Micro(at),
      reportingController: `${GROUP}/controller`,
      reportingInstance: cut(instance, 128),
      action: said.action,
      reason: said.reason,
      note: cut(said.says, NOTE_LIMIT),
      regarding: { apiVersion: API_VERSION, kind: KIND, namespace, name: task, uid },
    }
    try {
      await client.request({ method: 'POST', verb: 'create', path, body, resource: `events.${EVENTS}`, namespace })
    } catch (error) {
      // The answer to the first try was lost.
      if (!(error instanceof FaultError && error.fault.class === 'Conflict')) throw error
    }
    keep(keyOf(said, uid), { path: `${path}/${name}`, count: 1, last: at })
  }

  async function repeat(series: Told, waiting: Waiting): Promise<void> {
    const { said, uid, at } = waiting
    const [namespace = ''] = said.task.split('/')
    const body = { series: { count: series.count + 1, lastObservedTime: rfc3339Micro(at) } }
    const call = { path: series.path, body, resource: `events.${EVENTS}`, namespace }
    try {
      await client.request({ method: 'PATCH', verb: 'patch', ...call })
    } catch (error) {
      // It has expired, or somebody has tidied up.
      if (!(error instanceof FaultError && error.fault.class === 'Gone')) throw error
      told.delete(keyOf(said, uid))
      return begin(waiting)
    }
    series.count++
    series.last = at
  }

  function keep(key: string, series: Told): void {
    for (const [other, { last }] of told) if (series.last - last >= SERIES) told.delete(other)
    told.set(key, series)
  }
}

function keyOf({ action, reason }: Said, uid: string): string {
  return `${uid} ${action} ${reason}`
}
