/** Prints `N passed, N failed[, N skipped]` from vitest's results file; fails when a test failed or none ran. */
import { readFileSync } from 'node:fs'
import { type Results, tally } from './tallied.ts'

const [file = ''] = process.argv.slice(2)
const { line, ok } = tally(read(file))
console.log(line)
if (!ok) process.exitCode = 1

/** No file: the run did not come so far as to have results. */
function read(path: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Results
  } catch {
    return undefined
  }
}
