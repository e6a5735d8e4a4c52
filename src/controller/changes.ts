import type { Change } from '../execution/progress.ts'

/**
 * What the active run of each task has changed in this process. A deletion leaves no mark, so that without this another
 * attempt would report only what was left for it.
 */
export class Changes {
  readonly #known = new Map<string, { readonly run: string; readonly changes: Change[] }>()

  of(key: string, run: string): readonly Change[] {
    const known = this.#known.get(key)
    return known?.run === run ? known.changes : []
  }

  add(key: string, run: string, change: Change): void {
    const known = this.#known.get(key)
    if (known?.run === run) known.changes.push(change)
    else this.#known.set(key, { run, changes: [change] })
  }

  forget(key: string): void {
    this.#known.delete(key)
  }
}
