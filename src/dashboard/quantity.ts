import { count, number } from '../lib/text.ts'

const GIB = 1024 ** 3
const ROUNDED = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })

/** `2.5 cores`. */
export function cores(n: number): string {
  return n === 1 ? '1 core' : `${ROUNDED.format(n)} cores`
}

/** `5 GiB`, `300 MiB`. */
export function memory(bytes: number): string {
  return bytes >= GIB || bytes === 0
    ? `${ROUNDED.format(bytes / GIB)} GiB`
    : `${number(Math.round(bytes / 1024 ** 2))} MiB`
}

/** `1,234.5`. */
export function rounded(n: number): string {
  return ROUNDED.format(n)
}

/** `3 tasks need attention`, `1 task needs attention`. */
export function tasksThat(n: number, one: string, several: string): string {
  return `${count(n, 'task')} ${n === 1 ? one : several}`
}
