/** Fails when a source file is too long to hold one idea; prints the median. */
import { sizesOf } from './line-counts.ts'
import { sourcesIn } from './sources.ts'

const { tooLong, files, median } = sizesOf(await sourcesIn('src', 'test'))
for (const violation of tooLong) console.error(violation)
console.log(`sizes: ${files} files, median ${median} lines`)
if (tooLong.length > 0) process.exitCode = 1
