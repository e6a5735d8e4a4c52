import { useState } from 'preact/hooks'
import type { Session } from './session.ts'

/** The viewer may not see all tasks, but perhaps those of a namespace. */
export function NamespaceForm({ session, problem }: { readonly session: Session; readonly problem: string }) {
  const [namespace, setNamespace] = useState('')
  const enter = (event: Event) => {
    event.preventDefault()
    if (namespace.trim() !== '') session.lookAt(namespace.trim())
  }
  return (
    <section class="gate" aria-labelledby="gate-title">
      <h1 id="gate-title">Which namespace?</h1>
      <p class="error" role="alert">
        {problem}
      </p>
      <p>You may be allowed to see the tasks of a single namespace.</p>
      <form onSubmit={enter}>
        <label for="namespace">Namespace</label>
        <input
          id="namespace"
          autocomplete="off"
          spellcheck={false}
          value={namespace}
          onInput={event => setNamespace(event.currentTarget.value)}
        />
        <button type="submit" class="primary">
          Show its tasks
        </button>
      </form>
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
