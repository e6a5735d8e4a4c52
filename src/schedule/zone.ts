/** Names that exist as files of the zone database but are no places, and those that depend on the machine. */
const NO_ZONES = new Set(['Local', 'localtime', 'posixrules', 'leapseconds', 'Factory'])

/** Asking the runtime takes a tenth of a millisecond, and most tasks are in few zones. */
const known = new Set<string>()

/**
 * Checks an IANA time zone name as the CRD does (exact case, no offsets, no `Local`) and against the zone data
 * of this process, which may be older or newer than the API server's.
 * @throws Error whose message is meant for the author of the task
 */
export function checkZone(name: string): void {
  if (known.has(name)) return
  const shape = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name)
  if (!shape || NO_ZONES.has(name)) {
    throw new Error(`'${name}' must be an IANA time zone name such as Europe/Berlin, Etc/GMT+3 or UTC`)
  }
  if (!isKnown(name)) {
    throw new Error(
      `'${name}' is not in this operator's time zone data (names are case-sensitive, such as Europe/Berlin)`,
    )
  }
  known.add(name)
}

/** All that the zone database calls by three letters. The runtime knows more: IST is India to it, and Israel to others. */
const THREE_LETTERS = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '))

/** The runtime takes names in any case, the API server only as the zone database writes them. */
function isKnown(name: string): boolean {
  if (/^[A-Z]{3}$/.test(name) ? !THREE_LETTERS.has(name) : name.startsWith('SystemV/')) return false
  // Old names it answers with new ones, which say nothing about the case: asia/kolkata, ASIA/KOLKATA.
  if (/(^|\/)[a-z]|[A-Z]{4}/.test(name) && name !== 'NZ-CHAT') return false
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase()
  } catch {
    return false
  }
}
