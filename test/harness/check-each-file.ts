import { afterAll } from 'vitest'
import { checkAll } from './checked.ts'

// Set up first, so it runs last.
afterAll(checkAll)
