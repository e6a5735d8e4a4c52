/** A kind as the API server addresses it. */
export interface Kind {
  readonly kind: string
  /** '' for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  /** Not in a namespace; a Namespace is addressed as its own namespace. */
  readonly cluster?: true
  /** Its replicas are read and set by its scale subresource, and nowhere else. */
  readonly scale?: true
}

export interface Target {
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
}

/** The same for the same object, whoever names it. */
export function idOf({ kind, namespace, name }: Target): string {
  return `${kind.group}/${kind.kind}/${namespace}/${name}`
}

/**
 * Why a call on a target did not work.
 * Transient: may work later. Conflict: observe again. Refused: not allowed. Invalid: never works as it is.
 * Gone: the object (or its namespace) does not exist. Unknown: anything else, tried again.
 */
export interface Fault {
  readonly class: 'Transient' | 'Conflict' | 'Refused' | 'Invalid' | 'Gone' | 'Unknown'
  /** For people: no response bodies, and no names but the author's own. */
  readonly message: string
  /** What would help: a command to type. */
  readonly remedy?: string
  /** CamelCase, the reason of a run that fails by it. */
  readonly reason: string
  readonly target?: Target
  /** Seconds that the server asked to wait. */
  readonly retryAfter?: number
}

/** A fault as an exception. */
export class FaultError extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.message)
    this.fault = fault
  }
}

/** @throws what is no fault of the cluster: an abort, or a mistake of ours */
export function faultIn(error: unknown): Fault {
  if (error instanceof FaultError) return error.fault
  throw error
}
