const domains = new Set(
  `aol.com bluewin.ch fastmail.com free.fr freenet.de gmail.com googlemail.com hey.com icloud.com laposte.net libero.it
  mac.com mail.com mail.ru me.com msn.com orange.fr pm.me posteo.de proton.me protonmail.ch protonmail.com qq.com
  rediffmail.com rocketmail.com sfr.fr t-online.de tutanota.com tuta.io virgilio.it wanadoo.fr web.de wp.pl yandex.com
  yandex.ru ymail.com zoho.com 126.com 163.com`.split(/\s+/),
)
// the same provider in many countries
const everywhere = /^(?:gmx|hotmail|live|outlook|yahoo)\.(?:[a-z]{2,3}|co\.[a-z]{2}|com\.[a-z]{2})$/

/** Whether anybody may have an address there, so that the domain names nobody. */
export const isPublicMailDomain = (domain: string): boolean => domains.has(domain) || everywhere.test(domain)
