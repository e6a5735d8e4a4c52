import { useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

const KEY = 'rota.theme'
const THEMES = ['auto', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

function theme(): Theme {
  const kept = localStorage.getItem(KEY)
  return THEMES.find(known => known === kept) ?? 'auto'
}

/** Light or dark as the viewer has chosen; else as the system says. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme()
}

/** Goes from the system's choice to light, to dark, and back. */
export function ThemeToggle() {
  const [current, setCurrent] = useState(theme())
  const next = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'auto'
  const change = () => {
    localStorage.setItem(KEY, next)
    applyTheme()
    setCurrent(next)
  }
  return (
    <button type="button" class="plain" onClick={change} title={`Colours: ${current}. Change to ${next}`}>
      <Icon name={current} />
      <span class="unseen">
        Colours: {current}. Change to {next}
      </span>
    </button>
  )
}
