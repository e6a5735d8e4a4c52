import { CopyLine } from './copy-line.tsx'
import { EntryForm } from './entry-form.tsx'
import type { Session } from './session.ts'

const ACCOUNT = [
  'kubectl create serviceaccount rota-viewer -n NAMESPACE',
  'kubectl create clusterrole rota-viewer --verb=get,list,watch --resource=scheduledtasks.rota.dev',
  'kubectl create clusterrolebinding rota-viewer --clusterrole=rota-viewer --serviceaccount=NAMESPACE:rota-viewer',
]

/** Asks for a token, and says how to get one. */
export function TokenForm({ session, problem }: { readonly session: Session; readonly problem: string }) {
  const wasRefused = session.hasToken()
  // As it is copied from a terminal, with line breaks.
  const enter = (token: string) => session.enter(token.replace(/\s+/g, ''))
  return (
    <section class="gate" aria-labelledby="gate-title">
      <h1 id="gate-title">Who are you?</h1>
      <p>
        Rota shows and does what you may do in the cluster. Enter a token that the API server accepts; it is kept for
        this tab only.
      </p>
      {wasRefused && (
        <p class="error" role="alert">
          This token is not accepted: {problem}
        </p>
      )}
      <EntryForm id="token" label="Token" button="Enter" secret onEnter={enter} />
      <h2>Where to get one</h2>
      <p>Of a ServiceAccount that may read ScheduledTasks; it is good for an hour:</p>
      <CopyLine text="kubectl create token NAME -n NAMESPACE" />
      <details>
        <summary>If there is no such account yet</summary>
        <div class="recipe">
          <p>This one may look at all tasks:</p>
          {ACCOUNT.map(line => (
            <CopyLine key={line} text={line} />
          ))}
          <p>
            To ask for runs as well it needs the verb <code>patch</code>, and the right to <code>use</code> the
            ServiceAccounts of the tasks.
          </p>
        </div>
      </details>
    </section>
  )
}
