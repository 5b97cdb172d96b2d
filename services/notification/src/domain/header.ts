// controls, the two Unicode line ends, and marks that turn the reading direction
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu
const MAX_LENGTH = 250

/** A text fit for one header line: whatever could end or hide the line is a space. */
export const headerText = (text: string): string =>
  [...text.toWellFormed().replaceAll(UNSAFE, ' ').replaceAll(/ {2,}/g, ' ').trim()].slice(0, MAX_LENGTH).join('')

const ADDRESS = /^[!-;=?-~]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/i
const QUOTING = /[\s<>()[\]\\,;:"]/

/** Whether this can stand in an envelope and in angle brackets; quoted local parts and non-ASCII ones cannot. */
export const isMailAddress = (address: string): boolean =>
  ADDRESS.test(address) && !QUOTING.test(address) && address.indexOf('@') === address.lastIndexOf('@')

const MESSAGE_ID = /^<[!-;=?-~]{1,400}>$/

/** Whether a Message-ID of somebody else's can stand in a header of ours. */
export const isMessageId = (text: string): boolean => MESSAGE_ID.test(text) && text.includes('@')
