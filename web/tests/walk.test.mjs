// A walk over every page of the program's own table: for whom it is made, in both languages, on a desk and at 320 px
// (as wide as 1280 is at 400 %). A page that is added there and not here fails the test.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { openPage, shoot, signIn, startTown, stumblingBlocks, textsRead } from './world.mjs'

const table = readFileSync(new URL('../../src/http/mod.rs', import.meta.url), 'utf8')
const routes = [...table.slice(table.indexOf('PAGES,')).matchAll(/^ {4}get "([^"]+)" =>/gm)].map((found) => found[1])

const DESK = { width: 1280, height: 900 }
const NARROW = { width: 320, height: 640 }
/** What a page may weigh once style and scripts are there; fonts aside. */
const WEIGHT_MAX = 150_000

/** Pages that no person looks at, each with its reason. */
const NO_PAGES = {
  '/assets/{digest}/{file}': 'files that pages load',
  '/registers/{register}/entries/{year}/{number}/label.pdf': 'a PDF, for the printer',
  '/documents/{id}/stamped': 'a PDF, that is kept as a file',
}
/** Pages that may weigh more, each with its reason. */
const HEAVY = { '/documents/{id}': 'the reader of PDF comes with its worker and the document itself' }

/** The day in Rome on which an entry was registered. */
const dayOf = (entry) => new Date(entry.registered_at).toLocaleDateString('sv-SE', { timeZone: 'Europe/Rome' })

let town
let walks
before(async () => {
  town = await startTown()
  await textsRead(town)
  walks = await addresses()
})
after(() => town.end())

/** Who walks, and where: every route filled with what the town has, and the states a route has beside. */
async function addresses() {
  const page = await openPage(town)
  await signIn(page, 'anna')
  const get = async (path) => (await page.request.get(`/api/v1${path}`)).json()
  const entries = (await get('/registers/PG/entries?limit=200')).items.filter((one) => !one.confidential)
  const entry = entries.find((one) => !one.annulled && one.received && one.document?.file_name.endsWith('.pdf'))
  const annulled = entries.find((one) => one.annulled)
  const pathOf = (one) => `/registers/PG/entries/${one.year}/${one.number}`
  const at = pathOf(entry)
  const named = (ending) => entries.map((one) => one.document).find((one) => one?.file_name.endsWith(ending))
  await page.context().close()

  const of = async (who, path) => {
    const page = await openPage(town)
    await signIn(page, who)
    const { items } = await (await page.request.get(`/api/v1${path}`)).json()
    await page.context().close()
    return items
  }
  const dossiers = await of('irene', '/dossiers?limit=200')
  const withItems = dossiers.find((one) => one.state === 'open' && one.items > 2)
  const withParts = dossiers.find((one) => one.parent)
  const closed = dossiers.find((one) => one.state === 'closed')
  const token = (await of('elena', '/tokens')).find((one) => !one.revoked)
  const open = (await of('marta', '/inbox?of=office:edilizia')).find((one) => one.assignment.mode === 'responsible')
  const atMarta = pathOf(open.entry)
  const [his] = await of('tommaso', '/dossiers')

  const dossier = `/dossiers/${withItems.id}`
  return {
    guest: { '/sign-in': ['/sign-in'] },
    anna: {
      '/': ['/'],
      '/inbox': ['/inbox', '/inbox?state=returned', '/inbox?of=office:edilizia&state=done&due=overdue'],
      '/registers/{register}/new': ['incoming', 'outgoing', 'internal'].map((one) => `/registers/PG/new?direction=${one}`),
      '/registers/{register}/entries/{year}/{number}/label': [`${at}/label`, `${at}/label?paper=a4`],
      '/registers/{register}/entries/{year}/{number}/metadata': [`${at}/metadata`],
      '/registers/{register}/daily': ['/registers/PG/daily', `/registers/PG/daily?month=${dayOf(entry).slice(0, 7)}`],
      '/registers/{register}/daily/{date}': [`/registers/PG/daily/${dayOf(entry)}`, `/registers/PG/daily/${dayOf({ registered_at: new Date().toISOString() })}`],
      '/registers/{register}/yearly/{year}': [`/registers/PG/yearly/${entry.year}`],
      '/registers/{register}/emergency': ['/registers/PG/emergency'],
      '/registers/{register}/entries': ['/registers/PG/entries', '/registers/PG/entries?direction=outgoing&from=2026-01-01'],
      '/registers/{register}/entries/{year}/{number}': [at, pathOf(annulled)],
      '/registers/{register}/entries/{year}/{number}/assignments': [`${at}/assignments`],
      '/registers/{register}/entries/{year}/{number}/classification': [`${at}/classification`],
      '/registers/{register}/entries/{year}/{number}/annulment': ['', '?of=subject', '?of=correspondents', '?of=received'].map((part) => `${at}/annulment${part}`),
      '/registers/{register}/entries/{year}/{number}/links': [`${at}/links`],
      '/registers/{register}/entries/{year}/{number}/messages': [`${at}/messages`],
      '/registers/{register}/entries/{year}/{number}/documents': [`${at}/documents`],
      '/registers/{register}/entries/{year}/{number}/dossiers': [`${at}/dossiers`],
      '/search': ['', '?q=suolo+pubblico', '?q=ocupazione', '?q=xyzzyqwertz', '?q=suolo&office=polizia&from=2026-01-01'].map((query) => `/search${query}`),
      '/documents/new': ['/documents/new', `/documents/new?dossier=${withItems.id}`],
      '/documents/{id}': ['.pdf', '.jpg', '.docx', '.p7m'].map((ending) => named(ending)).filter(Boolean).map((one) => `/documents/${one.id}`),
      '/documents/{id}/metadata': [`/documents/${named('.pdf').id}/metadata`],
      '/dossiers': ['/dossiers', '/dossiers?q=nientedelgenere'],
      '/dossiers/new': ['/dossiers/new'],
      '/dossiers/{id}/items/new': [`${dossier}/items/new`],
      '/dossiers/{id}/items/{item}/removal': [`${dossier}/items/1/removal`],
      'no page': ['/nothing-here'],
    },
    irene: {
      '/dossiers/{id}/metadata': [`${dossier}/metadata`],
      '/dossiers/{id}': [dossier, `/dossiers/${closed.id}`, `/dossiers/${withParts.parent}`],
      '/dossiers/{id}/closure': [`${dossier}/closure`],
      '/dossiers/{id}/reopening': [`/dossiers/${closed.id}/reopening`],
    },
    marta: {
      '/': ['/'],
      '/registers/{register}/entries/{year}/{number}/assignments/answers': [`${atMarta}/assignments/answers?of=office:edilizia`],
    },
    vittorio: { '/dossiers/{id}/access-log': [`${dossier}/access-log`] },
    elena: {
      '/administration': ['/administration'],
      '/registers': ['/registers'],
      '/imports': ['/imports'],
      '/registers/new': ['/registers/new'],
      '/registers/{register}': ['/registers/PG'],
      '/classification-schemes/new': ['/classification-schemes/new'],
      '/classification-schemes': ['/classification-schemes', '/classification-schemes?q=edilizia'],
      '/users': ['/users'],
      '/users/new': ['/users/new'],
      '/users/{name}': ['/users/marta'],
      '/users/{name}/absences': ['/users/marta/absences', '/users/elena/absences'],
      '/offices': ['/offices'],
      '/offices/{code}': ['/offices/edilizia'],
      '/tokens': ['/tokens'],
      '/tokens/{id}/revocation': [`/tokens/${token.id}/revocation`],
    },
    tommaso: { '/': ['/'], '/dossiers/{id}': [`/dossiers/${his.id}`] },
  }
}

/** What is there to do, in the order of the document. */
const REACHED = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'

/** Tab from top to bottom: what is not reached, out of order, or without a visible focus, as lines of text. */
async function tabThrough(page) {
  await page.evaluate((selector) => {
    const reached = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0
    window.stops = [...document.querySelectorAll(selector)].filter(reached)
    document.activeElement?.blur()
    window.getSelection().removeAllRanges()
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute('tabindex')
    window.plain = window.stops.map((one) => getComputedStyle(one)).map((style) => `${style.outlineWidth} ${style.outlineStyle} ${style.boxShadow} ${style.borderColor}`)
  }, REACHED)
  const count = await page.evaluate('window.stops.length')
  const wrong = []
  let last = -1
  const seen = new Set()
  for (let n = 0; n < count * 3 + 20; n += 1) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => {
      const one = document.activeElement
      const style = getComputedStyle(one)
      const name = `${one.tagName} ${one.id || one.name || one.textContent.trim().slice(0, 40)}`
      const index = window.stops.indexOf(one)
      const now = `${style.outlineWidth} ${style.outlineStyle} ${style.boxShadow} ${style.borderColor}`
      const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none'
      const box = one.getBoundingClientRect()
      return { index, name, body: one === document.body, ring: ring && now !== window.plain[index], inSight: box.bottom > 0 && box.top < innerHeight }
    })
    if (at.body) break
    // A field of parts, as a date is, keeps the focus for some presses.
    if (at.index === last) continue
    if (at.index < 0) {
      wrong.push(`${at.name} is reached and not known`)
      continue
    }
    if (seen.has(at.index)) break
    if (at.index < last) wrong.push(`${at.name} comes out of order`)
    if (!at.ring) wrong.push(`${at.name} shows no focus`)
    if (!at.inSight) wrong.push(`${at.name} has the focus out of sight`)
    seen.add(at.index)
    last = at.index
  }
  const names = await page.evaluate(() => window.stops.map((one) => `${one.tagName} ${one.id || one.name || one.textContent.trim().slice(0, 40)}`))
  for (const [n, name] of names.entries()) if (!seen.has(n)) wrong.push(`${name} is not reached`)
  return wrong
}

/** Where a page is wider than the screen: what sticks out, as lines of text. */
const sticksOut = (page) =>
  page.evaluate(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return []
    const out = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    return out.slice(0, 5).map((one) => `${one.tagName} ${one.id} ${one.className} sticks out`)
  })

/** Words of the other language in a page, apart from those of documents and the switch itself. */
const foreign = (page, language) =>
  page.evaluate(
    (language) =>
      [...document.querySelectorAll('main [lang]')]
        .filter((one) => one.lang !== language && !one.closest('.words'))
        .map((one) => `in ${one.lang}: ${one.textContent.slice(0, 80)}`),
    language,
  )

/** Bytes on the wire for this page, once style and scripts are in the browser; fonts aside. */
async function weigh(page) {
  const wire = await page.context().newCDPSession(page)
  await wire.send('Network.enable')
  const kinds = new Map()
  let bytes = 0
  wire.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type))
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (kinds.get(requestId) !== 'Font') bytes += encodedDataLength
  })
  return {
    taken() {
      const taken = bytes
      bytes = 0
      return taken
    },
  }
}

test('every page of the table is in the walk', () => {
  const walked = new Set(Object.values(walks).flatMap((pages) => Object.keys(pages)))
  assert.ok(routes.length > 30, `${routes.length} routes read`)
  assert.deepEqual(routes.filter((route) => !walked.has(route) && !(route in NO_PAGES)), [])
  assert.deepEqual([...walked].filter((route) => !routes.includes(route)), ['no page'])
})

for (const language of ['it', 'en']) {
  describe(`in ${language}`, () => {
    for (const who of ['guest', 'anna', 'irene', 'marta', 'vittorio', 'elena', 'tommaso']) {
      test(`${who} stumbles over nothing`, { timeout: 900_000 }, async () => {
        const page = await openPage(town, { language })
        // Nothing glides: what is looked at is where it stays.
        await page.emulateMedia({ reducedMotion: 'reduce' })
        if (who === 'guest') await page.goto('/sign-in')
        else await signIn(page, who)
        const scale = await weigh(page)
        const titles = new Map()
        const wrong = []
        for (const [route, all] of Object.entries(walks[who])) {
          for (const [n, address] of all.entries()) {
            const note = (lines) => wrong.push(...lines.map((line) => `${address}: ${line}`))
            await page.setViewportSize(DESK)
            scale.taken()
            const answer = await page.goto(address)
            assert.equal(answer.status(), route === 'no page' ? 404 : 200, address)
            if (await page.locator('[data-viewer]').count()) await page.locator('.viewer-page[data-drawn]').first().waitFor()
            const bytes = scale.taken()
            if (bytes > WEIGHT_MAX && !(route in HEAVY)) note([`${bytes} bytes`])
            const title = await page.title()
            // Another state of the same page may be called the same.
            const same = titles.get(title)
            if (same && same !== route) note([`has the title of ${same}: ${title}`])
            titles.set(title, route)
            const heads = await page.locator('h1').count()
            if (heads !== 1) note([`${heads} h1`])
            note(await foreign(page, language))
            note((await stumblingBlocks(page)).map((line) => `desk: ${line}`))
            if (language === 'it') note((await tabThrough(page)).map((line) => `desk: ${line}`))
            const picture = `${who}${route === '/' ? '/home' : route}${n ? `-${n + 1}` : ''}`.replaceAll(/[/{}]+/g, '-').replace(/-$/, '')
            await shoot(page, `walk-${picture}-${language}-desk`)
            await page.setViewportSize(NARROW)
            note((await sticksOut(page)).map((line) => `at 320 px: ${line}`))
            note((await stumblingBlocks(page)).map((line) => `at 320 px: ${line}`))
            if (language === 'it') note((await tabThrough(page)).map((line) => `at 320 px: ${line}`))
            await shoot(page, `walk-${picture}-${language}-phone`)
          }
        }
        assert.equal(wrong.join('\n'), '')
        assert.deepEqual(page.wrong, [])
        await page.context().close()
      })
    }
  })
}
