import { Icon } from './icon.tsx'
import { overviewAddress } from './route.ts'
import type { Session } from './session.ts'
import type { Link } from './stream.ts'
import { ThemeToggle } from './theme.tsx'

const SAYS = { Connecting: 'connecting', Live: 'live', Away: 'reconnecting', Refused: 'signed out' } as const

export function Header({ session, link }: { readonly session: Session; readonly link: Link }) {
  return (
    <header class="top">
      <a class="brand" href={overviewAddress()}>
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <path d="M12 2a10 10 0 1 0 10 10A8 8 0 0 1 12 2z" />
          <circle cx="17" cy="7" r="3" />
        </svg>
        Rota
      </a>
      <span class={`link link-${link.is.toLowerCase()}`}>{SAYS[link.is]}</span>
      <span class="spring" />
      <ThemeToggle />
      {session.hasToken() && link.is !== 'Refused' && (
        <button type="button" class="plain" onClick={() => session.enter(undefined)}>
          <Icon name="leave" /> Forget the token
        </button>
      )}
    </header>
  )
}
