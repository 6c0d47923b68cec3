// Registers: one is opened with fields of its own and registered in; a fact is annulled and given anew; two are linked.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { done, openAs, shoot, startTown, stumblingBlocks } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

const someone = (name, how) => openAs(town, name, how)

const button = (page, name) => page.locator('main').getByRole('button', { name, exact: true })
const link = (page, name) => page.locator('main').getByRole('link', { name, exact: true })

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    const code = scripts ? 'DEC' : 'ORD'

    test('a special register is opened, asks for its own fields, and is closed', async () => {
      const page = await someone('elena', { scripts })
      await page.goto('/registers')
      await link(page, 'Apri un registro').click()
      await page.fill('#code', 'PG')
      await page.fill('#title', `Decreti del sindaco ${code}`)
      await page.fill('#field-title-0', 'Adottato il')
      await page.selectOption('#field-shape-0', 'date')
      await page.locator('input[name=field-required][value="0"]').check()
      await page.fill('#field-title-1', 'Organo')
      await page.selectOption('#field-shape-1', 'choice')
      await page.fill('#field-choices-1', 'Sindaco, Giunta')
      await button(page, 'Apri un registro').click()
      await page.getByRole('alert').getByText('Esiste già').waitFor()
      assert.equal(await page.inputValue('#field-choices-1'), 'Sindaco, Giunta', 'what was typed is kept')
      await page.fill('#code', code)
      await button(page, 'Apri un registro').click()
      await link(page, `Decreti del sindaco ${code}`).waitFor()
      if (scripts) await shoot(page, 'registers')
      await page.goto(`/registers/${code}`)
      if (scripts) {
        assert.deepEqual(await stumblingBlocks(page), [])
        await shoot(page, 'register')
      }

      const anna = await someone('anna', { scripts })
      await anna.goto(`/registers/${code}/new?direction=internal`)
      if (scripts) {
        await anna.setInputFiles('[data-files]', { name: 'decreto.txt', mimeType: 'text/plain', buffer: Buffer.from(`decreto ${code}`) })
        await anna.locator('.file input[name=document]').waitFor({ state: 'attached' })
      } else {
        await anna.setInputFiles('#document', { name: 'decreto.txt', mimeType: 'text/plain', buffer: Buffer.from(`decreto ${code}`) })
      }
      await anna.fill('#subject', 'Nomina del vicesindaco')
      await anna.fill('#classification', '2.3')
      await anna.locator('[data-register]').click()
      await anna.locator('#fields-adottato-il-wrong').getByText('Va indicato').waitFor()
      if (scripts) assert.deepEqual(await stumblingBlocks(anna), [])
      await anna.fill('#fields-adottato-il', '2026-01-02')
      await anna.selectOption('#fields-organo', 'Sindaco')
      if (scripts) await shoot(anna, 'filing-special')
      await anna.locator('[data-register]').click()
      await anna.locator('.just-number').waitFor()
      assert.match(await anna.locator('.just-number').innerText(), /^1\/20\d\d$/)
      await link(anna, 'Apri la registrazione').click()
      const facts = await anna.locator('dl.facts').first().innerText()
      assert.match(facts, /Adottato il\s+02\/01\/2026[\s\S]*Organo\s+Sindaco/)

      await page.goto(`/registers/${code}`)
      await page.getByLabel('Chiuso: non registra più nulla').check()
      await button(page, 'Salva').click()
      await page.getByText('Scrivi perché il registro si chiude o si riapre').waitFor()
      await page.fill('#reason', 'Prova finita')
      await button(page, 'Salva').click()
      await page.locator('.state-closed').first().waitFor()
      await done(anna)
      await done(page)
    })

    test('the subject alone is annulled and given anew, and the other entry of a link says so too', async () => {
      const page = await someone('anna', { scripts })
      const answer = await page.request.get('/api/v1/registers/PG/entries?limit=100')
      const open = (await answer.json()).items.filter((one) => !one.annulled && !one.confidential)
      const [entry, other] = open.slice(scripts ? 40 : 44)
      const path = `/registers/PG/entries/${entry.year}/${entry.number}`
      await page.goto(`${path}/annulment`)
      await link(page, 'Solo l’oggetto').click()
      assert.equal(await page.inputValue('#subject'), entry.subject)
      await page.fill('#subject', `${entry.subject} (rettificato)`)
      await page.fill('#reason', 'Errore di battitura')
      await page.fill('#act-number', '31')
      await page.fill('#act-date', '2026-01-03')
      if (scripts) {
        assert.deepEqual(await stumblingBlocks(page), [])
        await shoot(page, 'annul-subject')
      }
      await page.locator('form.sheet button[type=submit]').click()
      await page.getByRole('heading', { level: 1, name: `${entry.subject} (rettificato)` }).waitFor()
      await page.getByRole('status').getByText('resta leggibile').waitFor()
      const past = page.locator('.alert-warning').filter({ hasText: 'Oggetto annullato' })
      assert.equal(await past.locator('del').innerText(), entry.subject)
      assert.match(await past.innerText(), /Anna Feltrami[\s\S]*Atto n\. 31 del 03\/01\/2026[\s\S]*Errore di battitura/)

      await link(page, 'Collega a un’altra').click()
      await page.selectOption('#relation', 'follows')
      await page.fill('#entry', '999999/2026')
      await page.locator('form.sheet button[type=submit]').click()
      await page.locator('#wrong-entry').waitFor()
      await page.fill('#entry', `${other.number}/${other.year}`)
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [])
      await page.locator('form.sheet button[type=submit]').click()
      await page.getByRole('status').getByText('Collegamento aggiunto').waitFor()
      if (scripts) {
        assert.deepEqual(await stumblingBlocks(page), [])
        await shoot(page, 'entry-corrected')
      }
      await page.locator('main').getByRole('link', { name: `PG ${other.number}/${other.year}` }).click()
      const facts = await page.locator('dl.facts').first().innerText()
      assert.match(facts, new RegExp(`è seguita da\\s+PG ${entry.number}/${entry.year}`))
      await done(page)
    })
  })
}
