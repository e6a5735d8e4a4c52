import type { Calibration } from './calibration.ts'
import type { Findings } from './findings.ts'
import type { Scale } from './scale.ts'
import type { Stage } from './stage.ts'

/** What each load is given: where it is played, how large it is, what the API server can do, and where its findings go. */
export interface Bench {
  readonly stage: Stage
  readonly scale: Scale
  readonly calibration: Calibration
  readonly findings: Findings
}

/** What each peer is given: it is played on control planes of its own. */
export type PeerBench = Pick<Bench, 'scale' | 'findings'>
