/** The part of vitest's JSON report that counts. */
export interface Results {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly success: boolean
}

export interface Tally {
  readonly line: string
  /** Something ran, and nothing failed. */
  readonly ok: boolean
}

/** Without results, the run itself is what failed. */
export function tally(results: Results | undefined): Tally {
  if (!results) return { line: '0 passed, 1 failed', ok: false }
  const { numPassedTests: passed, numPendingTests: skipped, success } = results
  const failed = success ? results.numFailedTests : Math.max(1, results.numFailedTests)
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
  return { line, ok: failed === 0 && passed > 0 }
}
