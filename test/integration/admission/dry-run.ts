import { GROUP, KIND, PLURAL, VERSION } from '../../../src/api/names.ts'
import { connect } from '../../../src/kube/connection.ts'

export type Verdict = { readonly accepted: Record<string, unknown> } | { readonly refused: string }

const PATH = `/apis/${GROUP}/${VERSION}/namespaces/default/${PLURAL}?dryRun=All&fieldValidation=Strict`

/**
 * Asks the API server what it thinks of a ScheduledTask, as `kubectl create --dry-run=server` does: unknown fields are refused.
 * What it says of itself, as that it has too much to do, is no verdict.
 */
export function dryRun(kubeconfig: string): (spec: object, name?: string) => Promise<Verdict> {
  const connecting = connect(kubeconfig)
  return async (spec, name = 'task') => {
    const connection = await connecting
    const answer = await connection.requests.request({
      origin: connection.url,
      path: PATH,
      method: 'POST',
      headers: { ...(await connection.headers()), 'content-type': 'application/json' },
      body: JSON.stringify({ apiVersion: `${GROUP}/${VERSION}`, kind: KIND, metadata: { name }, spec }),
    })
    const body = (await answer.body.json()) as Record<string, unknown>
    if (answer.statusCode < 300) return { accepted: body }
    if (answer.statusCode === 429 || answer.statusCode >= 500) throw new Error(String(body['message']))
    return { refused: String(body['message']) }
  }
}
