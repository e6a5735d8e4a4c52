import { faultIn } from '../api/fault.ts'
import { occupied, type RunRef } from '../decide/run.ts'
import type { Task } from '../decide/task.ts'
import type { Question } from '../execution/ports.ts'
import type { Right } from '../operations/contract.ts'
import { accountOf, operationOf } from '../runs/prepare.ts'
import { questionOf } from '../runs/question.ts'
import type { ControllerParts } from './parts.ts'

const READS: readonly string[] = ['get', 'list', 'watch']

/**
 * Of the namespaces that a run wants for itself those for which it may keep others waiting: its own, and where its account
 * may change something at all. Who may do nothing there fails there, and holds up nobody. What nobody says, or nobody can
 * say now, counts as a yes.
 */
export class Entitled {
  readonly #known = new Map<string, { readonly run: RunRef; readonly namespaces: readonly string[] }>()

  /** `undefined`: it has to be asked for. */
  namespaces({ key, namespace }: Task, run: RunRef): readonly string[] | undefined {
    const wanted = occupied(run)
    if (wanted.every(name => name === namespace)) return wanted
    const known = this.#known.get(key)
    const isKnown = known?.run.id === run.id && wanted.every(name => known.run.namespaces.includes(name))
    return isKnown ? known.namespaces.filter(name => wanted.includes(name)) : undefined
  }

  async ask({ targets, discovery }: ControllerParts, task: Task, run: RunRef, signal: AbortSignal): Promise<void> {
    const rights = await operationOf(task, run.operation)?.rights(discovery).catch(unsaid)
    const may = async (namespace: string) => {
      const question = rights && changing(rights, namespace)
      if (!question || namespace === task.namespace) return true
      return (await targets.may(accountOf(task), question, signal).catch(unsaid)) ?? true
    }
    const answers = await Promise.all(run.namespaces.map(may))
    this.#known.set(task.key, { run, namespaces: run.namespaces.filter((_, index) => answers[index]) })
  }

  forget(key: string): void {
    this.#known.delete(key)
  }
}

/** About the first right to change something. */
function changing(rights: readonly Right[], namespace: string): Question | undefined {
  for (const right of rights) {
    const verb = right.verbs.find(name => !READS.includes(name))
    if (verb !== undefined) return questionOf(right, verb, namespace)
  }
  return undefined
}

function unsaid(error: unknown): undefined {
  faultIn(error)
  return undefined
}
