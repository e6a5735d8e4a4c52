import { EntryForm } from './entry-form.tsx'
import type { Session } from './session.ts'

/** The viewer may not see all tasks, but perhaps those of a namespace. */
export function NamespaceForm({ session, problem }: { readonly session: Session; readonly problem: string }) {
  return (
    <section class="gate" aria-labelledby="gate-title">
      <h1 id="gate-title">Which namespace?</h1>
      <p class="error" role="alert">
        {problem}
      </p>
      <p>You may be allowed to see the tasks of a single namespace.</p>
      <EntryForm
        id="namespace"
        label="Namespace"
        button="Show its tasks"
        onEnter={namespace => session.lookAt(namespace)}
      />
      {session.hasToken() && (
        <p>
          <button type="button" onClick={() => session.enter(undefined)}>
            Use another token
          </button>
        </p>
      )}
    </section>
  )
}
