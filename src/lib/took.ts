import { MINUTE, SECOND } from './instant.ts'

/** `400 ms`, `1.2 s`, `3 min 5 s`. */
export function took(milliseconds: number): string {
  if (milliseconds < SECOND) return `${milliseconds} ms`
  if (milliseconds < MINUTE) return `${(milliseconds / SECOND).toFixed(1)} s`
  return `${Math.floor(milliseconds / MINUTE)} min ${Math.floor((milliseconds % MINUTE) / SECOND)} s`
}
