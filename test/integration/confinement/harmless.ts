/** Fields for text that can name nothing that is not there already, and why. */
export const HARMLESS: readonly (readonly [field: RegExp, why: string])[] = [
  [/^(title|costCenter)$/, 'for people: copied to records, read by nothing'],
  [/^(schedule|timeZone|operation\.sleep\.wakeSchedule)$/, 'parsed, and refused when it is no schedule or zone'],
  [/^operation\.\w+\.selector\./, 'chooses among what the account has listed in the target namespaces'],
  [/^operation\.\w+\.exclude\./, 'leaves out some of that'],
  [/^operation\.cleanup\.phases/, 'leaves out some of that'],
  [
    /^operation\.job\.(image|command|args|env)/,
    'inside of a container, whose pod is judged by admission of its namespace',
  ],
]
