import { render } from 'preact'
import { App } from './app.tsx'
import { openSession } from './session.ts'
import { applyTheme } from './theme.tsx'

applyTheme()
const root = document.getElementById('app')
if (root) render(<App session={openSession()} />, root)
