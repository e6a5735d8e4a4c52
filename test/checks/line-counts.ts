import type { Sources } from './direction.ts'

export const LIMIT = 400

export interface Sizes {
  readonly tooLong: readonly string[]
  readonly files: number
  /** Lines of the file in the middle; 0 without files. */
  readonly median: number
}

/** How long the files are; generated ones do not count. */
export function sizesOf(sources: Sources): Sizes {
  const counted = [...sources]
    .filter(([file]) => !file.endsWith('.generated.ts'))
    .map(([file, text]) => ({ file, lines: text.replace(/\n$/, '').split('\n').length }))
  const sorted = counted.map(({ lines }) => lines).sort((a, b) => a - b)
  return {
    tooLong: counted
      .filter(({ lines }) => lines > LIMIT)
      .map(({ file, lines }) => `${file}:1: has ${lines} lines, but ${LIMIT} is the limit: give each idea a file`),
    files: sorted.length,
    median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
  }
}
