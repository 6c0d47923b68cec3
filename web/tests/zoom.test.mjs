// Pages at 400 %: a window of 1280 by 1024 that is zoomed so far is one of 320 by 256 with four dots for each point.
// Nothing is cut off, and what one comes to with the keyboard is not covered by what stays in its place.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { done, shoot, signIn, startTown } from './world.mjs'

const VIEW = { width: 320, height: 256 }
/** So many stops of the keyboard are looked at on each page. */
const STOPS = 70

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

async function zoomed(who) {
  const context = await town.browser.newContext({ baseURL: town.address, viewport: VIEW, deviceScaleFactor: 4, locale: 'it-IT', reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.wrong = []
  page.on('pageerror', (error) => page.wrong.push(String(error)))
  await signIn(page, who)
  return page
}

/** What has the focus, and what lies over the middle of it; nothing where it is seen. */
const covered = () => {
  const at = document.activeElement
  if (!at || at === document.body) return ''
  // A link over two lines has a box for each.
  const box = at.getClientRects()[0]
  if (!box || box.width < 2 || box.height < 2) return ''
  const name = `${at.tagName} ${at.id || at.name || at.textContent.trim().slice(0, 30)}`
  const middle = Math.min(Math.max(box.top, 0) + Math.min(box.height, innerHeight) / 2, innerHeight - 1)
  if (box.bottom <= 0 || box.top >= innerHeight) return `${name} is outside the window`
  const over = document.elementFromPoint(box.left + Math.min(box.width, innerWidth) / 2, middle)
  const same = !over || at.contains(over) || over.contains(at) || [...(at.labels ?? [])].some((label) => label.contains(over))
  return same ? '' : `${name} lies under ${over.tagName} ${over.className}`
}

const PAGES = {
  anna: {
    home: async () => '/',
    filing: async () => '/registers/PG/new',
    register: async () => '/registers/PG/entries',
    entry: async (page) => {
      const { items } = await (await page.request.get('/api/v1/registers/PG/entries?limit=50')).json()
      const { year, number } = items.find((one) => one.document && !one.confidential && !one.annulled)
      return `/registers/PG/entries/${year}/${number}`
    },
    search: async () => '/search?q=suolo',
    dossier: async (page) => {
      const { items } = await (await page.request.get('/api/v1/dossiers?limit=50')).json()
      return `/dossiers/${items.find((one) => one.items > 2).id}`
    },
  },
  tommaso: {
    'citizen-home': async () => '/',
    'citizen-dossier': async (page) => {
      const { items } = await (await page.request.get('/api/v1/dossiers')).json()
      return `/dossiers/${items[0].id}`
    },
  },
}

for (const [who, pages] of Object.entries(PAGES)) {
  describe(`${who} at 400 %`, () => {
    for (const [name, address] of Object.entries(pages)) {
      test(name, async () => {
        const page = await zoomed(who)
        await page.goto(await address(page))
        assert.ok((await page.evaluate(() => document.scrollingElement.scrollWidth)) <= VIEW.width, 'nothing is cut off')
        await page.evaluate(() => document.activeElement?.blur())
        for (let stop = 0; stop < STOPS; stop += 1) {
          await page.keyboard.press('Tab')
          assert.equal(await page.evaluate(covered), '', `stop ${stop}`)
        }
        await shoot(page, `zoom-${name}`)
        await done(page)
      })
    }
  })
}
