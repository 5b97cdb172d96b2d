const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (mark) => entities[mark] ?? mark)

/** A text as HTML: paragraphs where there are empty lines, nothing of the author's read as markup. */
export function toHtml(text: string): string {
  const paragraphs = escapeHtml(toLines(text))
    .trim()
    .split(/\n{2,}/)
  return `<!doctype html><html><body>${paragraphs.map((one) => `<p>${one.replaceAll('\n', '<br>')}</p>`).join('')}</body></html>`
}

/** Line ends as line feeds, without controls other than tabs. */
export const toLines = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll(/(?![\t\n])\p{Cc}/gu, '')
