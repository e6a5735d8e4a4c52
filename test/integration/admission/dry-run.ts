import { API_VERSION, KIND } from '../../../src/api/names.ts'
import { connect } from '../../../src/kube/connection.ts'
import { tasksPath } from '../../../src/kube/paths.ts'
import { answerOf } from '../../harness/answer.ts'

export type Verdict = { readonly accepted: Record<string, unknown> } | { readonly refused: string }

/**
 * Asks the API server what it thinks of a ScheduledTask, as `kubectl create --dry-run=server` does: unknown fields are refused.
 * What it says of itself, as that it has too much to do, is no verdict.
 */
export function dryRun(kubeconfig: string): (spec: object, name?: string) => Promise<Verdict> {
  const connecting = connect(kubeconfig)
  const about = {
    method: 'POST',
    path: tasksPath('default'),
    query: { dryRun: 'All', fieldValidation: 'Strict' },
  } as const
  return async (spec, name = 'task') => {
    const task = { apiVersion: API_VERSION, kind: KIND, metadata: { name }, spec }
    const { code, body } = await answerOf(await connecting, { ...about, body: task })
    if (code < 300) return { accepted: body as Record<string, unknown> }
    const { message } = body as { readonly message: string }
    if (code === 429 || code >= 500) throw new Error(message)
    return { refused: message }
  }
}
