/** The names that users and other tools see. They are part of the API: never change one. */
export const GROUP = 'rota.dev'
export const VERSION = 'v1alpha1'
export const API_VERSION = `${GROUP}/${VERSION}`
export const KIND = 'ScheduledTask'
export const PLURAL = 'scheduledtasks'

/** The field manager of everything that Rota writes. */
export const FIELD_MANAGER = 'rota'

/** Request annotations on a task; their value is a token that Rota mirrors in `status.handled`. */
export const RUN_ANNOTATION = `${GROUP}/run`
export const WAKE_ANNOTATION = `${GROUP}/wake`
export const CANCEL_ANNOTATION = `${GROUP}/cancel`
/** No scheduled runs until this RFC 3339 time. */
export const HOLD_ANNOTATION = `${GROUP}/hold-until`
/** The longest hold. A typing error in the year must not switch a task off for ever. */
export const LONGEST_HOLD_DAYS = 366
/** What a request's token looks like. */
export const TOKEN = /^[A-Za-z0-9._:+-]{1,64}$/

/** On a target: what `sleep` replaced there, and for whom. */
export const SLEEP_ANNOTATION = `${GROUP}/sleep`
/** On a target: the id of the run that changed it last. */
export const LAST_RUN_ANNOTATION = `${GROUP}/last-run`
/** On a namespace: never a target, never a home of tasks. */
export const PROTECTED_LABEL = `${GROUP}/protected`
/** On a namespace: a task that picks namespaces by label may delete it. */
export const DELETABLE_LABEL = `${GROUP}/deletable`
/** On a ClusterRole: what it allows Rota to do in the name of accounts is added to what Rota may. */
export const IMPERSONATION_LABEL = `${GROUP}/aggregate-to-impersonation`
/** On a task with something asleep: it wakes before it goes. */
export const WAKE_FINALIZER = `${GROUP}/wake`

/** Whether a text can be the name of an object, so that it leads nowhere else in a path. */
export function isName(text: string | undefined): text is string {
  return /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(text ?? '')
}
