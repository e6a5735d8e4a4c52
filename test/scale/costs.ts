// What the model is fed with: measured on 2 cores, unless it says otherwise, each with where.

/** A request, by what it costs the API server. */
export type Kind = 'status' | 'read' | 'patch' | 'renewal'

/**
 * C, status writes a second, with etcd and the client on the same cores: the median of ten calibrations of `make bench` within
 * an hour, which found 270 to 385.
 */
export const C = { writes: 330, cores: 2 }

/** Milliseconds of a core that one status write takes, etcd's part and the client's included. */
export const WRITE = (1000 * C.cores) / C.writes

/**
 * What a request costs the API server, in status writes: `npm run bench -- --only requests`, 16 in flight. `status`: a PUT of the
 * status of a task with ten runs of history; `read`: a list of 16 objects in the name of an account, of which a GET is less than
 * a half; `patch`: a plain one of a Deployment, without what its controllers and kubelets then write; `renewal`: of a lease.
 */
export const IN_WRITES: Readonly<Record<Kind, number>> = { status: 1, read: 0.09, patch: 0.4, renewal: 0.09 }

/** To tell the first watcher of all tasks of one status, and each further one, in status writes; the same command. */
const TELL = { first: 0.08, further: 0.013 }

/** To tell so many of them, in status writes. */
export function telling(watchers: number): number {
  return watchers === 0 ? 0 : TELL.first + (watchers - 1) * TELL.further
}

/** What a request costs, in status writes, what the watchers are told included. */
export function costOf(kind: Kind, watchers: number): number {
  return IN_WRITES[kind] + (kind === 'status' ? telling(watchers) : 0)
}

/** Milliseconds on the processor of a process of Rota; news: `npm run scale -- --measure 100000`. */
export const ROTA = {
  /** Its HTTP stack, for each request: in the calibration of `make bench`. */
  request: 0.2,
  /** All else of a run: in a rush of `make bench` 2.5 to 3.4 with the four requests of a restart. */
  run: 2.1,
  /** News of its own write, which it knows from the answer. */
  ownNews: 0.02,
  /** News of another's: it is read, and its history packed. */
  othersNews: 0.09,
  /** The first news of a task, at the start. */
  firstNews: 0.12,
}

/** Resident bytes of a process at rest, without tasks and for each: the line through 1,000 and 50,000 tasks of `make bench`. */
export const MEMORY = { base: 127e6, task: 5_900 }

/**
 * Resident bytes of the API server for each task: twice what lives on its heap, as far as Go lets it grow
 * (`go_memstats_next_gc_bytes`, before and after 4,000 tasks; its resident size grew by as much).
 */
export const SERVER_MEMORY = 52_000

/** Each process opens its watch so often: `kube/reflector.ts`. Seconds. */
export const WATCH = 12

/** Milliseconds until another replica has what a killed one had: the median of `make failover`. */
export const FAIL_OVER = 8_200

/**
 * Bytes that etcd's file grows by for each version of a task, beyond its JSON: 1,230 of `managedFields`, the rest keys and pages
 * (`etcd_mvcc_db_total_size_in_use_in_bytes`, over 1,000 writes).
 */
export const STORED_BESIDES = 1_520

/** From documentation, not measured. */
export const DOCUMENTED = {
  /** etcd, "System limits": the largest file that is suggested, in bytes. The default quota is a quarter of that. */
  etcdMost: 8 * 2 ** 30,
  /** kube-apiserver, `--etcd-compaction-interval` of 5 minutes: what is replaced stays for up to two of them. Seconds. */
  kept: 600,
  /** Kubernetes, "Scalability thresholds": namespaces of a cluster. */
  namespaces: 10_000,
}
