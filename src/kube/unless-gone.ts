import { FaultError } from '../api/fault.ts'

/** `undefined` for what does not exist. @throws what else becomes of the request */
export async function unlessGone<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request
  } catch (error) {
    if (error instanceof FaultError && error.fault.class === 'Gone') return undefined
    throw error
  }
}
