import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyVariables, fixedText, parseTemplate, renderTemplate, templateVariables, variablesOf } from './template.ts'

const hello = parseTemplate('Hello {{requester.first_name | there}}, about #{{ticket.number}}: {{customer.name}}')

describe('a text with variables', () => {
  it('names each variable once', () =>
    expect(variablesOf(parseTemplate('{{ticket.number}} {{ticket.number}}'))).toEqual(['ticket.number']))

  it('takes the value, or what stands in for it', () => {
    const values = { 'ticket.number': '7', 'customer.name': 'Acme' }
    expect(renderTemplate(hello, values)).toBe('Hello there, about #7: Acme')
    expect(renderTemplate(hello, { ...values, 'requester.first_name': 'Ada' })).toBe('Hello Ada, about #7: Acme')
  })

  it('says what it cannot say', () => {
    expect(emptyVariables(hello, { 'ticket.number': '7' })).toEqual(['customer.name'])
    expect(emptyVariables(hello, { 'ticket.number': '7', 'customer.name': ' \n' })).toEqual(['customer.name'])
  })

  it.each(['{{requester.age}}', '{{}}', '{{master.subject}}', '{{constructor}}'])('knows no %s', (text) =>
    expect(() => parseTemplate(text)).toThrow(expect.objectContaining({ slug: 'variable-unknown', field: 'text' })),
  )

  it.each(['{{ticket.number', 'ticket.number}}', '{{ {{ticket.number}} }}'])('refuses %s', (text) =>
    expect(() => parseTemplate(text)).toThrow(expect.objectContaining({ slug: 'template-malformed' })),
  )

  it('takes a value as it is: no braces of a customer are read, no line or direction of theirs gets out', () => {
    const text = parseTemplate('{{requester.name}}!')
    expect(renderTemplate(text, { 'requester.name': '{{customer.name}}' })).toBe('{{customer.name}}!')
    expect(renderTemplate(text, { 'requester.name': 'A\r\nBcc: x\u202e' })).toBe('A Bcc: x!')
    expect(renderTemplate(text, { 'requester.name': 'x'.repeat(1_000) })).toHaveLength(201)
  })

  it('leaves what is the same for all', () =>
    expect(fixedText(hello).replaceAll(/\s+/g, ' ')).toBe('Hello there , about # : '))

  it('renders any text without braces as it is', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        const plain = text.replaceAll(/[{}]/g, '')
        expect(renderTemplate(parseTemplate(plain), {})).toBe(plain)
      }),
    ))

  it('never says another value than the one it was given', () =>
    fc.assert(
      fc.property(fc.constantFrom(...templateVariables), fc.string({ unit: 'grapheme' }), (variable, value) => {
        const rendered = renderTemplate(parseTemplate(`<{{${variable} | -}}>`), { [variable]: value })
        expect(rendered.startsWith('<') && rendered.endsWith('>')).toBe(true)
        expect(rendered).not.toMatch(/[\r\n\u202a-\u202e\u2066-\u2069]/)
      }),
    ))
})
