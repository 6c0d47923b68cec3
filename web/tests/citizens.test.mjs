// A citizen on a phone: his dossiers, who deals with them, taking them home, and nothing of anybody else's.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { download, namesIn, openPage, signIn, startTown } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    test('a citizen downloads the whole dossier and one document, and cannot reach another’s', async () => {
      const other = await openPage(town, { phone: true, scripts })
      await signIn(other, 'ines')
      await other.getByRole('link', { name: /^Vedi i documenti\s*: Tassa sui rifiuti/ }).click()
      await other.waitForURL(/\/dossiers\/[0-9a-f-]{36}$/)
      const path = new URL(other.url()).pathname
      const document = await other.locator('.take').first().getAttribute('href')
      await other.context().close()

      const page = await openPage(town, { phone: true, scripts })
      await signIn(page, 'tommaso')
      await page.getByRole('heading', { level: 1, name: 'I miei fascicoli' }).waitFor()
      await page.getByText('Se ne occupa Luca Montorsi, Servizi demografici').waitFor()
      const titles = await page.locator('article h2').allInnerTexts()
      assert.ok(titles.some((title) => title.includes('Matrimonio')), titles.join())
      assert.ok(!titles.some((title) => title.includes('Tassa sui rifiuti')), titles.join())
      await page.getByRole('link', { name: /^Vedi i documenti\s*: Matrimonio/ }).click()
      await page.getByRole('heading', { level: 1, name: /Matrimonio/ }).waitFor()
      const card = await page.locator('.person').innerText()
      for (const told of ['Luca Montorsi', 'Servizi demografici']) assert.ok(card.includes(told), card)
      const withheld = page.locator('.withheld')
      await withheld.first().waitFor()
      for (const line of await withheld.allInnerTexts()) {
        assert.match(line.trim(), /^(Documento n. \d+: non mostrato\. Puoi chiedere di vederlo all’ufficio|\d+ documenti non mostrati \(n. \d+–\d+\)\. Puoi chiedere di vederli all’ufficio)\.$/)
      }
      assert.equal(await page.getByText('Nulla osta e certificati').count(), 0, 'what is not shown to him is not there')
      assert.equal(await page.getByText('Agata Sandri').count(), 0, 'nor who else is a party')

      const whole = await download(page, page.getByRole('link', { name: 'Scarica tutto' }))
      assert.match(whole.name, /^11\.1-\d{4}-\d+\.zip$/)
      const names = namesIn(whole.bytes)
      assert.ok(names.some((name) => name.endsWith('richiesta_pubblicazioni.pdf')), names.join())
      assert.ok(!names.some((name) => name.includes('nulla_osta')), names.join())
      const one = await download(page, page.locator('.take').first())
      assert.equal(one.name, 'richiesta_pubblicazioni.pdf')
      assert.equal(one.bytes.toString('latin1', 0, 5), '%PDF-')

      const reply = await page.goto(path)
      assert.equal(reply.status(), 404)
      await page.getByRole('heading', { name: 'Qui non c’è nulla' }).waitFor()
      for (const address of [`/api/v1${path}/package`, document]) {
        assert.equal((await page.request.get(address)).status(), 404, address)
      }
      for (const address of ['/administration', '/users', '/dossiers/new']) {
        assert.equal((await page.request.get(address, { headers: { accept: 'text/html' } })).status(), 403, address)
      }
      assert.deepEqual(page.wrong, [])
      await page.context().close()
    })
  })
}
