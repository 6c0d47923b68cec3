// The main jobs with the keyboard alone: registered, found, assigned, filed, signed out; and where the focus is then.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openPage, startTown } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

/** Presses Tab until this has the focus; the next page begins at its top. */
async function reach(page, selector, presses = 120) {
  for (let n = 0; n < presses; n += 1) {
    if (await page.evaluate((selector) => document.activeElement.matches(selector), selector)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`${selector} is not reached by Tab on ${page.url()}`)
}

/** The first letters of a choice choose it, as in every list of a browser. */
async function choose(page, selector, letters, value) {
  await reach(page, selector)
  await page.keyboard.type(letters)
  assert.equal(await page.inputValue(selector), value)
}

/** Presses a key that leads to another page, and waits for that. */
const lead = (page, key, address) => Promise.all([page.waitForURL(address), page.keyboard.press(key)])

test('a morning without a mouse', async () => {
  const page = await openPage(town)
  await page.goto('/sign-in')
  await reach(page, '#name')
  await page.keyboard.type('anna')
  await page.keyboard.press('Tab')
  await page.keyboard.type('anna-roccaverde')
  await lead(page, 'Enter', (url) => url.pathname === '/')

  // The first stop of every page leads past what is the same on all.
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate('document.activeElement.className'), 'skip')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate('document.activeElement.id'), 'main')

  // The keys of a page are listed by one of them, and the focus comes back from the list.
  await page.keyboard.press('?')
  const listed = await page.locator('dialog').innerText()
  for (const name of ['Protocolla', 'Cerca']) assert.ok(listed.includes(name), listed)
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
  assert.equal(await page.evaluate('document.activeElement.id'), 'main', 'the focus is where it was')

  await lead(page, 'n', (url) => url.pathname === '/registers/PG/new')
  await reach(page, '#correspondents-0-name')
  await page.keyboard.type('Clelia Fontanive')
  await reach(page, '#subject')
  await page.keyboard.type('Domanda di un posto per il mercato dei fiori recisi')
  await reach(page, '#classification')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('8.4')
  await page.keyboard.press('Control+Enter')
  await page.locator('.just-number').waitFor()
  const link = await page.getByRole('link', { name: 'Apri la registrazione' }).getAttribute('href')
  const entry = await (await page.request.get(`/api/v1${link}`)).json()
  await page.request.get(`/api/v1/search?q=recisi&remember=false&min_position=${entry.position}`)

  await page.evaluate('document.activeElement.blur()')
  await page.keyboard.press('/')
  assert.equal(await page.evaluate('document.activeElement.id'), 'frame-q')
  await page.keyboard.type('fiori recisi')
  await lead(page, 'Enter', '**/search?q=fiori+recisi')
  await reach(page, '.hit-title a')
  await lead(page, 'Enter', `**${link}`)

  await lead(page, 'a', '**/assignments')
  await choose(page, '#to-1', 'Polizia', 'office:polizia')
  await reach(page, 'main button[type=submit]')
  await lead(page, 'Enter', `**${link}*`)
  await page.getByRole('status').getByText('Assegnazione salvata').waitFor()

  const [dossier] = (await (await page.request.get('/api/v1/dossiers?state=open')).json()).items
  await lead(page, 'f', '**/dossiers')
  await reach(page, '#code')
  await page.keyboard.type(dossier.code)
  await lead(page, 'Enter', `**${link}*`)
  await page.getByRole('status').getByText('Inserita nel fascicolo').waitFor()
  const now = await (await page.request.get(`/api/v1${link}`)).json()
  assert.deepEqual(now.assignments, [{ office: 'polizia', mode: 'responsible' }])
  assert.deepEqual(now.dossiers.map((one) => one.id), [dossier.id])

  // The menu closes by Escape, and the focus stays at its head.
  await reach(page, '.frame-who summary')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  assert.ok(await page.locator('.frame-menu').isHidden())
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'SUMMARY')
  await page.keyboard.press('Enter')
  await reach(page, '.frame-menu button')
  await lead(page, 'Enter', '**/sign-in')
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})
