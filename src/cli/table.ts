import { stripVTControlCharacters } from 'node:util'

/** Columns aligned as kubectl does, three spaces apart; the last one is not padded. Cells may be coloured. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map(row => width(row[column] ?? ''))))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat(column === row.length - 1 ? 0 : (widths[column] ?? 0) - width(cell) + 3))
      .join('')
  return all.map(row => `${line(row).trimEnd()}\n`).join('')
}

const segments = new Intl.Segmenter('en')

/** Cells of a terminal that a text takes: signs, not UTF-16 units; East Asian wide ones and emoji take two. */
function width(text: string): number {
  let cells = 0
  for (const { segment } of segments.segment(stripVTControlCharacters(text))) cells += WIDE.test(segment) ? 2 : 1
  return cells
}

const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
