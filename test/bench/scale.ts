/** How large the loads are, and which of them are played. */
export interface Scale {
  readonly calibration: {
    readonly objects: number
    readonly levels: readonly number[]
    readonly rounds: number
    readonly writes: number
  }
  /** Namespaces that tasks are spread over. */
  readonly homes: number
  /** Due at the same instant, one after the other. */
  readonly due: readonly number[]
  /** Tasks that are there without being due; seconds that they are looked at. */
  readonly crowds: readonly number[]
  readonly rest: number
  /** Tasks that come due evenly within so many seconds, nothing else beside them. */
  readonly within: readonly { readonly count: number; readonly seconds: number }[]
  /** Tasks that come due one by one, among a crowd or beside noise. */
  readonly alone: { readonly count: number; readonly seconds: number }
  /** In one namespace, to be put to sleep and woken so often. */
  readonly deployments: readonly number[]
  readonly rounds: number
  /** Tasks that are due at once beside the canary's. */
  readonly noise: number
  /** Seconds. */
  readonly saturation: number
  /** Due at the same instant. */
  readonly cronJobs: number
  /** Of those numbers of Deployments the one that peers put to sleep and wake as well, and how often. */
  readonly peers: { readonly deployments: number; readonly rounds: number }
  readonly loads: readonly string[]
  /** Whether C is measured before each load and peer, on a new control plane: it drifts, and 50,000 tasks stand in the way. */
  readonly apart: boolean
}

const LEVELS = [16, 64, 128]
const FULL: Scale = {
  calibration: { objects: 500, levels: LEVELS, rounds: 5, writes: 500 },
  homes: 500,
  due: [10_000],
  crowds: [1_000, 10_000],
  rest: 15,
  within: [{ count: 1_000, seconds: 60 }],
  alone: { count: 40, seconds: 20 },
  deployments: [100, 500, 1_200],
  rounds: 3,
  noise: 500,
  saturation: 600,
  cronJobs: 200,
  peers: { deployments: 500, rounds: 1 },
  loads: ['deployments', 'crowd', 'same-second', 'canary', 'cron-jobs', 'kube-green', 'go-kube-downscaler'],
  apart: false,
}

export const SCALES = {
  /** Two minutes: whether it works at all. */
  quick: {
    calibration: { objects: 500, levels: LEVELS, rounds: 3, writes: 500 },
    homes: 50,
    due: [500],
    crowds: [500],
    rest: 5,
    within: [{ count: 100, seconds: 60 }],
    alone: { count: 20, seconds: 10 },
    deployments: [50],
    rounds: 2,
    noise: 200,
    saturation: 60,
    cronJobs: 50,
    peers: { deployments: 50, rounds: 1 },
    loads: ['deployments', 'same-second'],
    apart: false,
  },
  /** A quarter of an hour. */
  full: FULL,
  /** All of it, with 50,000 tasks and ten minutes of saturation. */
  long: {
    ...FULL,
    due: [1, 100, 1_000, 10_000],
    crowds: [1_000, 10_000, 50_000],
    within: [
      { count: 100, seconds: 60 },
      { count: 1_000, seconds: 60 },
      { count: 10_000, seconds: 600 },
      { count: 10_000, seconds: 60 },
    ],
    alone: { count: 60, seconds: 59 },
    rounds: 7,
    cronJobs: 1_000,
    peers: { deployments: 500, rounds: 3 },
    loads: ['requests', ...FULL.loads, 'within', 'saturation'],
    apart: true,
  },
} as const satisfies Record<string, Scale>
