import { expect, test } from 'vitest'
import { story } from './story.ts'
import { Tally } from './tally.ts'

/** Always the same ones; `make simulate` tells others. */
const STORIES = 30

test('in stories of faults and people each run happens once, and in the end all is as it ought to be', async () => {
  const tally = new Tally()
  const violations: string[] = []
  let runs = 0
  for (let seed = 1; seed <= STORIES; seed++) {
    const told = await story(seed)
    runs += told.runs
    for (const [what, count] of told.tally.counts) tally.add(what, count)
    violations.push(...told.violations.map(one => `story ${seed}: ${one}`))
  }
  expect(violations, '`npm run simulate -- --story N` tells one of them').toEqual([])
  // Enough of each for that to mean something.
  expect(runs).toBeGreaterThan(20 * STORIES)
  for (const [what, count] of tally.counts) expect({ what, often: count > 0 }).toEqual({ what, often: true })
})
