import { overFloor } from '../bench/loads/due.ts'
import { median, quantile } from '../bench/statistics.ts'
import { C, DOCUMENTED, FAIL_OVER, ROTA, SERVER_MEMORY, WATCH } from './costs.ts'
import { dueIn, evenings, fullest, namespacesOf } from './fleet.ts'
import { type LeaseTraffic, leaseTraffic } from './leases.ts'
import { type Outcome, type Rush, rush, type Shape, STATUS_WRITES } from './rush.ts'
import { busy, costOfRun, type Fleet, fleetFor, memoryOf, runsASecond, stored } from './sizing.ts'
import { jsonBytes, WORKLOADS } from './sleeper.ts'

/** How many tasks there are, and how many cores the API server has. */
export interface Size {
  readonly tasks: number
  readonly cores: number
}

/**
 * The account and the namespace, of which a rush remembers little as they are believed for ten seconds; a list of each of three
 * kinds; the same lists a minute later.
 */
export const SLEEP: Shape = { reads: 2 + 3, patches: WORKLOADS, looks: 3 }
const HISTORY = { default: 10, short: 1 }
/** As the benchmark has them: they find nothing to change. */
const RESTART: Shape = { reads: 2 + 1, patches: 0, looks: 0 }
/** What `make bench` measured on a real API server: of 500, 1,000 and 10,000 restarts due at once 1.54, 1.71 and 1.37. */
export const MEASURED_OVER_FLOOR = 1.54

/** Seconds. */
export const JITTERS = [0, 900] as const
/** A replica is killed when this part of the time is over in which all of it happens. */
const KILLED_AT = 0.25

export interface Answer extends Size {
  readonly fleet: Fleet
  /** By how much the fullest shard is above the mean: 1 is not at all. */
  readonly fullest: number
  /** Due at the same instant. */
  readonly atOnce: number
  /** A second, in the rush, when nothing but the API server is the limit. */
  readonly runs: number
  /** The part of its processor that each replica needs then, and the part of its own that the API server spends on telling them. */
  readonly busy: number
  readonly telling: number
  /** Bytes of each replica, and of the API server. */
  readonly memory: number
  readonly serverMemory: number
  /** Milliseconds from the start of a replica until it knows all tasks: on its processor, so at least. */
  readonly start: number
  /** By jitter, in the order of `JITTERS`; and with a replica killed in the midst. */
  readonly late: readonly Late[]
  readonly killed: readonly Late[]
  readonly leases: LeaseTraffic
  /** A second. */
  readonly watches: number
  /** Bytes in etcd, and how many etcds these are at most, by how long histories are. */
  readonly etcd: { readonly default: number; readonly short: number }
  readonly etcds: { readonly default: number; readonly short: number }
  /** How many clusters so many namespaces are. */
  readonly clusters: number
}

/** Seconds from when a task was due until its claim was written; `done`: from the slot until the last run was recorded. */
export interface Late {
  readonly p50: number
  readonly p99: number
  readonly last: number
  readonly done: number
}

/** The answer, and what the plot is drawn from: lateness without jitter and with each, in milliseconds. */
export async function answer(size: Size): Promise<{ answer: Answer; lateness: readonly Float64Array[] }> {
  const { tasks, cores } = size
  const fleet = fleetFor(cores, SLEEP)
  const { replicas, shards, watchers } = fleet
  const [evening] = evenings(tasks)
  if (!evening) throw new Error('there must be an evening')
  const processOfShard = Array.from({ length: shards }, (_, shard) => shard % replicas)
  const about = { processes: replicas, watchers, cores, shape: SLEEP }
  const played = (jitter: number, crash?: Rush['crash']) =>
    rush({ ...about, due: dueIn(evening, jitter, processOfShard), ...(crash && { crash }) })
  const outcomes = JITTERS.map(jitter => played(jitter))
  const killed = JITTERS.map((jitter, n) =>
    played(jitter, { at: (outcomes[n]?.end ?? 0) * KILLED_AT, takenOverAfter: FAIL_OVER }),
  )
  const runs = runsASecond(cores, SLEEP, watchers)
  const cost = costOfRun(SLEEP, watchers)
  const writes = STATUS_WRITES * Math.min(evening.count, runs * DOCUMENTED.kept)
  const etcd = {
    default: stored(tasks, jsonBytes(HISTORY.default), writes),
    short: stored(tasks, jsonBytes(HISTORY.short), writes),
  }
  const etcds = (bytes: number) => Math.ceil(bytes / DOCUMENTED.etcdMost)
  return {
    answer: {
      ...size,
      fleet,
      fullest: fullest(tasks, shards),
      atOnce: evening.count,
      runs,
      busy: busy(runs, replicas, SLEEP),
      telling: cost.telling / cost.all,
      memory: memoryOf(tasks),
      serverMemory: tasks * SERVER_MEMORY,
      start: tasks * ROTA.firstNews,
      late: outcomes.map(lateOf),
      killed: killed.map(lateOf),
      leases: await leaseTraffic(watchers, shards),
      watches: watchers / WATCH,
      etcd,
      etcds: { default: etcds(etcd.default), short: etcds(etcd.short) },
      clusters: Math.ceil(namespacesOf(tasks) / DOCUMENTED.namespaces),
    },
    lateness: outcomes.map(({ lateness }) => lateness),
  }
}

/** The k-th of so many restarts due at once, by k·w/C, as `make bench` measures it: the median of its tenths. */
export function overFloorOf(count: number): number {
  const due = Array.from({ length: count }, () => ({ at: 0, process: 0 }))
  const { lateness } = rush({ due, processes: 1, watchers: 1, cores: C.cores, sharesCores: true, shape: RESTART })
  return median(overFloor([...lateness.toSorted()], C.writes))
}

function lateOf({ lateness, end }: Outcome): Late {
  const seconds = [...lateness].map(milliseconds => milliseconds / 1000)
  const [p50 = 0, p99 = 0, last = 0] = [0.5, 0.99, 1].map(share => quantile(seconds, share))
  return { p50, p99, last, done: end / 1000 }
}
