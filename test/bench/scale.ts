/** How large the loads are. */
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
}

const LEVELS = [16, 64, 128]

export const SCALES = {
  full: {
    calibration: { objects: 500, levels: LEVELS, rounds: 5, writes: 1_000 },
    homes: 500,
    due: [100, 1_000, 10_000],
  },
  quick: {
    calibration: { objects: 500, levels: LEVELS, rounds: 3, writes: 500 },
    homes: 100,
    due: [500],
  },
} as const satisfies Record<string, Scale>
