import { describe, expect, it } from 'vitest'
import { keysOf, leaksIn } from './leaks.ts'
import { addressPhrases, customerPhrases, externalIdPhrases, type Phrase, personPhrases } from './phrases.ts'

const find = (text: string, phrases: readonly Phrase[], numbers: readonly number[] = []) => {
  const kinds = new Map<string, Phrase['kind'] | 'number'>([
    ...phrases.map(({ text: phrase, kind }) => [phrase, kind] as const),
    ...numbers.map((number) => [`#${number}`, 'number'] as const),
  ])
  return leaksIn([{ field: 'text', text }], kinds)
}
const said = (...given: Parameters<typeof find>) => find(...given).map(({ phrase }) => phrase)

describe('what is hidden from the viewer', () => {
  const texts = ['Acme Nord', 'Acme Nord and Acme'].map((text, at) => ({ field: String(at), text }))
  const hidden = { field: '', phrase: '', offset: 0, kind: 'hidden', common: false }

  it('is one leak without a place, beside what may be told', () => {
    expect(
      leaksIn(
        texts,
        new Map([
          ['acme', 'hidden'],
          ['nord', 'hidden'],
        ]),
      ),
    ).toEqual([hidden])
    expect(
      leaksIn(
        texts,
        new Map([
          ['acme', 'hidden'],
          ['acme nord', 'customer'],
        ]),
      ),
    ).toMatchObject([{ phrase: 'Acme Nord', kind: 'customer' }, { phrase: 'Acme Nord', kind: 'customer' }, hidden])
  })

  it('covers nothing that may be told, and is nothing where it is part of that', () => {
    const [first = { field: '', text: '' }] = texts
    expect(
      leaksIn(
        [first],
        new Map([
          ['acme nord', 'hidden'],
          ['acme', 'customer'],
        ]),
      ),
    ).toMatchObject([{ phrase: 'Acme' }, hidden])
    expect(
      leaksIn(
        [first],
        new Map([
          ['acme', 'hidden'],
          ['acme nord', 'customer'],
        ]),
      ),
    ).toHaveLength(1)
  })

  it('is nothing where it would only warn', () =>
    expect(leaksIn([{ field: 'text', text: 'our support' }], new Map([['support', 'hidden']]))).toEqual([]))
})

describe('a person is found', () => {
  const anna = personPhrases('Anna Maria Müller')
  it.each([
    ['as written', 'Dear Anna Maria Müller,', 'Anna Maria Müller'],
    ['last name first', 'MÜLLER, Anna Maria: hello', 'MÜLLER, Anna Maria'],
    ['without middle names', 'ask anna\nmuller!', 'anna\nmuller'],
    ['by the surname alone', 'Ms. Muller called', 'Muller'],
    ['in compatibility forms and with unseen characters', 'Ｍｕ\u00adller', 'Ｍｕ\u00adller'],
    ['with marks written apart', 'Mu\u0308ller', 'Mu\u0308ller'],
    ['in the genitive and the plural', 'wie Müllers Leitung', 'Müllers'],
    ['with marks of other scripts', 'M\u05b0u\u064b\ufe20l\u0483ler', 'M\u05b0u\u064b\ufe20l\u0483ler'],
    ['with signs of format in it', 'Mul\ufff9l\u{13430}er', 'Mul\ufff9l\u{13430}er'],
  ])('%s', (_how, text, phrase) => {
    expect(said(text, anna)).toEqual([phrase])
  })

  it.each([
    ['Jörg Müller', 'Joerg Mueller'],
    ['Jörg Müller', 'MUELLER, JOERG'],
    ['Joerg Mueller', 'Jörg Mu\u0308ller'],
    ['Åse Bjørnsson', 'Aase Bjoernsson'],
    ['Åse Bjørnsson', 'Ase Bjornsson'],
    ['Jens Groß', 'Jens Gross'],
    ['Mia Kjær', 'Mia Kjaer'],
  ])('with two letters for one: %s as %s', (name, text) => {
    expect(said(`from ${text}!`, personPhrases(name))).toEqual([text])
  })

  it('whose name has no such letter under no other one', () => {
    expect(personPhrases('Joel Meier')).toHaveLength(3)
    expect(said('Jol, Joel', personPhrases('Anna Jol'))).toEqual(['Jol'])
  })

  it('not by the first name, nor inside another word', () => {
    expect(said('Anna and Maria; Müllerstraße', anna)).toEqual([])
  })

  it('not by a surname that stands in any text, nor by one of two letters', () => {
    expect(said('we may like it', [...personPhrases('Theresa May'), ...personPhrases('Wei Li')])).toEqual([])
    expect(said('Theresa May told Li, Wei', [...personPhrases('Theresa May'), ...personPhrases('Wei Li')])).toEqual([
      'Theresa May',
      'Li, Wei',
    ])
  })

  it('inside a sentence of a script without spaces', () => {
    expect(said('本日田中太郎様へ', personPhrases('田中 太郎'))).toEqual(['田中太郎'])
    expect(said('김철수님께', personPhrases('김철수'))).toEqual(['김철수'])
  })
})

describe('an organisation', () => {
  it('is found with and without its legal form', () => {
    expect(said('Acme GmbH, or ACME', customerPhrases('Acme GmbH'))).toEqual(['Acme GmbH', 'ACME'])
  })

  it('is found with two letters for one', () => {
    const mill = customerPhrases('Mühle Süd AG')
    expect(said('Muehle Süd, Mühle Süd, Muhle Sud', mill)).toEqual(['Muehle Süd', 'Mühle Süd', 'Muhle Sud'])
    expect(said('Muehle Sued AG', mill)).toEqual(['Muehle Sued AG'])
  })

  it('whose name is a common word warns', () => {
    expect(find('our Support', customerPhrases('Support'))).toEqual([
      { field: 'text', phrase: 'Support', offset: 4, kind: 'customer', common: true },
    ])
  })

  it('of one letter is not looked for', () => {
    expect(customerPhrases('X')).toEqual([])
  })
})

describe('an address', () => {
  it('is found anywhere, once and not again as a domain', () => {
    const acme = addressPhrases(' Anna.Meier@Acme.example ')
    expect(find('<a href="mailto:anna.meier@ACME.example">', acme)).toMatchObject([
      { kind: 'address', phrase: 'anna.meier@ACME.example', offset: 16 },
    ])
    expect(said('x="anna.meier@acme.example"', acme)).toEqual(['anna.meier@acme.example'])
  })

  it('gives its domain away, also inside a longer one', () => {
    expect(said('see https://www.acme.example/a or Acme.Example.', addressPhrases('a@acme.example'))).toEqual([
      'acme.example',
      'Acme.Example',
    ])
  })

  it('at a public provider gives no domain away', () => {
    for (const domain of ['gmail.com', 'yahoo.co.uk', 'GMX.net', 'hotmail.fr', 'proton.me', 'web.de'])
      expect(addressPhrases(`anna@${domain}`)).toHaveLength(1)
  })

  it.each(['', 'anna', '@acme.example', 'anna@'])('that is none gives nothing: %j', (none) => {
    expect(addressPhrases(none)).toEqual([])
  })
})

describe('ids and numbers', () => {
  it('of a source are found as words', () => {
    expect(said('about inc_1001 and INC-10012', externalIdPhrases('INC-1001'))).toEqual(['inc_1001'])
    expect(externalIdPhrases('a1')).toEqual([])
  })

  it('of tickets are found after #, "ticket" and "case"', () => {
    const text = '#12, # 12, Ticket 12, TICKET No. 0012, case number: 12, tickets 7, 8 and 12, but not 12 or room 12'
    expect(find(text, [], [12]).map(({ phrase }) => phrase)).toEqual(['12', '12', '12', '0012', '12', '12'])
  })
})

describe('what is reported', () => {
  it('is every occurrence, where it stands', () => {
    const leaks = find('🎉 Meier and Meier', personPhrases('Anna Meier'))
    expect(leaks.map(({ offset }) => offset)).toEqual([3, 13])
  })

  it('is the longest of what overlaps, but a common name hides no other one', () => {
    const phrases = [...customerPhrases('Data Team Acme'), ...customerPhrases('Acme'), ...customerPhrases('Data Team')]
    expect(said('Data Team Acme, Data Team', phrases)).toEqual(['Data Team Acme', 'Data Team'])
  })

  it('ends at 200, and what only warns is left out first', () => {
    const text = `${'support '.repeat(300)}Acme`
    const leaks = find(text, [...customerPhrases('Support'), ...customerPhrases('Acme')])
    expect(leaks).toHaveLength(200)
    expect(leaks.filter(({ common }) => !common)).toHaveLength(1)
  })

  it('is looked up once each', () => {
    const keys = [...keysOf([{ field: 'a', text: 'one two one two' }])]
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).toEqual(expect.arrayContaining(['one', 'one two', 'two one two', 'one two one two']))
  })
})
