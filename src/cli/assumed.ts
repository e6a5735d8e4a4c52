import type { Settings } from '../decide/settings.ts'

/** The operator's own defaults: its environment may say otherwise, and only specs are seen from here. */
export const SETTINGS: Settings = { taskTimeoutSeconds: 300, taskMaxRetries: 3, taskRetryDelaySeconds: 10 }
/** Where the operator lives, and what it lets tasks do, is not seen from here. */
export const BOUNDS = { ownNamespace: '', crossNamespace: true }
