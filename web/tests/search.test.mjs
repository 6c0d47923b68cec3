// The search page: words, facets, days, notes, more results, a look beside the list, searches kept.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPage, shoot, signIn, startTown, stumblingBlocks, textsRead } from './world.mjs'

let town
before(async () => {
  town = await startTown()
  await textsRead(town)
})
after(() => town.end())

async function someone(name, how) {
  const page = await openPage(town, how)
  await signIn(page, name)
  return page
}

async function done(page) {
  assert.deepEqual(page.wrong, [])
  await page.context().close()
}

const total = async (page) => Number.parseInt(await page.locator('#total').innerText())

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    test('words find, facets and days narrow, and each can be taken back', async () => {
      const page = await someone('anna', { scripts })
      await page.goto('/')
      await page.fill('#frame-q', 'suolo pubblico')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/search\?q=suolo/)
      const all = await total(page)
      assert.ok(all > 3)
      assert.ok((await page.locator('.hits mark').count()) > 3, 'what matched is marked')
      if (!scripts) await page.locator('.facets-open summary').click()
      const office = page.locator('.facets').getByRole('link', { name: /^Polizia locale/ })
      const promised = Number.parseInt((await office.innerText()).match(/(\d+)$/)[1])
      await office.click()
      await page.waitForURL(/office=polizia/)
      assert.equal(await total(page), promised, 'a facet says how much it leaves')
      await page.fill('#from', '2026-01-01')
      await page.selectOption('#sort', 'oldest')
      await page.getByRole('button', { name: 'Cerca', exact: true }).last().click()
      await page.waitForURL(/sort=oldest/)
      assert.match(page.url(), /office=polizia/, 'the facet stays')
      assert.match(page.url(), /from=2026-01-01/)
      const days = await page.locator('.hit time').evaluateAll((all) => all.map((one) => one.dateTime))
      assert.deepEqual(days, [...days].sort(), 'the oldest first')
      await page.getByRole('link', { name: 'Togli il filtro Polizia locale' }).click()
      await page.getByRole('link', { name: 'Togli il filtro dal 01/01/2026' }).click()
      assert.equal(await total(page), all)
      await done(page)
    })

    test('slips are forgiven and said so, in the reader’s language', async () => {
      const page = await someone('anna', { scripts })
      await page.goto('/search?q=ocupazione')
      await page.getByText('sono incluse grafie simili').waitFor()
      await page.getByText('Forse cercavi').getByRole('link').click()
      await page.waitForURL(/q=occupazione/)
      assert.ok((await total(page)) > 0)
      await page.goto('/search?q=xyzzyqwertz')
      await page.getByText('Nessun risultato').waitFor()
      await done(page)
    })

    test('more results come, and focus goes to the first of them', async () => {
      const page = await someone('anna', { scripts })
      await page.goto('/search?q=comune&kind=entry')
      const first = await page.locator('.hit a').first().innerText()
      assert.equal(await page.locator('.hit').count(), 20)
      await page.getByRole('link', { name: 'Altri risultati' }).click()
      if (scripts) {
        await page.locator('.hit').nth(39).waitFor()
        assert.equal(await page.evaluate(() => [...document.querySelectorAll('.hit a')].indexOf(document.activeElement)), 20)
        await page.locator('#said', { hasText: 'Aggiunti altri risultati' }).waitFor({ state: 'attached' })
        await page.getByRole('link', { name: 'Altri risultati' }).click()
        await page.locator('.hit').nth(59).waitFor()
      } else {
        await page.waitForURL(/cursor=/)
        assert.notEqual(await page.locator('.hit a').first().innerText(), first)
      }
      await done(page)
    })

    test('a search is saved, tells what is new, and is deleted; recent ones are forgotten', async () => {
      const page = await someone('marta', { scripts })
      await page.goto('/search?q=sottotetto')
      await page.fill('#save-name', 'Sottotetti')
      await page.getByRole('button', { name: 'Salva', exact: true }).click()
      await page.waitForURL(/\/search\?q=sottotetto/)
      const saved = page.locator('.saved')
      await saved.getByRole('link', { name: 'Sottotetti' }).waitFor()
      await page.goto('/search')
      await saved.getByRole('link', { name: 'Sottotetti' }).click()
      await page.waitForURL(/\/search\?q=sottotetto/)
      await page.locator('.recent').getByRole('link', { name: 'sottotetto' }).waitFor()
      await page.getByRole('button', { name: 'Cancella le ricerche recenti' }).click()
      await page.waitForURL(/remember=false/)
      assert.equal(await page.locator('.recent').count(), 0, 'what is shown again is not remembered anew')
      await page.goto('/search')
      assert.equal(await page.locator('.recent').count(), 0)
      await page.getByRole('button', { name: 'Elimina la ricerca Sottotetti' }).click()
      await page.waitForURL('**/search')
      assert.equal(await saved.count(), 0)
      await done(page)
    })
  })
}

test('a hit is looked at beside the list, with the keyboard alone, and focus stays where it was', async () => {
  const page = await someone('anna')
  await page.goto('/search?q=suolo&kind=entry')
  const look = page.locator('[data-look]').first()
  await look.focus()
  await page.keyboard.press('Enter')
  await page.locator('#said', { hasText: 'Anteprima mostrata' }).waitFor({ state: 'attached' })
  const pane = page.locator('#look')
  assert.match(await pane.innerText(), /Segnatura[\s\S]*c_x999\/AOO1\/PG/)
  assert.ok(await look.evaluate((button) => button === document.activeElement))
  assert.equal(await look.getAttribute('aria-pressed'), 'true')
  assert.deepEqual(await stumblingBlocks(page), [])
  await shoot(page, 'search-look')
  await page.keyboard.press('Enter')
  assert.ok(await pane.isHidden(), 'the same key closes it')
  await done(page)
})

test('a look that fails is told, the next one comes, and of two at once the last is shown', async () => {
  const page = await someone('anna')
  await page.goto('/search?q=suolo&kind=entry')
  const looks = page.locator('[data-look]')
  const pane = page.locator('#look')
  const addressOf = (n) => looks.nth(n).getAttribute('data-look')
  await looks.nth(0).press('Enter')
  await page.locator('#said', { hasText: 'Anteprima mostrata' }).waitFor({ state: 'attached' })
  await page.route(`**${await addressOf(1)}`, (route) => route.abort())
  await looks.nth(1).press('Enter')
  await page.locator('#said', { hasText: 'L’anteprima non è disponibile' }).waitFor({ state: 'attached' })
  assert.equal(await pane.locator('dl').count(), 0, 'nothing of the hit before is left')
  assert.ok(await looks.nth(1).evaluate((button) => button === document.activeElement), 'the focus stays')
  let held
  await page.route(`**${await addressOf(2)}`, (route) => (held = route))
  await looks.nth(2).press('Enter')
  await looks.nth(3).press('Enter')
  await page.locator('#said', { hasText: 'Anteprima mostrata' }).waitFor({ state: 'attached' })
  await held.continue().catch(() => {})
  await page.waitForTimeout(300)
  assert.equal(await pane.locator('h2 a').first().getAttribute('href'), await addressOf(3))
  assert.equal(await pane.locator('[data-glance]').count(), 1)
  assert.deepEqual(await page.locator('[data-look][aria-pressed=true]').evaluateAll((all) => all.map((one) => one.dataset.look)), [await addressOf(3)])
  page.wrong = page.wrong.filter((text) => !/ERR_FAILED|^htmx:/.test(text))
  await done(page)
})
