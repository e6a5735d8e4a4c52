import type { Task } from '../decide/task.ts'
import type { Chosen } from '../runs/choose.ts'

type Version = Pick<Task, 'key' | 'generation'>

/**
 * What labels mean, as it was found for the newest run of each task: from the question to the claim nothing else counts,
 * unless the spec is edited.
 */
export class Choices {
  readonly #known = new Map<string, { readonly run: string; readonly generation: number; readonly chosen: Chosen }>()

  of({ key, generation }: Version, run: string): Chosen | undefined {
    const known = this.#known.get(key)
    return known?.run === run && known.generation === generation ? known.chosen : undefined
  }

  /** For a decision: what cannot be chosen is no namespace, and the attempt says why. */
  namespaces(task: Version, run: string): readonly string[] | undefined {
    const chosen = this.of(task, run)
    return chosen && ('fault' in chosen ? [] : chosen.namespaces)
  }

  keep({ key, generation }: Version, run: string, chosen: Chosen): void {
    this.#known.set(key, { run, generation, chosen })
  }

  forget(key: string): void {
    this.#known.delete(key)
  }
}
