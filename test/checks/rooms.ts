/** Fails when a file of src imports what its room may not, reads the clock where it must not, or imports itself in a circle. */
import { cycles } from './cycles.ts'
import { wrongDirections } from './direction.ts'
import { impurities } from './purity.ts'
import { sourcesIn } from './sources.ts'

const sources = await sourcesIn('src')
const violations = [...wrongDirections(sources), ...impurities(sources), ...cycles(sources)]
for (const violation of violations) console.error(violation)
console.log(
  `rooms: ${sources.size} files, ${violations.length === 0 ? 'all in order' : `${violations.length} violations`}`,
)
if (violations.length > 0) process.exitCode = 1
