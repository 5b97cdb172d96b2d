/** What a mail server said: RFC 5321 §4.2, all lines of it. */
export interface Reply {
  readonly code: number
  readonly lines: readonly string[]
}

const LINE = /^(\d{3})([ -]?)([^\r]*)$/
// RFC 5321 allows 512 to a line; whoever says this much without an end is no mail server
const MOST_UNREAD = 65_536
const MOST_LINES = 200

/** Cuts what comes into replies. Throws when that is not what a mail server says. */
export function createReplyReader(heard: (reply: Reply) => void) {
  let unread = ''
  let code = 0
  let lines: string[] = []

  const take = (line: string): void => {
    const [, digits, more, text = ''] = LINE.exec(line) ?? []
    if (digits === undefined) throw new Error('the mail server said what is no reply')
    if (lines.length > 0 && Number(digits) !== code) throw new Error('the mail server changed its mind within a reply')
    if (lines.length >= MOST_LINES) throw new Error('the mail server does not come to an end')
    code = Number(digits)
    lines.push(text)
    if (more === '-') return
    const reply = { code, lines }
    lines = []
    heard(reply)
  }
  return {
    read(chunk: string): void {
      unread += chunk
      for (let end = unread.indexOf('\n'); end >= 0; end = unread.indexOf('\n')) {
        const line = unread.slice(0, unread[end - 1] === '\r' ? end - 1 : end)
        unread = unread.slice(end + 1)
        take(line)
      }
      if (unread.length > MOST_UNREAD) throw new Error('the mail server does not end its line')
    },
    /** Whether nothing is half said. */
    empty: () => unread === '' && lines.length === 0,
  }
}
