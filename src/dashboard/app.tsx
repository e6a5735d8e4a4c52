import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { Header } from './header.tsx'
import { NamespaceForm } from './namespace-form.tsx'
import { useObserved } from './observable.ts'
import { Overview } from './overview.tsx'
import { routeOf } from './route.ts'
import type { Session } from './session.ts'
import { TaskPage } from './task-page.tsx'
import type { Tasks } from './tasks.ts'
import { TokenForm } from './token-form.tsx'

export function App({ session }: { readonly session: Session }) {
  const link = useObserved(session.link)
  // What was seen before is worth more than nothing while the operator is away.
  const tasks = useObserved(session.tasks)
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        Skip to the content
      </button>
      <Header session={session} link={link} />
      {link.is === 'Away' && (
        <p class="banner" role="status">
          <strong>Reconnecting …</strong> {link.detail ?? 'Rota does not answer'}.
          {tasks && ' What you see may be out of date.'}
        </p>
      )}
      <main id="content" tabIndex={-1} class={link.is === 'Away' ? 'stale' : undefined}>
        {link.is === 'Refused' && link.status === 401 && <TokenForm session={session} problem={link.detail} />}
        {link.is === 'Refused' && link.status === 403 && <NamespaceForm session={session} problem={link.detail} />}
        {link.is !== 'Refused' && tasks && <Page session={session} tasks={tasks} />}
        {link.is !== 'Refused' && !tasks && <p class="loading">Loading the tasks …</p>}
      </main>
    </>
  )
}

function Page({ session, tasks }: { readonly session: Session; readonly tasks: Tasks }) {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const update = () => setHash(location.hash)
    window.addEventListener('hashchange', update)
    return () => window.removeEventListener('hashchange', update)
  }, [])
  const route = routeOf(hash)
  const place = route.page === 'Task' ? route.id : 'overview'
  // With the new page itself, and not a frame later: the focus must not jump away from who goes on with the keyboard.
  useLayoutEffect(() => {
    document.title = route.page === 'Task' ? `${route.id} · Rota` : 'Rota'
    window.scrollTo(0, 0)
    return () => document.getElementById('content')?.focus({ preventScroll: true })
  }, [place, route.page])
  if (route.page === 'Task')
    return <TaskPage key={route.id} session={session} task={tasks.get(route.id)} id={route.id} run={route.run} />
  return <Overview tasks={[...tasks.values()]} filter={route.filter} />
}
