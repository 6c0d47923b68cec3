// The list of a register and the page of an entry: found, assigned, classified, annulled, completed, filed.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { done, openAs, shoot, startTown, stumblingBlocks } from './world.mjs'

let town
before(async () => {
  town = await startTown()
})
after(() => town.end())

const someone = (name, how) => openAs(town, name, how)

/** The newest entries of the register, as the API gives them. */
async function newest(page, query = '') {
  const answer = await page.request.get(`/api/v1/registers/PG/entries?limit=200${query}`)
  return (await answer.json()).items
}

const pathOf = (entry) => `/registers/PG/entries/${entry.year}/${entry.number}`

/** Changes something by the API, as a colleague would from another desk. */
async function byApi(page, method, path, data) {
  const { csrf_token } = await (await page.request.get('/api/v1/session')).json()
  const answer = await page.request.fetch(`/api/v1${path}`, { method, data, headers: { 'X-CSRF-Token': csrf_token } })
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`)
  return answer.json()
}

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    // Each run has entries of its own: what is annulled stays so.
    const nth = scripts ? 0 : 1

    test('the list is narrowed by filters that stand in the address, and words go to the search', async () => {
      const page = await someone('anna', { scripts })
      await page.goto('/registers/PG/entries')
      await page.selectOption('#direction', 'outgoing')
      await page.selectOption('#office', 'polizia')
      await page.getByRole('button', { name: 'Mostra' }).click()
      await page.waitForURL(/direction=outgoing/)
      const rows = await page.locator('tbody tr').allInnerTexts()
      assert.ok(rows.length > 3 && rows.every((row) => /in partenza/.test(row) && /Polizia locale/.test(row)), rows.join('\n'))
      assert.equal(await page.inputValue('#direction'), 'outgoing', 'what was chosen stays chosen')
      await page.getByRole('link', { name: 'Mostra tutto' }).click()
      const first = await page.locator('tbody a').first().innerText()
      await page.getByRole('link', { name: 'Più vecchie' }).click()
      await page.waitForURL(/cursor=/)
      assert.ok(Number.parseInt(await page.locator('tbody a').first().innerText()) <= Number.parseInt(first) - 30)
      await page.getByRole('link', { name: 'Le più recenti' }).click()
      assert.equal(await page.locator('tbody a').first().innerText(), first)
      await page.fill('#words', 'suolo')
      await page.selectOption('#direction', 'incoming')
      await page.getByRole('button', { name: 'Mostra' }).click()
      await page.waitForURL(/\/search\?q=suolo&kind=entry&register=PG&direction=incoming/)
      await done(page)
    })

    test('ticked entries are assigned together, and one that changed meanwhile is named', async () => {
      const page = await someone('anna', { scripts })
      const [one, other] = (await newest(page)).filter((entry) => !entry.annulled).slice(nth * 2)
      await page.goto('/registers/PG/entries')
      await page.getByRole('button', { name: 'Assegna' }).click()
      await page.getByRole('alert').getByText('Seleziona almeno una registrazione').waitFor()
      await page.getByLabel(`Seleziona ${one.number}/${one.year}`, { exact: true }).check()
      await page.getByLabel(`Seleziona ${other.number}/${other.year}`, { exact: true }).check()
      await page.getByRole('button', { name: 'Assegna' }).click()
      await page.getByRole('alert').getByText('Scegli a chi assegnare').waitFor()
      assert.ok(await page.getByLabel(`Seleziona ${one.number}/${one.year}`, { exact: true }).isChecked(), 'ticks stay')
      if (scripts) await page.getByText('(2 selezionate)').first().waitFor()
      await byApi(page, 'PUT', `${pathOf(other)}/classification`, { classification: '1.4' })
      await page.selectOption('#to', 'user:marta')
      await page.getByRole('button', { name: 'Assegna' }).click()
      await page.getByText('1 registrazione assegnata a Marta Ghirlandi').waitFor()
      const told = page.locator('.did')
      assert.match(await told.locator('p').first().innerText(), new RegExp(`: ${one.number}/${one.year}\\.$`))
      assert.match(await told.locator('li').innerText(), new RegExp(`^${other.number}/${other.year}: Nel frattempo`))
      // The answer is the list: to load it again does nothing, and to look further tells it no more.
      const version = async () => (await page.request.get(`/api/v1${pathOf(one)}`)).headers().etag
      const before = await version()
      await page.reload()
      await told.waitFor()
      assert.equal(await version(), before)
      assert.equal(await page.locator('input[name=then]').first().inputValue(), '/registers/PG/entries')
      const marta = await someone('marta', { scripts })
      await marta.goto(pathOf(one))
      await marta.getByText('Marta Ghirlandi per competenza').waitFor()
      await done(marta)
      await done(page)
    })

    test('ticked entries are filed together into a dossier, and one that it holds already is named', async () => {
      const page = await someone('anna', { scripts })
      const [one, other] = (await newest(page)).filter((entry) => !entry.annulled && !entry.confidential).slice(8 + nth * 2)
      const dossier = (await (await page.request.get('/api/v1/dossiers?state=open')).json()).items[nth]
      const { register, year, number } = other
      await byApi(page, 'POST', `/dossiers/${dossier.id}/items`, { entry: { register, year, number } })
      await page.goto('/registers/PG/entries')
      await page.getByLabel(`Seleziona ${one.number}/${one.year}`, { exact: true }).check()
      await page.getByLabel(`Seleziona ${other.number}/${other.year}`, { exact: true }).check()
      await page.getByRole('button', { name: 'Inserisci' }).click()
      await page.getByRole('alert').getByText('Scrivi il codice del fascicolo').waitFor()
      await page.fill('#code', '9.9/1999/1')
      await page.press('#code', 'Enter')
      await page.getByRole('alert').getByText('Non c’è un fascicolo con questo codice').waitFor()
      assert.equal(await page.inputValue('#code'), '9.9/1999/1')
      assert.ok(await page.getByLabel(`Seleziona ${one.number}/${one.year}`, { exact: true }).isChecked(), 'ticks stay')
      if (scripts) {
        await page.locator('#code').fill('')
        await page.locator('#code').pressSequentially(dossier.title.slice(0, 12))
        await page.getByRole('option', { name: dossier.code }).first().waitFor()
        assert.deepEqual(await stumblingBlocks(page), [], 'with dossiers to choose from')
        await shoot(page, 'file-ticked')
        await page.getByRole('option', { name: dossier.code }).first().click()
        assert.equal(await page.inputValue('#code'), dossier.code)
      } else {
        assert.ok((await page.locator('#dossiers option').count()) > 2, 'open ones are offered')
        await page.fill('#code', dossier.code)
      }
      await page.getByLabel('Rendi visibile agli interessati').check()
      await page.getByRole('button', { name: 'Inserisci' }).click()
      await page.getByText('1 registrazione inserita nel fascicolo').waitFor()
      const told = page.locator('.did')
      await told.getByRole('link', { name: `${one.number}/${one.year}`, exact: true }).waitFor()
      assert.match(await told.locator('li').innerText(), new RegExp(`^${other.number}/${other.year}: È già nel fascicolo`))
      await told.getByRole('link', { name: dossier.code }).waitFor()
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [])
      await shoot(page, 'filed-together')
      const filed = await (await page.request.get(`/api/v1${pathOf(one)}`)).json()
      assert.deepEqual(filed.dossiers.filter((one) => one.id === dossier.id).map((one) => one.shown), [true])
      await done(page)
    })

    test('what another changes while a choice is refused is told all the same', async () => {
      const page = await someone('anna', { scripts })
      const [one] = (await newest(page)).filter((entry) => !entry.annulled && !entry.confidential).slice(12 + nth * 2)
      await page.goto('/registers/PG/entries')
      await page.getByLabel(`Seleziona ${one.number}/${one.year}`, { exact: true }).check()
      await byApi(page, 'PUT', `${pathOf(one)}/classification`, { classification: '1.4' })
      await page.getByRole('button', { name: 'Assegna' }).click()
      await page.getByRole('alert').getByText('Scegli a chi assegnare').waitFor()
      await page.selectOption('#to', 'office:edilizia')
      await page.getByRole('button', { name: 'Assegna' }).click()
      assert.match(await page.locator('.did li').innerText(), new RegExp(`^${one.number}/${one.year}: Nel frattempo`))
      await done(page)
    })

    test('a filter that cannot be read is told beside its field, and the list is shown', async () => {
      const page = await someone('anna', { scripts })
      const answer = await page.goto('/registers/PG/entries?year=venti&direction=incoming')
      assert.equal(answer.status(), 422)
      await page.locator('#wrong-year').getByText('Scrivi l’anno con quattro cifre').waitFor()
      assert.equal(await page.inputValue('#year'), 'venti', 'what was typed is kept')
      assert.ok((await page.locator('tbody tr').count()) > 5)
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [])
      await done(page)
    })

    test('an entry is assigned, and its history says who had it before', async () => {
      const page = await someone('anna', { scripts })
      const entry = (await newest(page, '&office=finanze')).filter((entry) => !entry.annulled)[5 + nth]
      await page.goto(pathOf(entry))
      await page.getByRole('heading', { level: 1, name: `PG ${entry.number}/${entry.year} ${entry.subject}` }).waitFor()
      await page.getByText(entry.mark, { exact: true }).waitFor()
      await page.getByText(entry.correspondents[0].name).first().waitFor()
      if (scripts) await page.keyboard.press('a')
      else await page.getByRole('link', { name: 'Assegna', exact: true }).click()
      await page.waitForURL('**/assignments')
      await page.selectOption('#to-1', 'office:edilizia')
      await page.getByRole('button', { name: 'Assegna', exact: true }).click()
      await page.getByRole('status').getByText('Assegnazione salvata').waitFor()
      const latest = page.locator('.history li').first()
      assert.match(await latest.innerText(), /Assegnata[\s\S]*Anna Feltrami[\s\S]*prima: [\s\S]*Ragioneria e tributi[\s\S]*Edilizia privata/)
      const marta = await someone('marta', { scripts })
      await marta.goto('/registers/PG/entries')
      await marta.getByRole('link', { name: `${entry.number}/${entry.year}`, exact: true }).click()
      await marta.getByRole('heading', { level: 1, name: entry.subject }).waitFor()
      assert.equal(await marta.getByRole('link', { name: 'Annulla la registrazione' }).count(), 0, 'not for officers')
      assert.equal((await marta.goto(`${pathOf(entry)}/annulment`)).status(), 403)
      await done(marta)
      await done(page)
    })

    test('two people classify the same entry, and the second is told', async () => {
      const page = await someone('anna', { scripts })
      const entry = (await newest(page)).filter((entry) => !entry.annulled)[30 + nth]
      const luca = await someone('luca', { scripts })
      for (const desk of [page, luca]) await desk.goto(`${pathOf(entry)}/classification`)
      await page.selectOption('#classification', '6.3')
      await page.getByRole('button', { name: 'Classifica' }).click()
      await page.getByRole('status').getByText('Classificazione salvata').waitFor()
      await luca.selectOption('#classification', '1.4')
      const [answer] = await Promise.all([
        luca.waitForResponse((response) => response.request().method() === 'POST'),
        luca.getByRole('button', { name: 'Classifica' }).click(),
      ])
      assert.equal(answer.status(), 412)
      await luca.getByRole('alert').getByText('Nel frattempo qualcuno l’ha modificata').waitFor()
      assert.match(await luca.getByRole('alert').innerText(), /Anna Feltrami[\s\S]*6\.3/)
      assert.equal(await luca.inputValue('#classification'), '1.4', 'the choice is kept')
      // The checker itself is a script.
      if (scripts) assert.deepEqual(await stumblingBlocks(luca), [])
      await shoot(luca, `entry-changed-${scripts}`)
      await luca.getByRole('button', { name: 'Classifica' }).click()
      await luca.getByRole('status').getByText('Classificazione salvata').waitFor()
      await done(luca)
      await done(page)
    })

    test('a form that was refused is still that of the entry as it was', async () => {
      const page = await someone('anna', { scripts })
      const entry = (await newest(page)).filter((entry) => !entry.annulled)[44 + nth]
      await page.goto(`${pathOf(entry)}/annulment`)
      await byApi(page, 'PUT', `${pathOf(entry)}/classification`, { classification: entry.classification === '1.4' ? '6.3' : '1.4' })
      const annul = page.getByRole('button', { name: 'Annulla la registrazione' })
      await page.fill('#reason', 'Registrata due volte')
      await page.fill('#act-number', '18')
      await page.fill('#act-date', '2999-01-01')
      await annul.click()
      await page.getByText('Indica la data dell’atto, non futura.').waitFor()
      await page.fill('#act-date', '2026-01-15')
      await annul.click()
      await page.getByRole('alert').getByText('Nel frattempo qualcuno l’ha modificata').waitFor()
      assert.equal(await page.inputValue('#reason'), 'Registrata due volte', 'what was typed is kept')
      await annul.click()
      await page.getByRole('status').getByText('annullata').waitFor()
      await done(page)
    })

    test('an entry is annulled with reason and act, and changes no more', async () => {
      const page = await someone('anna', { scripts })
      const entry = (await newest(page)).filter((entry) => !entry.annulled)[40 + nth]
      await page.goto(pathOf(entry))
      await page.getByRole('link', { name: 'Annulla la registrazione' }).click()
      await page.fill('#reason', 'Registrata due volte per errore')
      await page.fill('#act-number', '17')
      await page.fill('#act-date', '2999-01-01')
      await page.getByRole('button', { name: 'Annulla la registrazione' }).click()
      await page.getByText('Indica la data dell’atto, non futura.').waitFor()
      assert.equal(await page.inputValue('#reason'), 'Registrata due volte per errore', 'nothing is typed twice')
      if (scripts) assert.deepEqual(await stumblingBlocks(page), [])
      await page.fill('#act-date', '2026-01-15')
      await page.getByRole('button', { name: 'Annulla la registrazione' }).click()
      await page.getByRole('status').getByText('annullata').waitFor()
      await page.getByText('Atto n. 17 del 15/01/2026').waitFor()
      assert.equal(await page.getByRole('link', { name: 'Classifica' }).count(), 0)
      assert.equal((await page.goto(`${pathOf(entry)}/annulment`)).status(), 409)
      await done(page)
    })

    test('a missing document is added, and the entry is filed into a dossier by its code', async () => {
      const page = await someone('anna', { scripts })
      const entry = (await newest(page)).filter((entry) => !entry.annulled && !entry.dossier)[3 + nth]
      await page.goto(`${pathOf(entry)}/documents`)
      const file = { name: 'scansione è.txt', mimeType: 'text/plain', buffer: Buffer.from(`scansione ${nth}`) }
      await page.setInputFiles('#file', file)
      await page.fill('#description', 'Scansione del foglio')
      await page.getByRole('button', { name: 'Aggiungi un documento' }).click()
      await page.getByRole('status').getByText('Documento aggiunto').waitFor()
      const row = page.locator('.document', { hasText: 'scansione è.txt' })
      assert.match(await row.innerText(), /Scansione del foglio[\s\S]*TXT · 11 byte/)
      await page.getByRole('link', { name: 'Inserisci in un fascicolo' }).click()
      await page.fill('#code', '9.9/1999/1')
      await page.getByRole('button', { name: 'Inserisci in un fascicolo' }).click()
      await page.getByText('Non c’è un fascicolo con questo codice').waitFor()
      const dossier = (await (await page.request.get('/api/v1/dossiers?state=open')).json()).items[0]
      await page.fill('#code', dossier.code)
      await page.getByRole('button', { name: 'Inserisci in un fascicolo' }).click()
      await page.getByRole('status').getByText('Inserita nel fascicolo').waitFor()
      await page.getByRole('link', { name: dossier.code, exact: true }).waitFor()
      await done(page)
    })

    test('of what is confidential no more is shown than may be', async () => {
      const anna = await someone('anna', { scripts })
      const secret = (await newest(anna)).find((entry) => entry.confidential)
      const irene = await someone('irene', { scripts })
      await irene.goto(pathOf(secret))
      await irene.getByText('puoi vedere solo numero e data').waitFor()
      const shown = await irene.locator('main').innerText()
      assert.ok(!shown.includes(secret.subject) && !shown.includes(secret.correspondents[0].name))
      assert.equal(await irene.locator('.tasks').count(), 0)
      const marta = await someone('marta', { scripts })
      assert.equal((await marta.goto(pathOf(secret))).status(), 404)
      for (const page of [anna, irene, marta]) await done(page)
    })
  })
}

test('an entry is starred with a key, and is at hand on the first page with what was opened', async () => {
  const page = await someone('anna')
  const entry = (await newest(page)).find((one) => !one.annulled && !one.confidential)
  await page.goto(pathOf(entry))
  await page.keyboard.press('s')
  await page.getByRole('button', { name: 'Togli dai preferiti' }).waitFor()
  await page.goto('/')
  const starred = page.locator('section', { has: page.getByRole('heading', { name: 'Preferiti' }) })
  await starred.getByRole('link', { name: entry.subject }).waitFor()
  await done(page)
})
