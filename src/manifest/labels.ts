/** RFC 1123 subdomain, `/`, and a name of 63 characters at most. */
const QUALIFIED = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

/** What is wrong with the name of a label or annotation. */
export function keyProblem(key: string): string | undefined {
  return QUALIFIED.test(key) ? undefined : 'is no name of a label or annotation: write such as example.com/name'
}

/** What is wrong with the value of a label. */
export function labelValueProblem(value: string): string | undefined {
  return LABEL_VALUE.test(value)
    ? undefined
    : "must be at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends"
}
