import { costOf, MEMORY, ROTA, STORED_BESIDES, telling, WRITE } from './costs.ts'
import { type Shape, STATUS_WRITES, stepsOf } from './rush.ts'

/** Of its processor a process of Rota is to need no more than this in a rush: what is not in the model wants some, too. */
const BUSY_AT_MOST = 0.8
/** `--shards` goes no further. */
const MOST_SHARDS = 32
/** As `deploy/production` advises. */
const SHARDS_A_REPLICA = 3

export interface Fleet {
  readonly replicas: number
  readonly shards: number
  /** Processes that watch: beside one that works alone another one stands by. */
  readonly watchers: number
}

/** What a run costs the API server, in status writes, and the part of it that is for telling watchers. */
export function costOfRun(shape: Shape, watchers: number): { readonly all: number; readonly telling: number } {
  const all = stepsOf(shape).reduce((sum, kind) => sum + costOf(kind, watchers), 0)
  return { all, telling: STATUS_WRITES * telling(watchers) }
}

/** Runs a second that the API server has room for. */
export function runsASecond(cores: number, shape: Shape, watchers: number): number {
  return (cores * 1000) / WRITE / costOfRun(shape, watchers).all
}

/** The part of its processor that each of so many replicas needs, for so many runs a second in all. */
export function busy(runs: number, replicas: number, shape: Shape): number {
  const own = ROTA.run + stepsOf(shape).length * ROTA.request + STATUS_WRITES * ROTA.ownNews
  const others = STATUS_WRITES * ROTA.othersNews
  return ((runs / replicas) * own + runs * (1 - 1 / replicas) * others) / 1000
}

/** The fewest replicas that are not the limit themselves; as many as there may be when none are enough. */
export function fleetFor(cores: number, shape: Shape): Fleet {
  let replicas = 1
  const watchers = () => Math.max(2, replicas)
  while (replicas < MOST_SHARDS && busy(runsASecond(cores, shape, watchers()), replicas, shape) > BUSY_AT_MOST)
    replicas++
  const shards = replicas === 1 ? 1 : Math.min(MOST_SHARDS, SHARDS_A_REPLICA * replicas)
  return { replicas, shards, watchers: watchers() }
}

/** Resident bytes of each replica, also of one that stands by: all know all tasks. */
export function memoryOf(tasks: number): number {
  return MEMORY.base + tasks * MEMORY.task
}

/**
 * Bytes in etcd's file: the newest version of each task, and those that are replaced and not yet gone.
 * @param json bytes of a task
 * @param writes of statuses, within the time that what is replaced is kept
 */
export function stored(tasks: number, json: number, writes: number): number {
  return (tasks + writes) * (json + STORED_BESIDES)
}
