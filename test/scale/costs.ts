// What the model is fed with: measured on 2 cores, unless it says otherwise, each with where.

/** A request, by what it costs the API server. */
export type Kind = 'status' | 'read' | 'patch'

/** C, status writes a second, with etcd and the client on the same cores: `make bench` (calibration). */
export const C = { writes: 800, cores: 2 }

/** Milliseconds of a core that one status write takes. */
export const WRITE = (1000 * C.cores) / C.writes

/**
 * What a request costs, in status writes: milliseconds of the API server on a processor, all measured in one session, 16 in
 * flight. `status`: a PUT of the status of a task; `read`: a GET, and a list of a few objects is taken as one; `patch`: a plain one of
 * a Deployment, without what its controllers and kubelets then write.
 */
export const IN_WRITES: Readonly<Record<Kind, number>> = { status: 1, read: 1.1 / 2.7, patch: 2.9 / 2.7 }

/** To tell one watcher of one status, in status writes: 1,000 writes with 0, 4 and 16 watchers of all tasks. */
export const TELL = 0.01

/** Milliseconds on the processor of a process of Rota; all but the first: `npm run scale -- --measure 100000`. */
export const ROTA = {
  /** Its HTTP stack, for each request: in the calibration of `make bench`. */
  request: 0.2,
  /** All else of a run. */
  run: 0.7,
  /** News of its own write, which it knows from the answer. */
  ownNews: 0.02,
  /** News of another's: it is read, and its history packed. */
  othersNews: 0.12,
  /** The first news of a task, at the start. */
  firstNews: 0.15,
}

/** Resident bytes of a process: without tasks (`make bench`), and for each task (`--measure`; 2.0 KB of it are heap that lives on). */
export const MEMORY = { base: 112e6, task: 9_000 }

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
